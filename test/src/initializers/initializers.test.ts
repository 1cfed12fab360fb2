import { describe, expect, test } from "vitest";
import { ConfigError, DataError, ShapeError } from "../../../src/errors.js";
import { chrono } from "../../../src/initializers/chrono.js";
import { constant, identity, ones, zeros } from "../../../src/initializers/constant.js";
import { fansOf, type Initializer } from "../../../src/initializers/initializer.js";
import {
  randomNormal,
  randomUniform,
  truncatedNormal,
} from "../../../src/initializers/random-distributions.js";
import { toInitializer } from "../../../src/initializers/to-initializer.js";
import {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  varianceScaling,
} from "../../../src/initializers/variance-scaling.js";
import { createRandom } from "../../../src/random.js";

const draw = (initializer: Initializer, shape: readonly number[], seed = 1): Float32Array =>
  initializer.initialize(shape, createRandom(seed));

function moments(values: Float32Array): { mean: number; variance: number; largest: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return { mean, variance, largest: values.reduce((most, x) => Math.max(most, Math.abs(x)), 0) };
}

describe("fans", () => {
  test.each([
    [[], 1, 1],
    [[7], 7, 7],
    [[8, 256], 8, 256],
    [[3, 5, 7], 15, 21],
  ])("of %j are counted as Keras does", (shape, fanIn, fanOut) => {
    expect(fansOf(shape as number[])).toEqual({ fanIn, fanOut });
  });
});

