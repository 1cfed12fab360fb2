import { describe, expect, test } from "vitest";
import { ConfigError } from "../../../src/errors.js";
import { cosineDecay, cosineDecayRestarts } from "../../../src/schedules/cosine-decay.js";
import { exponentialDecay, inverseTimeDecay, polynomialDecay } from "../../../src/schedules/decay.js";
import { oneCycle } from "../../../src/schedules/one-cycle.js";
import { piecewiseConstantDecay } from "../../../src/schedules/piecewise-constant-decay.js";
import { isSchedule, type Schedule } from "../../../src/schedules/schedule.js";
import { toSchedule } from "../../../src/schedules/to-schedule.js";
import { warmup } from "../../../src/schedules/warmup.js";

const decay = { initialLearningRate: 0.1, decaySteps: 100, decayRate: 0.5 };
const polynomial = { initialLearningRate: 0.1, decaySteps: 100, endLearningRate: 0.01, power: 2 };
const cosine = { decaySteps: 100, alpha: 0.1 };

/** Values of Keras's and PyTorch's formulas, evaluated in Python. */
const golden: readonly (readonly [string, Schedule, Readonly<Record<number, number>>])[] = [
  [
    "exponential decay",
    exponentialDecay(decay),
    { 0: 0.1, 1: 0.0993092495437036, 50: 0.07071067811865477, 100: 0.05, 250: 0.01767766952966369 },
  ],
  [
    "exponential decay by stairs",
    exponentialDecay({ ...decay, staircase: true }),
    { 0: 0.1, 99: 0.1, 100: 0.05, 250: 0.025 },
  ],
  [
    "inverse time decay",
    inverseTimeDecay(decay),
    { 0: 0.1, 50: 0.08, 100: 0.06666666666666667, 250: 0.044444444444444446 },
  ],
  [
    "inverse time decay by stairs",
    inverseTimeDecay({ ...decay, staircase: true }),
    { 99: 0.1, 100: 0.06666666666666667, 250: 0.05 },
  ],
  ["polynomial decay", polynomialDecay(polynomial), { 0: 0.1, 25: 0.060625, 100: 0.01, 150: 0.01 }],
  [
    "polynomial decay in cycles",
    polynomialDecay({ ...polynomial, cycle: true }),
    { 0: 0.1, 100: 0.01, 150: 0.015625, 200: 0.01, 201: 0.019801 },
  ],
  [
    "cosine decay",
    cosineDecay({ ...cosine, initialLearningRate: 0.1 }),
    { 0: 0.1, 25: 0.08681980515339464, 50: 0.055, 100: 0.01, 200: 0.01 },
  ],
  [
    "cosine decay with warmup",
    cosineDecay({ ...cosine, initialLearningRate: 0, warmupTarget: 0.2, warmupSteps: 10 }),
    { 0: 0, 5: 0.1, 10: 0.2, 60: 0.11, 110: 0.02, 500: 0.02 },
  ],
  [
    "cosine decay with restarts",
    cosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 10, mMul: 0.5, alpha: 0.05 }),
    {
      0: 0.1,
      5: 0.0525,
      9: 0.0073248154759802085,
      10: 0.0525,
      20: 0.02875,
      29: 0.0052924019108654815,
      30: 0.02875,
      69: 0.005036606661919106,
      70: 0.016875,
    },
  ],
  [
    "cosine decay with equal restarts",
    cosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 10, tMul: 1 }),
    { 0: 0.1, 5: 0.05, 10: 0.1, 15: 0.05, 20: 0.1 },
  ],
  [
    "one cycle",
    oneCycle({ maxLearningRate: 0.1, totalSteps: 100 }),
    {
      0: 0.004,
      10: 0.029516394846410082,
      29: 0.1,
      30: 0.09994965352845243,
      64: 0.0500002,
      99: 4e-7,
      200: 4e-7,
    },
  ],
  [
    "one cycle in three straight phases",
    oneCycle({ maxLearningRate: 0.1, totalSteps: 100, threePhase: true, annealStrategy: "linear" }),
    {
      0: 0.004,
      10: 0.037103448275862067,
      29: 0.1,
      40: 0.06358620689655173,
      58: 0.004,
      80: 0.0018538731707317072,
      99: 4e-7,
    },
  ],
  [
    "piecewise constant decay",
    piecewiseConstantDecay({ boundaries: [10, 20], values: [1, 0.5, 0.1] }),
    { 0: 1, 10: 1, 11: 0.5, 20: 0.5, 21: 0.1, 1000: 0.1 },
  ],
  [
    "warmup to a number",
    warmup({ target: 0.2, warmupSteps: 4 }),
    { 0: 0, 1: 0.05, 3: 0.15, 4: 0.2, 99: 0.2 },
  ],
  [
    "warmup to a schedule",
    warmup({ target: exponentialDecay(decay), warmupSteps: 10, initialLearningRate: 0.02 }),
    { 0: 0.02, 5: 0.06, 10: 0.1, 110: 0.05 },
  ],
];

