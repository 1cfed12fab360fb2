import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { ROOMS, type Room } from "./rooms.js";

const testsIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(folder, name));

/**
 * Writes a room's tests with all they import, some of it changed, into few files: read one by one, the hundreds of files
 * behind a test take longer than its tests.
 */
export async function bundleTests(
  room: string,
  asked: string,
  code: Record<string, string>,
  outdir: string,
): Promise<void> {
  const all = ROOMS[room as Room].flatMap((path) => (path.endsWith(".ts") ? [path] : testsIn(path)));
  const tests = all.filter((path) => path.includes(asked));
  const changed: Plugin = {
    name: "changed",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const text = code[relative(process.cwd(), path)] ?? readFileSync(path, "utf8");
        // Files are looked for beside the one that names them, wherever its code stands.
        const contents = text.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href));
        return { contents, loader: "ts" };
      });
    },
  };
  rmSync(outdir, { recursive: true, force: true });
  await build({
    entryPoints: [...tests, "test/mutation/set-up.ts"].map((path) => resolve(path)),
    outdir: resolve(outdir),
    outbase: ".",
    bundle: true,
    splitting: true,
    ignoreAnnotations: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    outExtension: { ".js": ".mjs" },
    plugins: [changed],
    logLevel: "error",
  });
}
