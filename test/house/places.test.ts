import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { causes } from "../../src/doctor/causes.js";
import { root, sourceFiles } from "./source-files.js";

const textOf = (path: string): Promise<string> => readFile(new URL(path, root), "utf8");

/** Which of the names no file of the list holds as a word. */
async function missing(names: readonly string[], files: readonly string[]): Promise<string[]> {
  const text = (await Promise.all(files.map(textOf))).join("\n");
  return names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
}

/** Kinds of layers, as their classes say them; a layer of one's own has no place in files of other programs. */
async function kinds(): Promise<string[]> {
  const texts = (await sourceFiles("src")).filter(({ path }) => path.startsWith("src/layers/"));
  const found = texts.flatMap(({ text }) => [...text.matchAll(/\bkind(?:: \w+)? = "(\w+)"/g)]);
  return found.map(([, kind]) => kind!).filter((kind) => !["inputLayer", "customLayer"].includes(kind));
}

const onnx = async (): Promise<string[]> =>
  (await readdir(new URL("src/formats/onnx/", root), { recursive: true }))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `src/formats/onnx/${name.replaceAll("\\", "/")}`);

describe("a layer is said everywhere docs/CONTRIBUTING.md sends who adds one", () => {
  it.each([
    ["made again from its config", ["src/layers/from-config.ts"]],
    ["read from and written to Keras's files", ["src/formats/keras/layer-table.ts"]],
    ["exported", ["src/layers/index.ts"]],
    ["named", ["docs/names.md"]],
    ["compared with Keras", ["docs/keras-compatibility.md"]],
  ])("%s", async (_, files) => {
    const all = await kinds();
    expect(all.length).toBeGreaterThan(25);
    expect(await missing(all, files)).toEqual([]);
  });

  it("written as ONNX, or refused there", async () => {
    expect(await missing(await kinds(), await onnx())).toEqual([]);
  });
});

describe("a loss is said everywhere too", async () => {
  const declared = /export type LossName =([\s\S]*?);/.exec(await textOf("src/losses/to-loss.ts"))![1]!;
  const short = new Set(["mse", "mae", "mape", "msle"]);
  const names = [...declared.matchAll(/"(\w+)"/g)]
    .map(([, name]) => name!)
    .filter((name) => !short.has(name));

  it.each([
    ["exported", ["src/losses/index.ts"]],
    ["named", ["docs/names.md"]],
    ["given by name", ["src/names.ts"]],
    ["computed in float64", ["test/oracle/losses.ts"]],
  ])("%s", async (_, files) => {
    expect(names.length).toBeGreaterThan(12);
    expect(await missing(names, files)).toEqual([]);
  });

  it("written for Keras, unless Keras has none of the kind", async () => {
    expect(await missing(names, ["src/formats/keras/write-compile.ts"])).toEqual([
      "gaussianNegativeLogLikelihood",
    ]);
  });
});

it("each diagnosis has its picture beside the guide", async () => {
  const pictures = await readdir(new URL("docs/images/doctor/", root));
  expect(Object.keys(causes).filter((code) => !pictures.includes(`${code}.svg`))).toEqual([]);
});
