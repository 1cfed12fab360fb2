import { describe, expect, it } from "vitest";
import { dense, gru, input, lstm, model, sequential, toSafetensors } from "../../../src/index.js";
import { bitsOf, errorOf, values } from "../model/support.js";

const build = (names: readonly [string, string] = ["first", "last"], seed = 1, units = 3) =>
  sequential([lstm({ units, name: names[0], inputShape: [4, 2] }), dense({ units: 1, name: names[1] })], {
    seed,
  });

describe("saveWeights and loadWeights", () => {
  it("carry weights to a twin, to the bit, by names or where those are others by order", () => {
    const source = build();
    for (const names of [
      ["first", "last"],
      ["other", "names"],
      ["last", "first"],
    ] as const) {
      const twin = build(names, 2);
      twin.loadWeights(source.saveWeights());
      if (names[0] !== "last") expect(bitsOf(twin.getWeights())).toEqual(bitsOf(source.getWeights()));
    }
  });

  it("take a whole model's file, and work for graphs and models inside", () => {
    const make = (seed: number) => {
      const inner = sequential([dense({ units: 2, inputShape: [4, 2] })], { name: "inner", seed });
      const x = input({ shape: [4, 2] });
      return model({ inputs: x, outputs: gru({ units: 2 }).apply(inner.apply(x)), seed });
    };
    const [a, b, c] = [make(1), make(2), make(3)];
    b.loadWeights(a.saveWeights());
    c.loadWeights(toSafetensors(a));
    for (const one of [b, c]) expect(bitsOf(one.getWeights())).toEqual(bitsOf(a.getWeights()));
  });

  it("byName takes the layers both have, and leaves the others", () => {
    const source = build(["first", "other"]);
    const twin = build(["first", "last"], 2);
    const before = twin.getWeights();
    twin.loadWeights(source.saveWeights(), { byName: true });
    expect(bitsOf(twin.getWeights().slice(0, 3))).toEqual(bitsOf(source.getWeights().slice(0, 3)));
    expect(bitsOf(twin.getWeights().slice(3))).toEqual(bitsOf(before.slice(3)));
  });

  it("change nothing where something does not fit", async () => {
    const twin = build(["first", "last"], 2);
    const before = bitsOf(twin.getWeights());
    const refuse = async (bytes: Uint8Array, options = {}) => {
      const error = await errorOf(() => twin.loadWeights(bytes, options));
      expect(bitsOf(twin.getWeights())).toEqual(before);
      return `${error.name}: ${error.message}`;
    };
    expect(await refuse(build(["first", "last"], 1, 4).saveWeights())).toMatch(
      /FormatError.*`first\/kernel` is \[2, 16\]/,
    );
    expect(await refuse(build(["a", "b"], 1, 4).saveWeights())).toMatch(
      /FormatError.*weight 0 is `a\/kernel` \[2, 16\]/,
    );
    expect(await refuse(build(["a", "b"]).saveWeights(), { byName: true })).toMatch(
      /no layer of the file has the name/,
    );
    expect(await refuse(build(["last", "b"]).saveWeights(), { byName: true })).toMatch(
      /`last` has 3 weights in the file, and 2 here/,
    );
    expect(await refuse(new Uint8Array(20))).toMatch(/FormatError/);
    const broken = build();
    broken.setWeights(
      broken
        .getWeights()
        .map(({ shape, data }) => ({ shape, data: Float32Array.from(data).fill(Number.NaN, 0, 1) })),
      { allowNonFinite: true },
    );
    expect(await refuse(broken.saveWeights())).toMatch(/FormatError.*holds NaN/);
    expect(await refuse(build().saveWeights(), { byname: true })).toMatch(/ConfigError.*byname/);
  });

  it("gives what the predictions were", async () => {
    const [source, twin] = [build(), build(["x", "y"], 9)];
    twin.loadWeights(source.saveWeights());
    const x = values([2, 4, 2], 1);
    expect(await twin.predict(x)).toEqual(await source.predict(x));
  });
});
