import { describe, expect, it } from "vitest";
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  dense,
  exponentialDecay,
  lion,
  nadam,
  type Optimizer,
  piecewiseConstantDecay,
  rmsprop,
  sequential,
  sgd,
} from "../../../src/index.js";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { oracleModel } from "../../oracle/model.js";
import { type OptimizerName, type OptimizerOptions, oracleOptimizer } from "../../oracle/optimizers.js";
import { expectNear, modelOf, values } from "./support.js";

const factories: Record<Exclude<OptimizerName, "adamTfjs">, (options: never) => Optimizer> = {
  sgd,
  rmsprop,
  adagrad,
  adadelta,
  adamax,
  adam,
  adamw,
  nadam,
  lion,
};
type Name = keyof typeof factories;

const layers: OracleLayerSpec[] = [
  { kind: "lstm", units: 5, inputShape: [4, 2], returnSequences: true },
  { kind: "lstm", units: 3 },
  { kind: "dense", units: 2 },
];
// Labels of size 3 keep gradients far from 0, where the sign of one is a matter of rounding.
const x = values([6, 4, 2], 1, 2);
const y = values([6, 2], 2, 3);

const STEPS = 20;
/**
 * A gradient is right to some 1e-6 of its norm, and so is an update in proportion to it. Rules that divide by a root of
 * past gradients (or take the sign) give elements with tiny gradients the same step as others, whose relative error is
 * larger; twenty steps add up. Compared is the way gone from the start, not the weights, which hardly move.
 */
const RELATIVE = 2e-4;

interface Training {
  readonly name: Name;
  readonly ours?: object;
  /** What the oracle is told where it is not the same. */
  readonly oracle?: OptimizerOptions;
  readonly steps?: number;
}

/** Trains both twins on the same batch, and compares the ways their weights went. */
async function compare({ name, ours = {}, oracle, steps = STEPS }: Training): Promise<void> {
  const optimizer = factories[name](ours as never);
  const model = modelOf(layers, { optimizer, loss: "mse" });
  const start = model.getWeights();
  const weights = start.map(({ data }) => Float64Array.from(data));
  const twin = oracleOptimizer(name, weights, oracle ?? (ours as OptimizerOptions));
  // fit without shuffling on one batch is a step an epoch, and ends with the average where one is kept.
  await model.fit(x, y, { epochs: steps, batchSize: 6, shuffle: false });
  for (let step = 0; step < steps; step++) {
    const now = start.map(({ shape }, i) => ({ shape, data: weights[i]! }));
    const { weights: gradients } = oracleModel(layers, now).lossAndGradients(x, y, { loss: "mse" });
    twin.step(gradients.map(({ data }) => data));
  }
  const expected = twin.averages.length > 0 ? twin.averages : weights;
  model.getWeights().forEach((weight, i) => {
    const way = (to: ArrayLike<number>): Float64Array =>
      Float64Array.from(to, (value, k) => value - start[i]!.data[k]!);
    const gone = way(expected[i]!);
    expect(gone.some((value) => value !== 0)).toBe(true);
    // A weight is rounded at each step, at most by 6e-8 of itself.
    expectNear(`${name} ${weight.name}`, way(weight.data), gone, RELATIVE, steps * 1e-7);
  });
  expect(optimizer.iterations).toBe(twin.iterations);
  model.dispose();
}

const rates: Record<Name, number> = {
  sgd: 0.05,
  rmsprop: 0.005,
  adagrad: 0.05,
  adadelta: 5,
  adamax: 0.01,
  adam: 0.01,
  adamw: 0.01,
  nadam: 0.01,
  lion: 0.002,
};
const names = Object.keys(factories) as Name[];

