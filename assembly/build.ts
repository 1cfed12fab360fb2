/**
 * Compiles the kernels and embeds the release builds in TypeScript modules, so that every host (Node, browser, worker,
 * Deno, Bun) loads them with a plain import and no bundler settings.
 *
 *     debug     assertions on, for the tests
 *     release   plain SIMD: the same bits everywhere
 *     relaxed   fused multiply-add where the processor has it
 *
 * `release` and `relaxed` are built twice: with all kernels, for `gateflow`, and with those of core.ts, for
 * `gateflow/core`. The two with all kernels also go into the package as files, for hosts that compile nothing themselves.
 *
 * `tsx assembly/build.ts release` builds that one alone (`debug`, `release`, `relaxed`, `core-release`, `core-relaxed`);
 * `--quick` leaves the optimizer out, which is nine tenths of the work: the same numbers, slower.
 */
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import asc from "assemblyscript/asc";
import { encodeBytes } from "../src/engine/kernel-text.js";

const LENGTH_DIGITS = 7;
const isQuick = process.argv.includes("--quick");

async function compile(
  outFile: string,
  entry: "index" | "core",
  target: "debug" | "release",
  ...more: string[]
): Promise<Uint8Array> {
  await mkdir("build", { recursive: true });
  const { error, stderr } = await asc.main([
    `assembly/${entry}.ts`,
    "--config",
    "asconfig.json",
    "--target",
    target === "release" && isQuick ? "quick" : target,
    "--outFile",
    outFile,
    ...more,
  ]);
  if (error) throw new Error(`assemblyscript (${outFile}): ${error.message}\n${stderr.toString()}`);
  const made = await readFile(outFile);
  // gateflow/core has no byte to spare.
  const bytes =
    entry === "index" ? labelled(made, more.includes("relaxed-simd") ? "relaxed" : "simd128") : made;
  await writeFile(outFile, bytes);
  console.log(`${outFile}  ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzip`);
  return bytes;
}

/**
 * A custom section named `gateflow` at the end: which instructions the module uses and how long it is, which nobody can
 * ask a compiled module otherwise.
 */
function labelled(bytes: Uint8Array, variant: string): Uint8Array {
  const name = new TextEncoder().encode("\u0008gateflow");
  const head = 2 + name.length;
  const length = bytes.length + head + variant.length + 1 + LENGTH_DIGITS;
  const words = new TextEncoder().encode(`${variant} ${String(length).padStart(LENGTH_DIGITS, "0")}`);
  return Buffer.concat([bytes, Uint8Array.of(0, name.length + words.length), name, words]);
}

async function writeIfChanged(path: string, text: string): Promise<void> {
  const before = await stat(path).then(
    () => readFile(path, "utf8"),
    () => undefined,
  );
  if (before === text) return;
  await mkdir("src/engine/generated", { recursive: true });
  await writeFile(path, text);
}

/**
 * Where the byte stands that says whether the imported memory is shared: the flags of its limits, 1 (with a maximum) or
 * 3 (and shared). One build serves both: the loader turns the byte.
 */
function memoryFlagsOffset(bytes: Uint8Array): number {
  const name = new TextEncoder().encode("\u0003env\u0006memory\u0002");
  const at = bytes.findIndex((_, i) => name.every((byte, k) => bytes[i + k] === byte));
  const offset = at + name.length;
  if (at < 0 || bytes[offset] !== 1) throw new Error("the build imports no env.memory with a maximum");
  return offset;
}

function embed(name: string, what: string, bytes: Uint8Array): Promise<void> {
  return writeIfChanged(
    `src/engine/generated/${name}.ts`,
    [
      `/** assembly/ compiled for ${what}; made by assembly/build.ts. */`,
      "export const build = {",
      `  memoryFlagsOffset: ${memoryFlagsOffset(bytes)},`,
      `  wasmBytes: ${bytes.length},`,
      `  wasmText:\n    "${encodeBytes(bytes)}",`,
      "};\n",
    ].join("\n"),
  );
}

const relaxed = ["--enable", "relaxed-simd"];
const wanted = process.argv.slice(2).filter((argument) => argument !== "--quick");
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);

if (isWanted("debug")) await compile("build/debug.wasm", "index", "debug");
await mkdir("dist/kernels", { recursive: true });
for (const [entry, prefix] of [
  ["index", ""],
  ["core", "core-"],
] as const) {
  if (isWanted(`${prefix}release`)) {
    const plain = await compile(`build/${prefix}release.wasm`, entry, "release");
    await embed(`${prefix}simd128`, "plain WebAssembly SIMD", plain);
    if (entry === "index") await writeFile("dist/kernels/simd128.wasm", plain);
  }
  if (isWanted(`${prefix}relaxed`)) {
    const fused = await compile(`build/${prefix}relaxed.wasm`, entry, "release", ...relaxed);
    await embed(`${prefix}relaxed`, "relaxed SIMD, with fused multiply-add", fused);
    if (entry === "index") await writeFile("dist/kernels/relaxed.wasm", fused);
  }
}
