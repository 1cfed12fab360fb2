import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { embeddedBytes } from "../kernels/ceiling.js";
import type { Section } from "../support/section.js";

export interface Size {
  readonly what: string;
  readonly bytes: number;
  readonly gzip: number;
  /** The issue's budget in bytes of gzip; null: none. */
  readonly budget: number | null;
}

const KILO = 1024;
/** The core entry with one wasm variant. */
export const CORE_BUDGET = 45.5 * KILO;
/** All kernels: of recurrent layers and losses some 25 KB, of convolution, attention and the layers between some 7. */
export const WASM_BUDGET = 34 * KILO;

const gzipOf = (bytes: Uint8Array): number => gzipSync(bytes, { level: 9 }).length;

/** The other wasm variant, which runs instead of the one that is counted. */
const RELAXED = "*relaxed.js";

/** Files a bundler makes, each compressed by itself, as a server sends them. */
interface Files {
  readonly bytes: number;
  readonly gzip: number;
  /** Minified bytes of each module of dist/ in them. */
  readonly inputs: readonly [string, number][];
}

interface Bundle {
  /** What a page loads before its first line runs: the entry's chunk with all that it imports statically. */
  readonly first: Files;
  /** That, and what it may fetch when it is first needed. */
  readonly all: Files;
}

/** Code bundled and minified for a browser. */
async function bundle(dist: string, code: string): Promise<Bundle> {
  const folder = fileURLToPath(dist);
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: folder, loader: "js" },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external: [RELAXED],
    outdir: folder,
    write: false,
    metafile: true,
    logLevel: "silent",
    absWorkingDir: folder,
  });
  const chunks = Object.entries(metafile.outputs).map(([path, chunk]) => ({
    ...chunk,
    path,
    contents: outputFiles.find((file) => file.path === join(folder, path))!.contents,
  }));
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    const { imports } = chunks.find((chunk) => chunk.path === path)!;
    for (const { kind, path: next, external } of imports) {
      if (kind === "import-statement" && external !== true) visit(next);
    }
  };
  visit(chunks.find(({ entryPoint }) => entryPoint === "<stdin>")!.path);
  const sum = (files: typeof chunks): Files => ({
    bytes: files.reduce((total, { contents }) => total + contents.length, 0),
    gzip: files.reduce((total, { contents }) => total + gzipOf(contents), 0),
    inputs: files.flatMap(({ inputs }) =>
      Object.entries(inputs).map(([path, part]): [string, number] => [path, part.bytesInOutput]),
    ),
  });
  return { first: sum(chunks.filter(({ path }) => found.has(path))), all: sum(chunks) };
}

const sizeOf = (
  what: string,
  { bytes, gzip }: Omit<Files, "inputs">,
  budget: number | null = null,
): Size => ({
  what,
  bytes,
  gzip,
  budget,
});

const core = `export * from "./core.js";`;
const everything = `export * from "./index.js";`;
/** A program that trains one model. */
const oneModel = (entry: string): string => `export { sequential, lstm, dense, adam } from "./${entry}.js";`;

export interface Sizes {
  readonly wasm: readonly Size[];
  /** Everything gateflow/core exports, what a page loads first; with what it may fetch later; a program on it. */
  readonly core: Size;
  readonly coreWhole: Size;
  readonly coreUsual: Size;
  /** The same of gateflow: a program that trains one model, and everything the public door exports. */
  readonly usual: Size;
  readonly whole: Size;
  /** Minified bytes of each room of src/ in the core entry, largest first. */
  readonly rooms: readonly (readonly [string, number])[];
}

function roomsOf(inputs: readonly [string, number][]): [string, number][] {
  const rooms = new Map<string, number>();
  for (const [path, bytes] of inputs) {
    const room = path.includes("/generated/")
      ? "kernels as text"
      : path.includes("/")
        ? path.split("/")[0]!
        : "leaves";
    rooms.set(room, (rooms.get(room) ?? 0) + bytes);
  }
  return [...rooms].sort((a, b) => b[1] - a[1]);
}

/** Sizes of what ships, from a built package. */
export async function measureSizes(dist: string): Promise<Sizes> {
  const wasm: Size[] = [];
  for (const variant of ["simd128", "relaxed", "core-simd128", "core-relaxed"]) {
    const module = await embeddedBytes(dist, variant);
    wasm.push(sizeOf(`wasm, ${variant}`, { bytes: module.length, gzip: gzipOf(module) }, WASM_BUDGET));
  }
  const coreEntry = await bundle(dist, core);
  const coreFew = await bundle(dist, oneModel("core"));
  const few = await bundle(dist, oneModel("index"));
  const entry = await bundle(dist, everything);
  return {
    wasm,
    core: sizeOf("gateflow/core, everything it exports", coreEntry.first, CORE_BUDGET),
    coreWhole: sizeOf("… with what it may fetch later", coreEntry.all),
    coreUsual: sizeOf("… { sequential, lstm, dense, adam }", coreFew.first, CORE_BUDGET),
    usual: sizeOf("gateflow, { sequential, lstm, dense, adam }", few.first),
    whole: sizeOf("gateflow, everything it exports", entry.first),
    rooms: roomsOf(coreEntry.first.inputs),
  };
}

/** What ships, in bytes. */
export const bytes: Section = async ({ dist }) => {
  const { rooms, wasm, ...bundles } = await measureSizes(dist);
  const sizes = [...wasm, ...Object.values(bundles)];
  const kilo = (count: number): string => `${(count / KILO).toFixed(1)} KB`;
  return {
    reports: [
      {
        title: "Bytes, each bundle with one wasm variant",
        columns: ["what", "bytes", "gzip", "budget", "share"],
        rows: sizes.map(({ what, bytes: count, gzip, budget }) => [
          what,
          kilo(count),
          kilo(gzip),
          budget === null ? null : kilo(budget),
          budget === null ? null : `${Math.round((100 * gzip) / budget)} %`,
        ]),
        notes: [
          `gateflow/core by room, minified: ${rooms.map(([room, count]) => `${room} ${kilo(count)}`).join(", ")}.`,
        ],
      },
    ],
    data: { sizes, rooms },
  };
};