describe("schedules", () => {
  test.each(golden)("%s follows its formula", (_name, schedule, rates) => {
    for (const [step, rate] of Object.entries(rates)) {
      // A few float64 roundings at the size of the initial rate, which a small end rate is the difference of.
      expect(Math.abs(schedule.rate(Number(step)) - rate), `step ${step}`).toBeLessThan(1e-15);
    }
  });

  test.each(golden)("%s comes back from its JSON", (_name, schedule, rates) => {
    const again = toSchedule("adam()", "learningRate", JSON.parse(JSON.stringify(schedule)));
    expect(again.name).toBe(schedule.name);
    for (const step of Object.keys(rates)) expect(again.rate(Number(step))).toBe(schedule.rate(Number(step)));
  });

  test("defaults are Keras's and PyTorch's", () => {
    expect(polynomialDecay({ initialLearningRate: 1, decaySteps: 2 }).config).toMatchObject({
      endLearningRate: 0.0001,
      power: 1,
      cycle: false,
    });
    expect(cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 2 }).config).toMatchObject({
      tMul: 2,
      mMul: 1,
      alpha: 0,
    });
    expect(oneCycle({ maxLearningRate: 1, totalSteps: 2 }).config).toMatchObject({
      pctStart: 0.3,
      annealStrategy: "cos",
      divFactor: 25,
      finalDivFactor: 1e4,
      threePhase: false,
    });
  });

  test("a one cycle whose rise has no length is still finite", () => {
    const schedule = oneCycle({ maxLearningRate: 1, totalSteps: 10, pctStart: 0.1 });
    expect(schedule.rate(0)).toBe(1);
    expect(oneCycle({ maxLearningRate: 1, totalSteps: 1 }).rate(0)).toBeGreaterThan(0);
  });

  test("a function is a schedule whose values are checked", () => {
    const schedule = toSchedule("adam()", "learningRate", (step: number) => (step < 3 ? 0.5 : NaN));
    expect(isSchedule(schedule)).toBe(true);
    expect(schedule.rate(2)).toBe(0.5);
    expect(() => schedule.rate(3)).toThrow(/returned NaN for step 3/);
  });

  test.each([
    [() => exponentialDecay({ ...decay, decayRate: 0 }), /decayRate/],
    [() => exponentialDecay({ ...decay, decaySteps: 0.5 }), /decaySteps/],
    [() => exponentialDecay({ ...decay, staircas: true } as typeof decay), /Did you mean `staircase`/],
    [() => cosineDecay({ initialLearningRate: -1, decaySteps: 1 }), /initialLearningRate/],
    [() => cosineDecay({ initialLearningRate: 1, decaySteps: 1, warmupSteps: 3 }), /warmupTarget/],
    [() => cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 1, tMul: 0.5 }), /tMul/],
    [() => piecewiseConstantDecay({ boundaries: [2, 1], values: [1, 2, 3] }), /ascend/],
    [() => piecewiseConstantDecay({ boundaries: [1], values: [1] }), /one value more/],
    [() => oneCycle({ maxLearningRate: 1, totalSteps: 10, threePhase: true, pctStart: 0.6 }), /pctStart/],
    [() => warmup({ target: "fast" as unknown as number, warmupSteps: 2 }), /target/],
    [
      () => toSchedule("adam()", "learningRate", { name: "cosinDecay", config: {} }),
      /Did you mean `cosineDecay`/,
    ],
    [() => toSchedule("adam()", "learningRate", "cosineDecay"), /expected a schedule/],
  ])("%o is refused", (make, message) => {
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });

  test("isSchedule knows a schedule from other values", () => {
    expect(isSchedule(exponentialDecay(decay))).toBe(true);
    for (const other of [null, 0.1, "exponentialDecay", { rate: 1 }, { rate: () => 1 }]) {
      expect(isSchedule(other)).toBe(false);
    }
  });
});
