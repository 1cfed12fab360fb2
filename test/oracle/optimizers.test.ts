import { describe, expect, it } from "vitest";
import { clipGradients } from "./clipping.js";
import { assertAgreement } from "./compare.js";
import { type OptimizerName, type OptimizerOptions, oracleOptimizer } from "./optimizers.js";

/** Some additions and products of float64. */
const ROUNDING = { relative: 1e-14, absolute: 1e-16 } as const;

/** Where one weight goes from `start` under these gradients. */
function path(name: OptimizerName, options: OptimizerOptions, gradients: number[], start = 0): number[] {
  const w = Float64Array.of(start);
  const optimizer = oracleOptimizer(name, [w], options);
  return gradients.map((g) => {
    optimizer.step([[g]]);
    return w[0]!;
  });
}

describe("Adam's epsilon", () => {
  const gradients = [1e-6, 1e-6, 1e-6];
  it("outside bias correction (Keras) holds three steps of g = 1e-6 back to .090", () => {
    expect(-path("adam", { learningRate: 0.1 }, gradients)[2]!).toBeCloseTo(0.09, 3);
  });
  it("1e-8 inside bias correction (PyTorch) lets them move .297", () => {
    expect(-path("adamTfjs", { learningRate: 0.1, epsilon: 1e-8 }, gradients)[2]!).toBeCloseTo(0.297, 3);
  });
});

describe("first steps, by hand", () => {
  const cases: [string, OptimizerName, OptimizerOptions, number[], number[]][] = [
    ["sgd: -α g", "sgd", { learningRate: 0.5 }, [2], [-1]],
    ["sgd default rate .01", "sgd", {}, [2], [-0.02]],
    ["momentum: v = μ v - α g", "sgd", { learningRate: 0.5, momentum: 0.5 }, [2, 2], [-1, -2.5]],
    [
      "nesterov: w += μ v - α g",
      "sgd",
      { learningRate: 0.5, momentum: 0.5, nesterov: true },
      [2, 2],
      [-1.5, -3.25],
    ],
    ["rmsprop: √((1 - ρ) g² + ε)", "rmsprop", { learningRate: 1, rho: 0.75, epsilon: 3 }, [2], [-1]],
    // v = ¼·4, mean = ¼·2: the root of 1 - ¼ + 3.25 is 2.
    [
      "centered: the mean's square subtracted",
      "rmsprop",
      { learningRate: 1, rho: 0.75, centered: true, epsilon: 3.25 },
      [2],
      [-1],
    ],
    [
      "adagrad: accumulator begins at .1",
      "adagrad",
      { learningRate: 1, epsilon: 4.9 },
      [2, 0],
      [-2 / 3, -2 / 3],
    ],
    ["lion: ±α, whatever the size of g", "lion", { learningRate: 0.5 }, [1e-9, 7, 0], [-0.5, -1, -1.5]],
    [
      "lion: the old momentum outvotes a small new gradient",
      "lion",
      { learningRate: 1 },
      [1, -0.05],
      [-1, -2],
    ],
    ["adam: one step is α with ε = 0", "adam", { learningRate: 0.1, epsilon: 0 }, [3], [-0.1]],
    // √v grows by ε before the correction √(1 - β₂): with √.001 g = ε the step is halved.
    [
      "adam: ε̂ = √v halves the step",
      "adam",
      { learningRate: 0.1, epsilon: 2 * Math.sqrt(0.001) },
      [2],
      [-0.05],
    ],
  ];
  for (const [claim, name, options, gradients, expected] of cases) {
    it(claim, () => assertAgreement(claim, path(name, options, gradients), expected, ROUNDING));
  }
  it("amsgrad goes by the largest v so far", () => {
    const options = { learningRate: 1, epsilon: 0, beta1: 0, beta2: 0.5 };
    const gradients = [2, 0, 1];
    // v: 2, 1, 1; its largest: 2, 2, 2. The correction is √(1 - ½^t).
    const [, , plain] = path("adam", options, gradients);
    const [, , kept] = path("adam", { ...options, amsgrad: true }, gradients);
    assertAgreement("amsgrad", [plain! + 1, kept! + 1], [-Math.sqrt(7 / 8), -Math.sqrt(7 / 16)], ROUNDING);
  });
  it("nadam's first two steps, from u₁, u₂ and u₃", () => {
    const [u1, u2, u3] = [1, 2, 3].map((t) => 0.9 * (1 - 0.5 * 0.96 ** t)) as [number, number, number];
    // g = 1 throughout: m = .1, then .19; v̂ = 1.
    const first = (u2 * 0.1) / (1 - u1 * u2) + (1 - u1) / (1 - u1);
    const second = (u3 * 0.19) / (1 - u1 * u2 * u3) + (1 - u2) / (1 - u1 * u2);
    const got = path("nadam", { learningRate: 0.5, epsilon: 0 }, [1, 1]);
    // 1 - β₂^t loses three digits to cancellation.
    assertAgreement("nadam", got, [-0.5 * first, -0.5 * (first + second)], { relative: 1e-12 });
  });
});

