import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/errors.js";
import { dense, lstm, sequential, sgd } from "../../../src/index.js";
import { type ClipOptions, Clipping } from "../../../src/optimizers/clipping.js";

const x = Array.from({ length: 4 }, (_, n) => Array.from({ length: 5 }, (_, t) => [Math.sin(n + 0.7 * t)]));
const y = x.map((window) => [3 * window[4]![0]! + 2]);

/** What plain descent of rate 1 takes off the weights in one step: the gradients it was given. */
async function gradientsOf(clip: ClipOptions) {
  const optimizer = sgd({ learningRate: 1, ...clip });
  const model = sequential([lstm({ units: 3, inputShape: [5, 1] }), dense({ units: 1 })], { seed: 8 });
  model.compile({ optimizer, loss: "mse" });
  const before = model.getWeights();
  await model.trainOnBatch(x, y);
  const after = model.getWeights();
  const gradients = before.map(({ data }, i) => Array.from(data, (value, k) => value - after[i]!.data[k]!));
  model.dispose();
  return { gradients, norm: optimizer.lastGradientNorm };
}

const normOf = (values: readonly number[]): number => Math.hypot(...values);
const scaled = (values: readonly number[], factor: number): number[] => values.map((value) => value * factor);

/** Weights of about 1 keep a difference to 1e-7. */
const DIGITS = 5;
function expectAlike(actual: readonly (readonly number[])[], expected: readonly (readonly number[])[]): void {
  actual.forEach((values, i) => {
    for (const [k, value] of values.entries()) expect(value).toBeCloseTo(expected[i]![k]!, DIGITS);
  });
}

const free = await gradientsOf({});
const norms = free.gradients.map(normOf);
const sorted = norms.toSorted((a, b) => a - b);

describe("gradients are held back by hand", () => {
  it("none without an option: the norm is the same before and after", () => {
    expect(free.norm.before).toBeCloseTo(normOf(free.gradients.flat()), DIGITS);
    expect(free.norm.after).toBe(free.norm.before);
  });

  it("clipnorm: each weight's own, those alone that are longer", async () => {
    const bound = (sorted[1]! + sorted[2]!) / 2;
    const { gradients, norm } = await gradientsOf({ clipnorm: bound });
    const expected = free.gradients.map((values, i) => scaled(values, Math.min(1, bound / norms[i]!)));
    expect(expected.filter((values) => Math.abs(normOf(values) - bound) < 1e-6).length).toBe(
      norms.length - 2,
    );
    expectAlike(gradients, expected);
    expect(norm.before).toBe(free.norm.before);
    expect(norm.after).toBeCloseTo(normOf(expected.flat()), DIGITS);
  });

  it("clipvalue: each element", async () => {
    const bound = Math.abs(free.gradients[0]![0]!) * 0.9;
    const { gradients, norm } = await gradientsOf({ clipvalue: bound });
    const expected = free.gradients.map((values) =>
      values.map((value) => Math.max(-bound, Math.min(bound, value))),
    );
    expectAlike(gradients, expected);
    expect(norm.after).toBeCloseTo(normOf(expected.flat()), DIGITS);
    expect(norm.after).toBeLessThan(norm.before);
  });

  it("globalClipnorm: all by one factor, and not at all within the bound", async () => {
    const whole = free.norm.before;
    const { gradients, norm } = await gradientsOf({ globalClipnorm: whole / 4 });
    expectAlike(
      gradients,
      free.gradients.map((values) => scaled(values, 1 / 4)),
    );
    expect(norm.before).toBe(whole);
    expect(norm.after).toBeCloseTo(whole / 4, DIGITS);
    const within = await gradientsOf({ globalClipnorm: whole * 1.01 });
    expect(within.gradients).toEqual(free.gradients);
    expect(within.norm).toEqual(free.norm);
  });
});

describe("what was asked for", () => {
  it("is kept: the way and its bound, none where all are null", () => {
    const { mode, bound } = new Clipping("sgd()", { clipvalue: 0.5, clipnorm: null });
    expect({ mode, bound }).toEqual({ mode: "clipvalue", bound: 0.5 });
    expect(new Clipping("sgd()", { clipnorm: null }).mode).toBeNull();
  });

  it("is refused where two ways are given, or a bound is not above 0", () => {
    const both = { clipnorm: 1, clipvalue: 2 };
    expect(() => new Clipping("sgd()", both)).toThrow(
      expect.objectContaining({
        name: "ConfigError",
        message: expect.stringContaining("`clipnorm` and `clipvalue` exclude each other"),
        received: ["clipnorm", "clipvalue"],
        expected: "one of clipnorm, clipvalue, globalClipnorm",
      }),
    );
    for (const name of ["clipnorm", "clipvalue", "globalClipnorm"] as const) {
      expect(() => new Clipping("sgd()", { [name]: 0 })).toThrow(ConfigError);
      expect(() => new Clipping("sgd()", { [name]: Number.NaN })).toThrow(`\`${name}\``);
    }
  });
});
