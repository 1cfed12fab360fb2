import {
  bidirectional,
  dense,
  dropout,
  gru,
  type Layer,
  layerNormalization,
  lstm,
  simpleRNN,
} from "../../src/index.js";
import { drawSeries } from "./draw.js";
import { rowsPlan, sized, timestepsOf, withCell } from "./fault.js";
import { fromRows, type Plan, type Shape, standardised } from "./patient.js";
import { publicSeries } from "./public-series.js";
import { between, mulberry32, normalOf, type Part, pick, type Uniform, whole } from "./series.js";
import { binaryPlan, latchPlan, memoryPlan, sequencePlan, statefulPlan } from "./tasks.js";

type Kind = (uniform: Uniform, part: Part, isTrained: boolean) => Plan;

const shapeOf = (uniform: Uniform, isTrained: boolean, change: Partial<Shape> = {}): Shape => ({
  window: whole(uniform, 12, 28),
  units: whole(uniform, 8, 32),
  learningRate: pick(uniform, [0.003, 0.005, 0.01, 0.01, 0.02]),
  epochs: whole(uniform, 30, 45),
  seed: whole(uniform, 1, 1e6),
  isTrained,
  ...change,
});

interface Sizes {
  readonly units: number;
  readonly inputShape: [number, number];
}

/** One series, cut into windows, and layers of a kind before the output. */
const regression =
  (layers: (sizes: Sizes) => Layer[], change: Partial<Plan> = {}): Kind =>
  (uniform, part, isTrained) => {
    const shape = shapeOf(uniform, isTrained);
    const plan = sized(drawSeries(uniform, part), shape);
    const inputShape: [number, number] = [timestepsOf(plan), 1];
    return {
      ...plan,
      layers: () => [...layers({ units: shape.units, inputShape }), dense({ units: 1 })],
      ...change,
    };
  };

const plain = ({ units, inputShape }: Sizes): Layer[] => [lstm({ units, inputShape })];

/** Which of three? The largest of three sums of noise, or the third of the sequence in which a pulse stands. */
function classesOfThree(uniform: Uniform, part: Part): { x: number[][][]; labels: number[] } {
  const normal = normalOf(mulberry32(whole(uniform, 1, 1e6)));
  const timesteps = whole(uniform, 8, 14);
  if (part === "develop") {
    const x = Array.from({ length: 500 }, () =>
      Array.from({ length: timesteps }, () => [normal(), normal(), normal()]),
    );
    const labels = x.map((rows) => {
      const sums = [0, 1, 2].map((f) => rows.reduce((sum, row) => sum + row[f]!, 0));
      return sums.indexOf(Math.max(...sums));
    });
    return { x, labels };
  }
  const labels = Array.from({ length: 500 }, () => Math.floor(3 * uniform()));
  const x = labels.map((label) => {
    const place = Math.floor(((label + uniform()) * timesteps) / 3);
    return Array.from({ length: timesteps }, (_, t) => [(t === place ? 3 : 0) + 0.3 * normal()]);
  });
  return { x, labels };
}

