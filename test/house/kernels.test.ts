import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { allBuilds } from "../../src/engine/all-builds.js";
import { coreBuilds } from "../../src/engine/core-builds.js";
import { decodeBytes } from "../../src/engine/kernel-text.js";
import { instantiateKernels } from "../support/kernels.js";
import { root } from "./source-files.js";

interface Signature {
  readonly name: string;
  readonly parameters: number;
}

/** Both files that declare kernels; the members of an interface stand between its first line and the next `}`. */
const interfaceText = async (): Promise<string> =>
  (
    await Promise.all(
      ["src/engine/kernels.ts", "src/engine/layer-kernels.ts"].map((path) =>
        readFile(new URL(path, root), "utf8"),
      ),
    )
  ).join("\n");
const bodiesOf = (text: string): string =>
  [...text.matchAll(/export interface \w*Kernels(?: extends \w+)? \{([\s\S]*?)\n\}/g)]
    .map(([, body]) => body)
    .join("\n");
const countOf = (list: string | undefined): number =>
  (list ?? "").split(",").filter((parameter) => parameter.trim() !== "").length;

/** Name and number of parameters of each member of `interface Kernels`. */
async function declaredKernels(): Promise<Signature[]> {
  const text = (await interfaceText()).replaceAll(/\/\*[\s\S]*?\*\//g, "");
  const body = bodiesOf(text);
  const ofLosses = /type LossKernel<[^>]*> = \(([^)]*?)\.\.\.options/.exec(text)![1];
  return [
    ...[...body.matchAll(/^ {2}(\w+)\(([^)]*)\): \w+;/gm)].map(([, name, list]) => ({
      name: name!,
      parameters: countOf(list),
    })),
    ...[...body.matchAll(/^ {2}(\w+): LossKernel(?:<\[([^\]]*)\]>)?;/gm)].map(([, name, options]) => ({
      name: name!,
      parameters: countOf(ofLosses) + countOf(options),
    })),
  ];
}

/** Lines that `declaredKernels` did not understand would go unseen; count the members another way. */
async function countDeclarations(): Promise<number> {
  const body = bodiesOf(await interfaceText());
  return [...body.matchAll(/(\): (void|number|Address|Count)|LossKernel\b.*);$/gm)].length;
}

describe.each(["debug", "release"])("the %s build", async (build) => {
  const bytes = new Uint8Array(await readFile(new URL(`build/${build}.wasm`, root)));
  const { kernels } = await instantiateKernels(build, bytes);
  const declared = await declaredKernels();

  it("is described by an interface the test can read", async () => {
    expect(declared.length).toBeGreaterThan(30);
    expect(declared.length).toBe(await countDeclarations());
  });

  it.each(declared)("has $name with its $parameters parameters", ({ name, parameters }) => {
    // An exported WebAssembly function's `length` is its number of parameters.
    expect(kernels[name]!.length).toBe(parameters);
  });
});

it.each([
  ["release", async () => allBuilds.simd128],
  ["relaxed", allBuilds.relaxed],
  ["core-release", async () => coreBuilds.simd128],
  ["core-relaxed", coreBuilds.relaxed],
])("what src/engine embeds is build/%s.wasm", async (name, embedded) => {
  const { wasmText, wasmBytes } = await embedded();
  const bytes = await readFile(new URL(`build/${name}.wasm`, root));
  expect(Buffer.from(decodeBytes(wasmText, wasmBytes)).equals(bytes)).toBe(true);
});
