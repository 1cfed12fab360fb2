import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { activationCodes } from "../../src/engine/activation-codes.js";
import * as descriptors from "../../src/engine/descriptors.js";
import { OUTER_ROWS } from "../../src/layers/workspace.js";
import { instantiateKernels } from "../support/kernels.js";
import { root, sourceFiles } from "./source-files.js";

/** Comments away, so that nothing said about a field is read as one. */
const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/\/\/.*$/gm, "");

interface DescriptorClass {
  readonly path: string;
  readonly name: string;
  readonly fields: readonly { name: string; type: string }[];
}

function classesOf({ path, text }: { path: string; text: string }): DescriptorClass[] {
  return [...withoutComments(text).matchAll(/class (\w+Descriptor) \{([\s\S]*?)\n\}/g)].map(
    ([, name, body]) => ({
      path,
      name: name!,
      fields: [...body!.matchAll(/^\s*(\w+):\s*(\w+);/gm)].map(([, field, type]) => ({
        name: field!,
        type: type!,
      })),
    }),
  );
}

const classes = (await sourceFiles("assembly")).flatMap(classesOf);

/** `LstmDescriptor` is written by `lstmFields`. */
const fieldsFor = (name: string): readonly string[] => {
  const key = `${name[0]!.toLowerCase()}${name.slice(1).replace(/Descriptor$/, "")}Fields`;
  const fields = (descriptors as Record<string, unknown>)[key];
  if (!Array.isArray(fields)) throw new Error(`src/engine/descriptors.ts exports no \`${key}\``);
  return fields as string[];
};

describe("both languages agree on what a kernel is handed", () => {
  it("the descriptors are found", () => {
    expect(classes.map(({ name }) => name)).toContain("LstmDescriptor");
  });

  it.each(classes)(
    "$name has the fields of src/engine/descriptors.ts, in their order",
    ({ name, fields }) => {
      expect(fields.map((field) => field.name)).toEqual(fieldsFor(name));
    },
  );

  it.each(classes)("every field of $name is a 32-bit integer", ({ fields }) => {
    expect(fields.filter(({ type }) => type !== "i32" && type !== "usize")).toEqual([]);
  });

  it.each(["debug", "release"])("the %s build gives the LSTM's descriptor that many bytes", async (build) => {
    const bytes = new Uint8Array(await readFile(new URL(`build/${build}.wasm`, root)));
    const { kernels } = await instantiateKernels(build, bytes);
    expect(kernels.lstmDescriptorBytes!()).toBe(4 * descriptors.lstmFields.length);
  });

  it("activations have the same codes", async () => {
    const text = await readFile(new URL("assembly/activation/activate.ts", root), "utf8");
    const upper = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    const codes = new Map(
      [...text.matchAll(/^export const (\w+): i32 = (\d+);/gm)].map(([, name, code]) => [
        name!,
        Number(code),
      ]),
    );
    const count = codes.get("ACTIVATION_COUNT");
    codes.delete("ACTIVATION_COUNT");
    // swish and silu are two names of one function.
    const ours = Object.entries(activationCodes).filter(([name]) => name !== "swish");
    expect(Object.fromEntries(ours.map(([name, code]) => [upper(name), code]))).toEqual(
      Object.fromEntries(codes),
    );
    expect(activationCodes.swish).toBe(activationCodes.silu);
    expect(count).toBe(ours.length);
  });

  it("scratch for packed pairs has the rows the kernels take at a time", async () => {
    const text = await readFile(new URL("assembly/linalg/outer-product.ts", root), "utf8");
    expect(/export const OUTER_ROWS: i32 = (\d+);/.exec(text)?.[1]).toBe(String(OUTER_ROWS));
  });
});
