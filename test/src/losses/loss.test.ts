import { describe, expect, it } from "vitest";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  gaussianNegativeLogLikelihood,
  huber,
  meanSquaredError,
  quantile,
} from "../../../src/index.js";
import { isLoss } from "../../../src/losses/loss.js";
import { toLoss } from "../../../src/losses/to-loss.js";

it("a loss is an object that sums", () => {
  expect(isLoss(meanSquaredError())).toBe(true);
  for (const other of [null, undefined, "mse", {}, { sum: 1 }, meanSquaredError])
    expect(isLoss(other)).toBe(false);
  // A function may carry anything.
  expect(isLoss(Object.assign(() => 0, { sum: () => 0 }))).toBe(false);
});

it("a loss is taken as it is", () => {
  const loss = huber({ delta: 2 });
  expect(toLoss("compile()", loss)).toBe(loss);
});

describe("options", () => {
  it.each([binaryCrossentropy, categoricalCrossentropy])("%o smooths labels by a share", (make) => {
    for (const inside of [0, 0.1, 0.9]) {
      const { config } = make({ labelSmoothing: inside, name: "mine" });
      expect(config).toMatchObject({ labelSmoothing: inside, name: "mine", fromLogits: false });
    }
    expect(make({ fromLogits: true }).config).toEqual({ fromLogits: true, labelSmoothing: 0 });
    for (const outside of [-0.1, 1.1])
      expect(() => make({ labelSmoothing: outside })).toThrow(/labelSmoothing/);
  });

  it("huber's delta is above 0", () => {
    expect(huber({ delta: 0.1 }).config).toEqual({ delta: 0.1 });
    for (const outside of [0, -1]) expect(() => huber({ delta: outside })).toThrow(/`delta` is/);
  });

  it("names are kept, of every family", () => {
    expect(meanSquaredError({ name: "a" }).config).toEqual({ name: "a" });
    expect(gaussianNegativeLogLikelihood({ name: "b" }).config).toEqual({ name: "b" });
  });

  it("quantiles are a list of shares, each a column of its target", () => {
    const asked = [0.1, 0.5, 0.9];
    const { config, columnsOf, targetWidth } = quantile({ quantiles: asked });
    expect(config).toEqual({ quantiles: asked });
    expect(config.quantiles).not.toBe(asked);
    expect(columnsOf?.(2, 9)).toEqual([6, 7, 8]);
    expect(targetWidth(6)).toBe(2);
    for (const wrong of [[], undefined, 0.5, "0.5"])
      expect(() => quantile({ quantiles: wrong as never })).toThrow(/quantiles/);
    expect(() => targetWidth(7)).toThrow(
      expect.objectContaining({ received: 7, expected: "a multiple of 3" }),
    );
    expect(() => gaussianNegativeLogLikelihood().targetWidth(3)).toThrow();
  });
});