/** Models with nothing wrong, of all kinds. */
export const healthy: Readonly<Record<string, Kind>> = {
  lstm: regression(plain),
  gru: regression(({ units, inputShape }) => [gru({ units, inputShape })]),
  bidirectional: regression(({ units, inputShape }) => [
    bidirectional({ layer: lstm({ units: Math.ceil(units / 2) }), inputShape }),
  ]),
  stacked: regression(({ units, inputShape }) => [
    lstm({ units, returnSequences: true, inputShape }),
    lstm({ units: Math.ceil(units / 2) }),
  ]),
  simpleRNN: regression(({ units, inputShape }) => [simpleRNN({ units, inputShape })], {
    optimizer: { name: "adam", config: { learningRate: 0.003 } },
  }),
  dropout: regression(({ units, inputShape }) => [
    lstm({ units, dropout: 0.1, inputShape }),
    dropout({ rate: 0.2 }),
  ]),
  rectifiedHead: regression((sizes) => [...plain(sizes), dense({ units: 16, activation: "relu" })]),
  normalised: regression((sizes) => [...plain(sizes), layerNormalization()]),
  rmsprop: regression(plain, { optimizer: { name: "rmsprop", config: { learningRate: 0.003 } } }),
  adamw: regression(plain, {
    optimizer: { name: "adamw", config: { learningRate: 0.01, globalClipnorm: 1 } },
  }),
  huber: regression(plain, { loss: "huber" }),
  mae: regression(plain, { loss: "mae" }),
  momentum: regression(plain, {
    optimizer: { name: "sgd", config: { learningRate: 0.05, momentum: 0.9, globalClipnorm: 1 } },
  }),
  largeBatches: regression(plain, {
    batchSize: 128,
    epochs: 100,
    optimizer: { name: "adam", config: { learningRate: 0.01 } },
  }),
  publicSeries: (uniform, part, isTrained) => {
    const shape = shapeOf(uniform, isTrained);
    const { values } = pick(uniform, publicSeries(part));
    return withCell(sized(values, shape), uniform, shape.units);
  },
  minMax: (uniform, part, isTrained) => {
    const values = drawSeries(uniform, part);
    const plan = sized(values, shapeOf(uniform, isTrained));
    const train = Math.floor(0.8 * values.length);
    const seen = standardised(values, train).slice(0, train);
    const [low, high] = [Math.min(...seen), Math.max(...seen)];
    const scaled = (value: number): number => (value - low) / (high - low);
    const inputs = (x: Plan["x"]): number[][][] =>
      (x as number[][][]).map((row) => row.map(([value]) => [scaled(value!)]));
    const [vx, vy] = plan.validation!;
    return {
      ...plan,
      x: inputs(plan.x),
      y: (plan.y as number[]).map(scaled),
      validation: [inputs(vx), (vy as number[]).map(scaled)],
    };
  },
  moreFeatures: (uniform, part, isTrained) => {
    const values = drawSeries(uniform, part);
    const shape = shapeOf(uniform, isTrained, values.length < 250 ? { window: 12, units: 8 } : {});
    const scaled = standardised(values, Math.floor(0.8 * values.length));
    const normal = normalOf(uniform);
    const rows = scaled.map((value, t) => [
      value,
      Math.sin((2 * Math.PI * t) / 7),
      Math.cos((2 * Math.PI * t) / 7),
      normal(),
    ]);
    return values.length < 250
      ? { ...fromRows(rows, { ...shape, epochs: 60 }), batchSize: 8 }
      : rowsPlan(rows, shape, uniform);
  },
  noisyPulses: (uniform, part, isTrained) => {
    const [period, width, normal] = [whole(uniform, 9, 24), whole(uniform, 1, 2), normalOf(uniform)];
    const [height, noise] = [
      between(uniform, 0.5, 3),
      between(uniform, 0.01, part === "develop" ? 0.06 : 0.1),
    ];
    const values = Array.from(
      { length: 500 },
      (_, t) => height * ((t % period < width ? 1 : 0) + noise * normal()),
    );
    const shape = shapeOf(uniform, isTrained, { window: period + 3, epochs: 40, learningRate: 0.01 });
    const plan = sized(values, shape);
    return uniform() < 0.5
      ? withCell(plan, uniform, shape.units)
      : fromRows(
          values.map((value) => [value]),
          shape,
        );
  },
  binary: (uniform, part, isTrained) => binaryPlan(uniform, part, isTrained, between(uniform, -0.5, 0.5)),
  classes: (uniform, part, isTrained) => {
    const { x, labels } = classesOfThree(uniform, part);
    const isOneHot = uniform() < 0.5;
    const y = isOneHot ? labels.map((label) => [0, 1, 2].map((k) => (k === label ? 1 : 0))) : labels;
    const units = whole(uniform, 12, 24);
    const inputShape = [x[0]!.length, x[0]![0]!.length];
    return {
      x: x.slice(0, 400),
      y: y.slice(0, 400) as number[],
      validation: [x.slice(400), y.slice(400) as number[]],
      layers: () => [gru({ units, inputShape }), dense({ units: 3, activation: "softmax" })],
      optimizer: { name: "adam", config: { learningRate: 0.01 } },
      loss: isOneHot ? "categoricalCrossentropy" : "sparseCategoricalCrossentropy",
      epochs: 15,
      batchSize: 32,
      shuffle: true,
      seed: whole(uniform, 1, 1e6),
      isTrained,
    };
  },
  sequenceOutput: sequencePlan,
  memory: (uniform, part, isTrained) => {
    const seed = whole(uniform, 1, 1e6);
    const timesteps = whole(uniform, 30, 60);
    if (part === "develop")
      return latchPlan({ n: 600, timesteps, forgetBias: 4, units: 16, epochs: 12, seed, isTrained });
    return memoryPlan({
      timesteps,
      seed,
      isTrained,
      memory: 4,
      cell: pick(uniform, ["lstm", "gru"] as const),
    });
  },
  stateful: (uniform, part, isTrained) =>
    statefulPlan(whole(uniform, 1, 1e6), {
      stateful: true,
      shuffle: false,
      streams: whole(uniform, 3, 5),
      epochs: 25,
      isTrained,
      cell: pick(uniform, ["lstm", "gru"] as const),
      ...(part === "develop" ? {} : { steps: whole(uniform, 4, 7), isAmount: uniform() < 0.5 }),
    }),
  severalSteps: (uniform, part, isTrained) => {
    const shape = shapeOf(uniform, isTrained);
    const plan = sized(drawSeries(uniform, part), shape);
    const ahead = (y: Plan["y"]): number[][] =>
      (y as number[]).slice(0, -2).map((_, i) => (y as number[]).slice(i, i + 3));
    const [vx, vy] = plan.validation!;
    const inputShape = [timestepsOf(plan), 1];
    return {
      ...plan,
      x: (plan.x as number[][][]).slice(0, -2),
      y: ahead(plan.y),
      validation: [(vx as number[][][]).slice(0, -2), ahead(vy)],
      layers: () => [lstm({ units: shape.units, inputShape }), dense({ units: 3 })],
    };
  },
};
