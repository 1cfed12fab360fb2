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
const ENTRY_BUDGET = 40 * KILO;
export const WASM_BUDGET = 30 * KILO;

const sizeOf = (what: string, bytes: Uint8Array, budget: number | null): Size => ({
  what,
  bytes: bytes.length,
  gzip: gzipSync(bytes, { level: 9 }).length,
  budget,
});

/** Code bundled and minified for a browser; the relaxed variant, fetched where it runs, stays outside. */
async function bundle(
  dist: string,
  code: string,
): Promise<{ bytes: Uint8Array; inputs: [string, number][] }> {
  const folder = fileURLToPath(dist);
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: folder, loader: "js" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external: ["*/generated/relaxed.js"],
    write: false,
    metafile: true,
    logLevel: "silent",
    absWorkingDir: folder,
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output!.inputs).map(([path, part]): [string, number] => [
    path,
    part.bytesInOutput,
  ]);
  return { bytes: outputFiles[0]!.contents, inputs };
}

const everything = `export * from "./index.js";`;
/** A program that trains one model. */
const oneModel = `export { sequential, lstm, dense, adam } from "./index.js";`;

export interface Sizes {
  readonly wasm: readonly Size[];
  /** Everything the public door exports, and what a program pays that trains one model. */
  readonly whole: Size;
  readonly usual: Size;
  /** Minified bytes of each room of src/ in the whole entry, largest first. */
  readonly rooms: readonly (readonly [string, number])[];
}

/** Sizes of what ships, from a built package. */
export async function measureSizes(dist: string): Promise<Sizes> {
  const wasm: Size[] = [];
  for (const variant of ["simd128", "relaxed"]) {
    wasm.push(sizeOf(`wasm, ${variant}`, await embeddedBytes(dist, variant), WASM_BUDGET));
  }
  const entry = await bundle(dist, everything);
  const few = await bundle(dist, oneModel);
  const whole = sizeOf("everything of gateflow, one variant", entry.bytes, ENTRY_BUDGET);
  const usual = sizeOf("{ sequential, lstm, dense, adam }, one variant", few.bytes, ENTRY_BUDGET);
  const rooms = new Map<string, number>();
  for (const [path, bytes] of entry.inputs) {
    const room = path.includes("/generated/")
      ? "wasm in base64"
      : path.includes("/")
        ? path.split("/")[0]!
        : "leaves";
    rooms.set(room, (rooms.get(room) ?? 0) + bytes);
  }
  return { wasm, whole, usual, rooms: [...rooms].sort((a, b) => b[1] - a[1]) };
}

/** What ships, in bytes. */
export const bytes: Section = async ({ dist }) => {
  const { wasm, whole, usual, rooms } = await measureSizes(dist);
  const sizes = [...wasm, whole, usual];
  const kilo = (count: number): string => `${(count / KILO).toFixed(1)} KB`;
  return {
    reports: [
      {
        title: "Bytes",
        columns: ["what", "bytes", "gzip", "budget", "share"],
        rows: sizes.map(({ what, bytes: count, gzip, budget }) => [
          what,
          kilo(count),
          kilo(gzip),
          budget === null ? null : kilo(budget),
          budget === null ? null : `${Math.round((100 * gzip) / budget)} %`,
        ]),
        notes: [
          `The whole entry by room, minified: ${rooms.map(([room, count]) => `${room} ${kilo(count)}`).join(", ")}.`,
        ],
      },
    ],
    data: { sizes, rooms },
  };
};