describe("variance scaling", () => {
  const shape = [100, 400];
  const n = 40_000;
  const cases: readonly (readonly [Initializer, number, "uniform" | "truncated" | "normal"])[] = [
    [glorotUniform(), 2 / 500, "uniform"],
    [glorotNormal(), 2 / 500, "truncated"],
    [heUniform(), 2 / 100, "uniform"],
    [heNormal(), 2 / 100, "truncated"],
    [lecunUniform(), 1 / 100, "uniform"],
    [lecunNormal(), 1 / 100, "truncated"],
    [varianceScaling(), 1 / 100, "truncated"],
    [varianceScaling({ scale: 3, mode: "fanOut", distribution: "untruncatedNormal" }), 3 / 400, "normal"],
  ];
  test.each(cases)("%o has mean 0 and its variance", (initializer, variance, kind) => {
    const { mean, variance: actual, largest } = moments(draw(initializer, shape));
    // Five standard errors: of the mean sqrt(var / n); of the variance at most sqrt(2 / n) of it (kurtosis <= 3).
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(variance / n));
    expect(Math.abs(actual / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    const stddev = Math.sqrt(variance);
    if (kind === "uniform") {
      // The largest of 40 000 comes within 0.1 % of the bound, but for a chance of exp(-40).
      expect(largest / (Math.sqrt(3) * stddev)).toBeGreaterThan(0.999);
      expect(largest).toBeLessThanOrEqual(Math.fround(Math.sqrt(3) * stddev));
    } else if (kind === "truncated") {
      expect(largest).toBeLessThanOrEqual(Math.fround((2 * stddev) / 0.87962566103423978));
      expect(largest).toBeGreaterThan(2 * stddev);
    } else expect(largest).toBeGreaterThan(3 * stddev);
  });

  test("the limit of an LSTM kernel counts all four gates: F 8, H 64 gives 0.1508", () => {
    const { largest } = moments(draw(glorotUniform(), [8, 256]));
    expect(largest).toBeLessThanOrEqual(Math.sqrt(6 / 264));
    expect(largest).toBeGreaterThan(0.15);
  });

  test("a seed of its own makes every use alike and independent of the model's stream", () => {
    const initializer = glorotUniform({ seed: 3 });
    expect(draw(initializer, [4, 4], 1)).toEqual(draw(initializer, [4, 4], 2));
    expect(initializer.config).toEqual({ seed: 3 });
    expect(draw(glorotUniform(), [4, 4], 1)).not.toEqual(draw(glorotUniform(), [4, 4], 2));
    expect(draw(glorotUniform(), [4, 4], 1)).toEqual(draw(glorotUniform(), [4, 4], 1));
  });

  test("golden values of a seed never change", () => {
    // sqrt(6 / 4) * (2 u - 1) for the first uniforms of seed 42, which random.test.ts holds, rounded to float32.
    const uniforms = [0.1537716464668426, 0.8290992583699348, 0.17995127730445115];
    expect([...draw(glorotUniform(), [2, 2], 42)].slice(0, 3)).toEqual(
      uniforms.map((u) => Math.fround(Math.sqrt(1.5) * (2 * u - 1))),
    );
  });
});

describe("plain distributions", () => {
  test("uniform stays in its bounds, normals have their mean and deviation", () => {
    const n = 20_000;
    const uniform = draw(randomUniform({ minval: 1, maxval: 3 }), [n]);
    expect(uniform.every((x) => x >= 1 && x <= 3)).toBe(true);
    expect(Math.abs(moments(uniform).mean - 2)).toBeLessThan(5 * Math.sqrt(4 / 12 / n));
    const normal = moments(draw(randomNormal({ mean: 1, stddev: 2 }), [n]));
    expect(Math.abs(normal.mean - 1)).toBeLessThan(5 * 2 * Math.sqrt(1 / n));
    expect(Math.abs(normal.variance / 4 - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    const truncated = draw(truncatedNormal({ mean: 1, stddev: 2 }), [n]);
    expect(truncated.every((x) => Math.abs(x - 1) <= 4)).toBe(true);
    // Keras does not widen this one: the variance left is .7737 of stddev².
    expect(Math.abs(moments(truncated).variance / 4 - 0.7737)).toBeLessThan(5 * Math.sqrt(2 / n));
  });

  test("defaults are Keras's", () => {
    expect(randomUniform().config).toEqual({ minval: -0.05, maxval: 0.05 });
    expect(randomNormal().config).toEqual({ mean: 0, stddev: 0.05 });
    expect(truncatedNormal().config).toEqual({ mean: 0, stddev: 0.05 });
    expect(varianceScaling().config).toEqual({ scale: 1, mode: "fanIn", distribution: "truncatedNormal" });
  });

  test("constants", () => {
    expect([...draw(zeros(), [2, 2])]).toEqual([0, 0, 0, 0]);
    expect([...draw(ones(), [3])]).toEqual([1, 1, 1]);
    expect([...draw(constant({ value: -2 }), [2])]).toEqual([-2, -2]);
    expect([...draw(identity({ gain: 3 }), [2, 3])]).toEqual([3, 0, 0, 0, 3, 0]);
    expect(() => draw(identity(), [4])).toThrow(ConfigError);
  });
});

describe("chrono", () => {
  test("forget biases are log U(1, T - 1), input biases their negatives, the others 0", () => {
    const units = 5000;
    const bias = draw(chrono({ maxTimesteps: 101 }), [4 * units]);
    const forget = bias.subarray(units, 2 * units);
    expect(bias.subarray(0, units).every((x, j) => x === -forget[j]!)).toBe(true);
    expect(bias.subarray(2 * units).every((x) => x === 0)).toBe(true);
    const steps = forget.map(Math.exp);
    expect(moments(steps).largest).toBeLessThanOrEqual(100 * (1 + 1e-6));
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(1);
    // U(1, 100): mean 50.5, standard deviation 99 / sqrt(12).
    expect(Math.abs(moments(steps).mean - 50.5)).toBeLessThan((5 * 99) / Math.sqrt(12 * units));
  });

  test("needs an LSTM's bias and a length", () => {
    expect(() => draw(chrono({ maxTimesteps: 10 }), [4, 4])).toThrow(/unitForgetBias: false/);
    expect(() => chrono({ maxTimesteps: 2 })).toThrow(/greater than 2/);
    expect(() => toInitializer("lstm()", "biasInitializer", "chrono")).toThrow(/maxTimesteps/);
  });
});

describe("toInitializer", () => {
  test("takes a name, a factory's result, its JSON and a function", () => {
    expect(toInitializer("lstm()", "kernelInitializer", "heNormal").name).toBe("heNormal");
    const own = constant({ value: 2 });
    expect(toInitializer("lstm()", "kernelInitializer", own)).toBe(own);
    const again = toInitializer("lstm()", "kernelInitializer", JSON.parse(JSON.stringify(own)));
    expect([...draw(again, [1])]).toEqual([2]);
    const made = toInitializer("dense()", "kernelInitializer", (shape: readonly number[]) =>
      new Array(shape[0]! * shape[1]!).fill(0.5),
    );
    expect([...draw(made, [1, 2])]).toEqual([0.5, 0.5]);
  });

  test.each([
    ["glorot_uniform", /Did you mean `glorotUniform`/],
    ["GlorotUniform", /Did you mean `glorotUniform`/],
    ["orthogonl", /Did you mean `orthogonal`/],
    [7, /`kernelInitializer` is 7/],
    [null, /null/],
    [{ name: "constant", config: { valu: 1 } }, /Did you mean `value`/],
  ])("%j is refused", (value, message) => {
    expect(() => toInitializer("lstm()", "kernelInitializer", value)).toThrow(ConfigError);
    expect(() => toInitializer("lstm()", "kernelInitializer", value)).toThrow(message);
  });

  test("a function's wrong length or NaN is refused when it is used", () => {
    const short = toInitializer("dense()", "kernelInitializer", () => [1]);
    expect(() => draw(short, [2, 2])).toThrow(ShapeError);
    const nothing = toInitializer("dense()", "kernelInitializer", () => undefined);
    expect(() => draw(nothing, [2, 2])).toThrow(ShapeError);
    const broken = toInitializer("dense()", "kernelInitializer", () => [1, NaN]);
    expect(() => draw(broken, [2])).toThrow(DataError);
  });

  test.each([
    () => randomUniform({ minval: 1, maxval: 0 }),
    () => randomNormal({ stddev: -1 }),
    () => glorotUniform({ seed: -1 }),
    () => varianceScaling({ scale: 0 }),
    () => varianceScaling({ mode: "fan_in" as "fanIn" }),
    () => constant({ value: NaN }),
  ])("%o is refused", (make) => {
    expect(make).toThrow(ConfigError);
  });
});
