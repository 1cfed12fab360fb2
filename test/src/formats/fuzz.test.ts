import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type FuzzedReader, faultOf, fuzzedReaders } from "../../fuzz/readers.js";

/** Mutated files that once were not refused as they should be: the reader and its seed. */
const kept: readonly (readonly [string, number])[] = JSON.parse(
  readFileSync(new URL("../../fuzz/kept-seeds.json", import.meta.url), "utf8"),
);
const names = [
  ...["keras", "keras-json", "tfjs", "onnx", "torch", "safetensors", "npy", "npz"],
  ...["csv", "json lines", "parquet", "forecaster", "words"],
];
const EACH = 60;

describe("mutated files", () => {
  let readers: readonly FuzzedReader[];
  beforeAll(async () => {
    readers = await fuzzedReaders();
  });
  const named = (name: string): FuzzedReader => readers.find((reader) => reader.name === name)!;

  it("of every reader are tried", () => {
    expect(readers.map(({ name }) => name)).toEqual(names);
  });

  it.each(names)("of %s give a model or an error that says what is wrong, in bounded time", async (name) => {
    for (let seed = 1; seed <= EACH; seed++) {
      const fault = await faultOf(named(name), seed);
      expect(fault, `${name} ${seed}`).toBeUndefined();
    }
  });

  it("that were once a fault are none now", async () => {
    for (const [name, seed] of kept)
      expect(await faultOf(named(name), seed), `${name} ${seed}`).toBeUndefined();
  });
});
