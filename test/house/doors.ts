import { fileURLToPath } from "node:url";
import ts from "typescript-5";
import { root } from "./source-files.js";

/** What a program may import from, and the file of its types. */
const doors = {
  gateflow: "index",
  "gateflow/core": "core",
  "gateflow/series": "series",
  "gateflow/node": "node/index",
  "gateflow/worker": "worker",
  "gateflow/training-worker": "training-worker",
} as const;
export type DoorName = keyof typeof doors;
export const doorNames = Object.keys(doors) as DoorName[];

/** A thing that a door exports, under the name it is imported by. */
export interface PublicThing {
  readonly door: DoorName;
  readonly name: string;
  readonly symbol: ts.Symbol;
  /** Where it is declared: a path under `dist/` or `src/`. */
  readonly file: string;
  readonly isType: boolean;
}

export interface Doors {
  readonly checker: ts.TypeChecker;
  readonly things: readonly PublicThing[];
  /** What a name stands for once all re-exports are followed. */
  resolve(symbol: ts.Symbol): ts.Symbol;
  /** The file of one of our own declarations; undefined for those of others. */
  ownFile(symbol: ts.Symbol): string | undefined;
  fileOf(declaration: ts.Node): string | undefined;
}

/**
 * The doors as TypeScript 5.9 reads them: the compiler that has an API, and the one most users have.
 * @param folder `dist`, what is published, or `src`, which has what is internal as well.
 */
export function openDoors(folder: "dist" | "src"): Doors {
  const base = fileURLToPath(new URL(`${folder}/`, root));
  const doorFile = (door: DoorName): string => `${base}${doors[door]}${folder === "dist" ? ".d.ts" : ".ts"}`;
  const program = ts.createProgram(doorNames.map(doorFile), {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
    types: ["node"],
    strict: true,
    noEmit: true,
  });
  const checker = program.getTypeChecker();
  const resolve = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const fileOf = (declaration: ts.Node | undefined): string | undefined => {
    const path = declaration?.getSourceFile().fileName;
    return path?.startsWith(base) ? path.slice(base.length) : undefined;
  };
  const ownFile = (symbol: ts.Symbol): string | undefined => fileOf(symbol.declarations?.[0]);
  const things = doorNames.flatMap((door) => {
    const source = program.getSourceFile(doorFile(door));
    const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
    // A file without imports and exports, such as the worker's, is no module.
    if (module === undefined) return [];
    return checker.getExportsOfModule(module).map((exported): PublicThing => {
      const symbol = resolve(exported);
      return {
        door,
        name: exported.name,
        symbol,
        file: ownFile(symbol) ?? "",
        isType: (symbol.flags & ts.SymbolFlags.Value) === 0,
      };
    });
  });
  return { checker, things, resolve, ownFile, fileOf };
}