describe("twenty steps of an optimizer are those of float64", () => {
  it.each(names)("%s with its defaults", (name) => compare({ name }));

  it.each(names)("%s with its gradients clipped, each way", async (name) => {
    const learningRate = rates[name];
    // Bounds that hold for some steps and not for others would hide behind those that always or never do.
    await compare({ name, ours: { learningRate, clipnorm: 0.5 } });
    await compare({ name, ours: { learningRate, globalClipnorm: 1 } });
    await compare({ name, ours: { learningRate, clipvalue: 0.1 } });
  });

  it.each(names)("%s with weight decay", (name) =>
    compare({ name, ours: { learningRate: rates[name], weightDecay: 0.1 } }),
  );

  it("a weight decay that is small beside 1 takes what it says, on average over weights", async () => {
    // Inputs of 0 give the kernel no gradient: only the decay moves it. 1 - 1e-7 in float32 would decay by 1.2e-7.
    const [rate, decay, steps, features] = [1e-4, 1e-3, 100, 400];
    const optimizer = sgd({ learningRate: rate, weightDecay: decay });
    const model = modelOf([{ kind: "dense", units: 1, inputShape: [features] }], { optimizer, loss: "mse" });
    const start = Float64Array.from(model.getWeights()[0]!.data);
    const inputs = { shape: [2, features], data: new Float32Array(2 * features) };
    await model.fit(inputs, values([2, 1], 3), { epochs: steps, batchSize: 2, shuffle: false });
    const end = model.getWeights()[0]!.data;
    const sum = (of: (w: number, i: number) => number) => start.reduce((total, w, i) => total + of(w, i), 0);
    const share = sum((w, i) => w * (w - end[i]!)) / sum((w) => w * w);
    expect(share / (rate * decay * steps)).toBeGreaterThan(0.9);
    expect(share / (rate * decay * steps)).toBeLessThan(1.1);
    model.dispose();
  });

  it.each(names)("%s with a moving average, which fit ends with", async (name) => {
    await compare({ name, ours: { learningRate: rates[name], useEma: true } });
    await compare({ name, ours: { learningRate: rates[name], useEma: true, emaMomentum: 0.7 } });
  });

  it.each(names)("%s with gradients gathered over three batches", async (name) => {
    await compare({ name, ours: { learningRate: rates[name], gradientAccumulationSteps: 3 }, steps: 19 });
  });

  it("a moving average is kept on the batches that only gather, as in Keras", async () => {
    await compare({
      name: "sgd",
      ours: { learningRate: 0.05, gradientAccumulationSteps: 3, useEma: true, emaMomentum: 0.7 },
      steps: 19,
    });
  });

  it.each([
    { name: "sgd", ours: { learningRate: 0.02, momentum: 0.9 } },
    { name: "sgd", ours: { learningRate: 0.02, momentum: 0.9, nesterov: true } },
    { name: "rmsprop", ours: { learningRate: 0.003, rho: 0.8, momentum: 0.5, epsilon: 1e-3 } },
    { name: "rmsprop", ours: { learningRate: 0.003, centered: true, epsilon: 1e-3 } },
    { name: "adagrad", ours: { learningRate: 0.05, initialAccumulatorValue: 0.3, epsilon: 1e-4 } },
    { name: "adam", ours: { learningRate: 0.01, beta1: 0.8, beta2: 0.95, epsilon: 1e-4 } },
    { name: "adam", ours: { learningRate: 0.01, amsgrad: true, beta2: 0.9 } },
    { name: "adamw", ours: { learningRate: 0.01, weightDecay: 0.2, amsgrad: true } },
    { name: "nadam", ours: { learningRate: 0.01, beta1: 0.8, beta2: 0.95, epsilon: 1e-4 } },
    { name: "lion", ours: { learningRate: 0.002, beta1: 0.8, beta2: 0.95 } },
  ] satisfies Training[])("$name $ours", (training) => compare(training));

  it("everything at once", () =>
    compare({
      name: "adamw",
      ours: {
        learningRate: 0.02,
        weightDecay: 0.05,
        globalClipnorm: 1,
        useEma: true,
        emaMomentum: 0.9,
        gradientAccumulationSteps: 2,
      },
    }));
});

