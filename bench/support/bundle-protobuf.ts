/**
 * npm run build:protobuf: puts what is used of pbf into dist/formats/onnx/protobuf.js, so that nobody who installs gateflow
 * has to install it with what its command line needs, and its licence beside it.
 */
import { copyFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (relative: string): string => fileURLToPath(new URL(`../../${relative}`, import.meta.url));

/** @returns what was written, in bytes. */
export async function bundleProtobuf(outfile = path("dist/formats/onnx/protobuf.js")): Promise<number> {
  const { metafile } = await build({
    entryPoints: [path("src/formats/onnx/protobuf.ts")],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    outfile,
    metafile: true,
    legalComments: "none",
    logLevel: "warning",
    banner: { js: "/*! Holds parts of pbf (BSD-3-Clause): see pbf-license.txt */" },
  });
  return Object.values(metafile.outputs)[0]!.bytes;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(`dist/formats/onnx/protobuf.js  ${await bundleProtobuf()} bytes`);
  await copyFile(path("node_modules/pbf/LICENSE"), path("dist/formats/onnx/pbf-license.txt"));
}
