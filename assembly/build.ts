/**
 * Compiles the kernels (debug and release) and embeds the release build in a TypeScript module, so that every
 * host (Node, browser, worker, Deno, Bun) loads it with a plain import and no bundler settings.
 */
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import asc from "assemblyscript/asc";

const targets = ["debug", "release"] as const;

async function compile(target: (typeof targets)[number]): Promise<Uint8Array> {
  const outFile = `build/${target}.wasm`;
  await mkdir(dirname(outFile), { recursive: true });
  const { error, stderr } = await asc.main([
    "assembly/index.ts",
    "--config",
    "asconfig.json",
    "--target",
    target,
  ]);
  if (error) throw new Error(`assemblyscript (${target}): ${error.message}\n${stderr.toString()}`);
  return readFile(outFile);
}

async function writeIfChanged(path: string, text: string): Promise<void> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (exists && (await readFile(path, "utf8")) === text) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

for (const target of targets) {
  const bytes = await compile(target);
  console.log(`build/${target}.wasm  ${bytes.length} bytes, ${gzipSync(bytes).length} gzip`);
  if (target === "release") {
    const base64 = Buffer.from(bytes).toString("base64");
    await writeIfChanged(
      "src/engine/generated/simd128.ts",
      `/** assembly/ compiled for plain WebAssembly SIMD; made by assembly/build.ts. */\nexport const wasmBase64 =\n  "${base64}";\n`,
    );
  }
}
