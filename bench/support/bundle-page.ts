/** npm run build:page: all of gateflow as one file for `<script type="module">`, so that a page makes one request. */
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));

/** The one file is its own worker: it knows by the worker's name that it is to train, and the address is its own. */
const ENTRY = `export * from "./index.js";
import { WORKER_NAME } from "./background/start-worker.js";
import { serveTraining } from "./background/serve-training.js";
if (typeof document === "undefined" && globalThis.name === WORKER_NAME) serveTraining();`;
const itself: Plugin = {
  name: "the file itself as the worker",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]background[\\/]default-worker\.js$/ }, () => ({
      contents: "export const defaultWorker = () => new URL(import.meta.url);",
    }));
  },
};

/** @returns what was written, in bytes. */
export async function bundlePage(outfile = `${dist}gateflow.min.js`): Promise<number> {
  const { metafile } = await build({
    stdin: { contents: ENTRY, resolveDir: dist },
    plugins: [itself],
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