describe("around the rule", () => {
  const clip = (options: object): number[] =>
    clipGradients([Float64Array.of(3, 4), Float64Array.of(0.3, 0.4)], options).flatMap((g) => [...g]);
  it("clipnorm: each variable by itself", () => {
    assertAgreement("clipped", clip({ clipnorm: 1 }), [0.6, 0.8, 0.3, 0.4], ROUNDING);
  });
  it("globalClipnorm: all by their common norm", () => {
    const norm = Math.hypot(3, 4, 0.3, 0.4);
    assertAgreement(
      "clipped",
      clip({ globalClipnorm: 1 }),
      [3, 4, 0.3, 0.4].map((g) => g / norm),
      ROUNDING,
    );
    expect(clip({ globalClipnorm: 1 })[0]).toBeCloseTo(0.597, 3);
    expect(clip({ globalClipnorm: 10 })).toEqual([3, 4, 0.3, 0.4]);
  });
  it("globalClipnorm: one infinite gradient makes all NaN", () => {
    const all = clipGradients([Float64Array.of(Infinity), Float64Array.of(1)], { globalClipnorm: 1 });
    expect(all.map((g) => g[0])).toEqual([Number.NaN, Number.NaN]);
  });
  it("clipvalue: element by element; NaN stays, infinity becomes the bound", () => {
    expect(clip({ clipvalue: 0.35 })).toEqual([0.35, 0.35, 0.3, 0.35]);
    expect([...clipGradients([Float64Array.of(Number.NaN, -Infinity)], { clipvalue: 2 })[0]!]).toEqual([
      Number.NaN,
      -2,
    ]);
  });
  it("weight decay comes before the update and does not enter the gradient", () => {
    assertAgreement(
      "decayed",
      path("sgd", { learningRate: 0.5, weightDecay: 0.1 }, [2], 10),
      [10 - 0.5 - 1],
      ROUNDING,
    );
    assertAgreement(
      "adamw's .004",
      path("adamw", { learningRate: 0.5 }, [0], 10),
      [10 - 10 * 0.004 * 0.5],
      ROUNDING,
    );
  });
  it("accumulation updates with the mean on every n-th call", () => {
    const moved = path("sgd", { learningRate: 1, gradientAccumulationSteps: 2 }, [1, 3, 5, 5]);
    expect(moved).toEqual([0, -2, -2, -7]);
  });
  it("accumulation clips the mean, not its parts", () => {
    const moved = path("sgd", { learningRate: 1, gradientAccumulationSteps: 2, clipvalue: 1 }, [10, -10]);
    expect(moved).toEqual([0, 0]);
  });
  it("the moving average copies first, then follows", () => {
    const w = Float64Array.of(0);
    const optimizer = oracleOptimizer("sgd", [w], { learningRate: 1, useEma: true, emaMomentum: 0.75 });
    optimizer.step([[-4]]);
    expect(optimizer.averages[0]![0]).toBe(4);
    optimizer.step([[-4]]);
    expect(optimizer.averages[0]![0]).toBe(5);
    expect(w[0]).toBe(8);
  });
  it("emaOverwriteFrequency puts the average in the weights' place", () => {
    const options = { learningRate: 1, useEma: true, emaMomentum: 0.75, emaOverwriteFrequency: 2 };
    expect(path("sgd", options, [-4, -4])).toEqual([4, 5]);
  });
  it("a schedule is asked with the number of updates already made", () => {
    const asked: number[] = [];
    const learningRate = (iteration: number): number => {
      asked.push(iteration);
      return 1 / (iteration + 1);
    };
    expect(path("sgd", { learningRate }, [1, 1])).toEqual([-1, -1.5]);
    expect(asked).toEqual([0, 1]);
  });
});
