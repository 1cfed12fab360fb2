/** Compiles AssemblyScript from memory and disk: probes of functions that are never exported, and mutants. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import asc from "assemblyscript/asc";

const root = new URL("../../", import.meta.url).pathname;

interface CompilerConfig {
  readonly options: Record<string, unknown>;
  readonly targets: Record<string, Record<string, unknown>>;
}

/** asconfig.json's options as arguments, so that what is tested is built like what ships. */
async function flags(target: "debug" | "release"): Promise<string[]> {
  const config = JSON.parse(await readFile(join(root, "asconfig.json"), "utf8")) as CompilerConfig;
  const options = { ...config.options, ...config.targets[target] };
  return Object.entries(options).flatMap(([name, value]) => {
    if (name === "outFile" || value === false) return [];
    return value === true ? [`--${name}`] : [`--${name}`, String(value)];
  });
}

/**
 * @param entry a path below the repository's root, such as `assembly/index.ts`.
 * @param sources texts that stand in for files, by path below the root; the entry may be one of them.
 * @throws Error with the compiler's own words when the source does not compile.
 */
export async function compileKernels(
  entry: string,
  sources: ReadonlyMap<string, string>,
  target: "debug" | "release" = "release",
): Promise<Uint8Array<ArrayBuffer>> {
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(
    [entry, "--outFile", "kernels.wasm", "--baseDir", root, ...(await flags(target))],
    {
      // The compiler would find asconfig.json by itself, and with it the whole of assembly/index.ts as an entry.
      readFile: async (path: string, baseDir: string) =>
        path.endsWith("asconfig.json")
          ? null
          : (sources.get(path) ?? readFile(join(baseDir, path), "utf8").catch(() => null)),
      writeFile: (path: string, contents: Uint8Array | string) => {
        if (path === "kernels.wasm") binary = new Uint8Array(contents as Uint8Array);
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined)
    throw new Error(`${entry}: ${error?.message}\n${stderr.toString()}`);
  return binary;
}
