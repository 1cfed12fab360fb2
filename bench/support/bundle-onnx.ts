/**
 * npm run build:onnx: puts what is used of onnx-buf and @bufbuild/protobuf into dist/formats/onnx/onnx-messages.js, so that
 * nobody who installs gateflow has to install them, and their licences beside it.
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (relative: string): string => fileURLToPath(new URL(`../../${relative}`, import.meta.url));

/** @returns what was written, in bytes. */
export async function bundleOnnx(outfile = path("dist/formats/onnx/onnx-messages.js")): Promise<number> {
  const { metafile } = await build({
    entryPoints: [path("src/formats/onnx/onnx-messages.ts")],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    outfile,
    metafile: true,
    legalComments: "none",
    logLevel: "warning",
    banner: {
      js: "/*! Holds parts of onnx-buf (MIT) and @bufbuild/protobuf (Apache-2.0 and BSD-3-Clause): see onnx-licenses.txt */",
    },
  });
  return Object.values(metafile.outputs)[0]!.bytes;
}

/** The notices the packages ask for; neither brings the text of its licence along. */
async function licences(): Promise<string> {
  const apache = await readFile(path("node_modules/typescript-5/LICENSE.txt"), "utf8");
  if (!apache.includes("Apache License"))
    throw new Error("typescript-5 no longer brings the Apache licence.");
  const varint = await readFile(path("node_modules/@bufbuild/protobuf/dist/esm/wire/varint.js"), "utf8");
  const bsd = varint.split("\n").filter((line) => line.startsWith("//"));
  if (!bsd.some((line) => line.includes("Redistribution"))) throw new Error("varint.js has no BSD licence.");
  const mit = (await readFile(path("LICENSE"), "utf8")).split("\n").slice(3).join("\n").trim();
  return [
    "onnx-messages.js holds parts of two packages.",
    `onnx-buf\n\nMIT License\n\nCopyright (c) Eric Zhang\n\n${mit.replace(/^Copyright.*\n+/, "")}`,
    `@bufbuild/protobuf\n\nCopyright 2021-2026 Buf Technologies, Inc.\n\n${apache.trim()}`,
    `@bufbuild/protobuf, wire/varint.ts\n\n${bsd.map((line) => line.replace(/^\/\/ ?/, "")).join("\n")}`,
  ].join("\n\n----\n\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(`dist/formats/onnx/onnx-messages.js  ${await bundleOnnx()} bytes`);
  await writeFile(path("dist/formats/onnx/onnx-licenses.txt"), await licences());
}
