/**
 * npm run build:strip: takes the comments out of dist/'s modules, which are a sixth of them: they stay in the
 * declarations, where editors read them. The code stays as readable as it was.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));
/** Made by bundlers. */
const BUNDLED = /^(studio[\\/]|gateflow\.min\.js$|formats[\\/]onnx[\\/]protobuf\.js$)/;

/** @returns bytes before and after. */
export async function stripComments(folder = dist): Promise<[number, number]> {
  const files = (await readdir(folder, { recursive: true })).filter(
    (name) => name.endsWith(".js") && !BUNDLED.test(name),
  );
  const sizes = await Promise.all(
    files.map(async (name): Promise<[number, number]> => {
      const text = await readFile(join(folder, name), "utf8");
      // Notes to bundlers (`@__PURE__`, `@vite-ignore`) stay.
      const { code } = await transform(text, { target: "esnext", charset: "utf8", legalComments: "inline" });
      if (code !== text) await writeFile(join(folder, name), code);
      return [text.length, code.length];
    }),
  );
  return sizes.reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [before, after] = await stripComments();
  console.log(`dist/**/*.js  ${before} letters, ${after} without comments`);
}