describe("schedules", () => {
  const decay = exponentialDecay({ initialLearningRate: 0.05, decaySteps: 5, decayRate: 0.5 });

  it("the rate of each step is that of the steps before it", () =>
    compare({
      name: "sgd",
      ours: { learningRate: decay },
      oracle: { learningRate: (iteration) => 0.05 * 0.5 ** (iteration / 5) },
    }));

  it("a rate in pieces, with Adam", () =>
    compare({
      name: "adam",
      ours: { learningRate: piecewiseConstantDecay({ boundaries: [4, 9], values: [0.02, 0.01, 0.001] }) },
      // Keras: a boundary still belongs to the piece before it.
      oracle: { learningRate: (iteration) => (iteration <= 4 ? 0.02 : iteration <= 9 ? 0.01 : 0.001) },
    }));

  it("a function of the step", () =>
    compare({
      name: "sgd",
      ours: { learningRate: (step: number) => 0.1 / (1 + step) },
      oracle: { learningRate: (iteration) => 0.1 / (1 + iteration) },
    }));

  it("Keras's schedules count batches, also where several make one update", () =>
    compare({
      name: "sgd",
      ours: { learningRate: decay, gradientAccumulationSteps: 2 },
      oracle: {
        gradientAccumulationSteps: 2,
        learningRate: (iteration) => 0.05 * 0.5 ** ((2 * iteration + 1) / 5),
      },
    }));
});

describe("a gradient that is not finite", () => {
  const exploding = async (options: object): Promise<boolean[]> => {
    const model = modelOf(layers, { optimizer: sgd(options), loss: "mse" });
    const weights = model.getWeights();
    weights.at(-1)!.data[0] = Number.POSITIVE_INFINITY;
    model.setWeights(weights, { allowNonFinite: true });
    await model.trainOnBatch(x, y);
    return model.getWeights().map(({ data }) => [...data].some(Number.isNaN));
  };

  it("turns every weight into NaN under globalClipnorm, as in Keras: it must not look like a step of zero", async () => {
    // An infinite bias predicts infinity, whose gradient is infinite too.
    expect(await exploding({ globalClipnorm: 1 })).toEqual(Array(8).fill(true));
  });

  it("is cut to the bound by clipvalue", async () => {
    expect((await exploding({ clipvalue: 1 })).at(-1)).toBe(false);
  });

  it("emaOverwriteFrequency: the average takes the weights' place after every so many batches, as in Keras", async () => {
    const [x, y] = [[[1]], [[0]]];
    const trained = async (more: object, steps: number): Promise<number[]> => {
      const model = sequential([dense({ units: 1, useBias: false, inputShape: [1] })]);
      model.compile({
        optimizer: sgd({ learningRate: 0.25, useEma: true, emaMomentum: 0.5, ...more }),
        loss: "mse",
      });
      model.setWeights([[[1]]]);
      const ways: number[] = [];
      for (let step = 0; step < steps; step++) {
        await model.trainOnBatch(x, y);
        ways.push(model.getWeights()[0]!.data[0]!);
      }
      return ways;
    };
    // w <- w / 2 a step. The average is copied at the first, then half of itself and half of w; it overwrites w at 2 and 4.
    let [w, average] = [1, 0];
    const expected = [1, 2, 3, 4, 5].map((step) => {
      w /= 2;
      average = step === 1 ? w : (average + w) / 2;
      if (step % 2 === 0) w = average;
      return w;
    });
    expect(await trained({ emaOverwriteFrequency: 2 }, 5)).toEqual(expected);
    expect(await trained({ emaOverwriteFrequency: null }, 3)).toEqual([0.5, 0.25, 0.125]);
    expect(() => sgd({ emaOverwriteFrequency: 0 })).toThrow("`emaOverwriteFrequency` is 0");
  });
});
