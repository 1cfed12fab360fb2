import { readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { posix } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { root, type SourceFile, sourceFiles } from "./source-files.js";

interface Import {
  readonly from: string;
  /** `src/a/b.ts`, or the name of a module that is not ours. */
  readonly to: string;
  readonly isOurs: boolean;
  /** By import(), when it is needed. */
  readonly isFetched: boolean;
  /** Of types alone: nothing of it is left when it runs. */
  readonly isType: boolean;
}

const statement = /^(?:import|export)\s+(type\s+)?(?:[\w$*{}\s,]+?\s+from\s+)?"([^"]+)";/gm;
const dynamic = /\bimport\(\s*"([^"]+)"\s*\)/g;

function importsOf({ path, text }: SourceFile): Import[] {
  const made = (target: string, isFetched = false, isType = false): Import => {
    const isOurs = target.startsWith(".");
    const resolved = isOurs ? posix.join(posix.dirname(path), target).replace(/\.js$/, ".ts") : target;
    return { from: path, to: resolved, isOurs, isFetched, isType };
  };
  return [
    ...[...text.matchAll(statement)].map(([, type, target]) => made(target!, false, type !== undefined)),
    ...[...text.matchAll(dynamic)].map(([, target]) => made(target!, true)),
  ];
}

/** `errors` for src/errors.ts, `layers` for src/layers/recurrent/lstm.ts. */
const roomOf = (path: string): string =>
  path
    .replace(/^src\//, "")
    .split("/")[0]!
    .replace(/\.ts$/, "");

/** The table «Who may know whom»: for each room what it may import. */
async function readTable(): Promise<Map<string, readonly string[]>> {
  const text = await readFile(new URL("docs/ARCHITECTURE.md", root), "utf8");
  const section = text.split("## Who may know whom")[1]!.split("\n## ")[0]!;
  const table = new Map<string, readonly string[]>();
  const cells = (line: string): string[] => line.split("|").map((cell) => cell.trim());
  const names = (cell: string): string[] => cell.split(",").map((name) => name.trim());
  for (const line of section
    .split("\n")
    .filter((row) => row.startsWith("|"))
    .slice(2)) {
    const [, rooms, allowed] = cells(line);
    for (const room of names(rooms!)) table.set(room, names(allowed!));
  }
  return table;
}

const isomorphic = (room: string): boolean => !hostRooms.includes(room);
/** The only rooms that may know Node and the registry. */
const hostRooms = ["node", "cli"];
/** Packages that readers of strangers' files fetch with import() when they are used. */
const fetched: Readonly<Record<string, readonly string[]>> = {
  formats: ["fflate"],
  table: ["fflate", "hyparquet"],
};
/** A file that is itself fetched, and in what is published holds its packages. */
const inlined: Readonly<Record<string, readonly string[]>> = {
  "src/formats/onnx/protobuf.ts": ["pbf"],
};
/** Small modules without side effects that a room computes with. */
const roomPackages: Readonly<Record<string, RegExp>> = { viz: /^d3-(array|format|scale|shape)$/ };

let files: SourceFile[];
let imports: Import[];
let table: Map<string, readonly string[]>;
beforeAll(async () => {
  files = await sourceFiles("src");
  imports = files.flatMap(importsOf);
  table = await readTable();
});

describe("who may know whom", () => {
  it("every room of src/ stands in the table of docs/ARCHITECTURE.md", () => {
    const rooms = [...new Set(files.map(({ path }) => roomOf(path)))];
    expect(rooms.length).toBeGreaterThan(10);
    expect(rooms.filter((room) => !table.has(room))).toEqual([]);
  });

  it("no file imports from a room its own may not know", () => {
    const found = imports.filter(({ from, to, isOurs }) => {
      const [own, other] = [roomOf(from), roomOf(to)];
      if (!isOurs || own === other) return false;
      const allowed = table.get(own) ?? [];
      if (allowed.includes("everything isomorphic")) return !isomorphic(other);
      // `model/events` allows one file of a room.
      return !allowed.includes(other) && !allowed.includes(to.replace(/^src\/|\.ts$/g, ""));
    });
    expect(found.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it("nothing imports the public door but the rooms outside of it", () => {
    const found = imports.filter(({ from, to }) => to === "src/index.ts" && isomorphic(roomOf(from)));
    expect(found.map(({ from }) => from)).toEqual([]);
  });

  it("every import leads to a file that is there", () => {
    const known = new Set(files.map(({ path }) => path));
    // assembly/build.ts writes what is generated.
    const lost = imports.filter(({ to, isOurs }) => isOurs && !known.has(to) && !to.includes("/generated/"));
    expect(lost.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it("no file imports itself over others, types and what is fetched later included", () => {
    const next = new Map<string, string[]>();
    for (const { from, to, isOurs } of imports) if (isOurs) next.set(from, [...(next.get(from) ?? []), to]);
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      const start = trail.indexOf(path);
      if (start >= 0) cycles.push([...trail.slice(start), path].join(" -> "));
      if (start >= 0 || done.has(path)) return;
      for (const to of next.get(path) ?? []) visit(to, [...trail, path]);
      done.add(path);
    };
    for (const { path } of files) visit(path, []);
    expect(cycles).toEqual([]);
  });

  it("Node's modules and the registry's packages are imported by node/ and cli/ alone; formats/ and table/ fetch their own when they are used, viz/ has d3's small modules", () => {
    const outside = imports.filter(
      ({ from, to, isOurs, isFetched, isType }) =>
        !isOurs &&
        !hostRooms.includes(roomOf(from)) &&
        roomPackages[roomOf(from)]?.test(to) !== true &&
        !(fetched[roomOf(from)]?.includes(to) === true && (isFetched || isType)) &&
        inlined[from]?.includes(to) !== true,
    );
    expect(outside.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
    const bare = imports.filter(({ to, isOurs }) => !isOurs && builtinModules.includes(to));
    expect(bare.map(({ from, to }) => `${from} imports ${to}, not node:${to}`)).toEqual([]);
  });

  it("only src/engine/memory.ts looks into the linear memory", () => {
    const looks = files.filter(({ text }) => /memory\.buffer|WebAssembly\.Memory\b.*\.buffer/i.test(text));
    expect(looks.map(({ path }) => path)).toEqual(["src/engine/memory.ts"]);
  });
});

describe("what reaches a weight has the same bits everywhere", () => {
  /** ECMAScript leaves these to the host; series/ prepares data in float64, report/, node/ and cli/ print. */
  const open =
    /\bMath\.(exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|tanh|sinh|cosh|atan|atan2|cbrt|random)\b/;
  const mayUse = (path: string): boolean =>
    path === "src/elementary.ts" || [...hostRooms, "report"].includes(roomOf(path));

  it("the elementary functions of Math are used by none but src/elementary.ts and the rooms of the host", () => {
    const found = files.flatMap(({ path, text }) =>
      mayUse(path)
        ? []
        : text
            .split("\n")
            .filter((line) => open.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line))
            .map((line) => `${path}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });
});
