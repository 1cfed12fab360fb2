/** npm run build:page: all of gateflow as one file for `<script type="module">`, so that a page makes one request. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));

/** @returns what was written, in bytes. */
export async function bundlePage(outfile = `${dist}gateflow.min.js`): Promise<number> {
  const { metafile } = await build({
    entryPoints: [`${dist}index.js`],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    outfile,
    metafile: true,
    logLevel: "warning",
  });
  return Object.values(metafile.outputs)[0]!.bytes;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(`dist/gateflow.min.js  ${await bundlePage()} bytes`);
}
