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
import { fromRows, type Plan, protocol, type Shape, standardised } from "./patient.js";
import { between, drawSeries, mulberry32, normalOf, type Part, pick, type Uniform, whole } from "./series.js";
import { latchPlan, signOfSum, statefulPlan } from "./tasks.js";

type Kind = (uniform: Uniform, part: Part, isTrained: boolean) => Plan;

const shapeOf = (uniform: Uniform, isTrained: boolean, change: Partial<Shape> = {}): Shape => ({
  window: whole(uniform, 12, 28),
  units: whole(uniform, 8, 32),
  learningRate: pick(uniform, [0.003, 0.005, 0.01, 0.01, 0.02]),
  epochs: whole(uniform, 20, 35),
  seed: whole(uniform, 1, 1e6),
  isTrained,
  ...change,
});

const regression =
  (layers: (uniform: Uniform, shape: Shape) => () => Layer[], change: Partial<Plan> = {}): Kind =>
  (uniform, part, isTrained) => {
    const shape = shapeOf(uniform, isTrained);
    return {
      ...protocol(drawSeries(uniform, part).values, shape),
      layers: layers(uniform, shape),
      ...change,
    };
  };

/** Three sums of noise: which is the largest? */
function largestOfThree(uniform: Uniform, isOneHot: boolean): { x: number[][][]; y: number[] | number[][] } {
  const normal = normalOf(mulberry32(whole(uniform, 1, 1e6)));
  const timesteps = whole(uniform, 8, 14);
  const x = Array.from({ length: 500 }, () =>
    Array.from({ length: timesteps }, () => [normal(), normal(), normal()]),
  );
  const labels = x.map((rows) => {
    const sums = [0, 1, 2].map((f) => rows.reduce((sum, row) => sum + row[f]!, 0));
    return sums.indexOf(Math.max(...sums));
  });
  return { x, y: isOneHot ? labels.map((label) => [0, 1, 2].map((k) => (k === label ? 1 : 0))) : labels };
}

export const healthy: Readonly<Record<string, Kind>> = {
  lstm: regression((_u, { units, window }) => () => [
    lstm({ units, inputShape: [window, 1] }),
    dense({ units: 1 }),
  ]),
  gru: regression((_u, { units, window }) => () => [
    gru({ units, inputShape: [window, 1] }),
    dense({ units: 1 }),
  ]),
  bidirectional: regression((_u, { units, window }) => () => [
    bidirectional({ layer: lstm({ units: Math.ceil(units / 2) }), inputShape: [window, 1] }),
    dense({ units: 1 }),
  ]),
  stacked: regression((_u, { units, window }) => () => [
    lstm({ units, returnSequences: true, inputShape: [window, 1] }),
    lstm({ units: Math.ceil(units / 2) }),
    dense({ units: 1 }),
  ]),
  simpleRNN: regression(
    (_u, { units, window }) =>
      () => [simpleRNN({ units, inputShape: [window, 1] }), dense({ units: 1 })],
    { optimizer: { name: "adam", config: { learningRate: 0.003 } } },
  ),
  dropout: regression((_u, { units, window }) => () => [
    lstm({ units, dropout: 0.1, inputShape: [window, 1] }),
    dropout({ rate: 0.2 }),
    dense({ units: 1 }),
  ]),
  rectifiedHead: regression((_u, { units, window }) => () => [
    lstm({ units, inputShape: [window, 1] }),
    dense({ units: 16, activation: "relu" }),
    dense({ units: 1 }),
  ]),
  normalised: regression((_u, { units, window }) => () => [
    lstm({ units, inputShape: [window, 1] }),
    layerNormalization(),
    dense({ units: 1 }),
  ]),
  rmsprop: regression(
    (_u, { units, window }) =>
      () => [lstm({ units, inputShape: [window, 1] }), dense({ units: 1 })],
    { optimizer: { name: "rmsprop", config: { learningRate: 0.003 } } },
  ),
  adamw: regression(
    (_u, { units, window }) =>
      () => [lstm({ units, inputShape: [window, 1] }), dense({ units: 1 })],
    { optimizer: { name: "adamw", config: { learningRate: 0.01, globalClipnorm: 1 } } },
  ),
  huber: regression(
    (_u, { units, window }) =>
      () => [lstm({ units, inputShape: [window, 1] }), dense({ units: 1 })],
    { loss: "huber" },
  ),
  mae: regression(
    (_u, { units, window }) =>
      () => [lstm({ units, inputShape: [window, 1] }), dense({ units: 1 })],
    { loss: "mae" },
  ),
  momentum: regression(
    (_u, { units, window }) =>
      () => [lstm({ units, inputShape: [window, 1] }), dense({ units: 1 })],
    { optimizer: { name: "sgd", config: { learningRate: 0.05, momentum: 0.9, globalClipnorm: 1 } } },
  ),
  minMax: (uniform, part, isTrained) => {
    const { values } = drawSeries(uniform, part);
    const train = values.slice(0, Math.floor(0.8 * values.length));
    const [low, high] = [Math.min(...train), Math.max(...train)];
    const shape = shapeOf(uniform, isTrained);
    return fromRows(
      values.map((value) => [(value - low) / (high - low)]),
      shape,
      values,
    );
  },
  moreFeatures: (uniform, part, isTrained) => {
    const { values } = drawSeries(uniform, part);
    const shape = shapeOf(uniform, isTrained);
    const scaled = standardised(values, Math.floor(0.8 * values.length));
    const normal = normalOf(uniform);
    return fromRows(
      scaled.map((value, t) => [
        value,
        Math.sin((2 * Math.PI * t) / 7),
        Math.cos((2 * Math.PI * t) / 7),
        normal(),
      ]),
      shape,
    );
  },
  binary: (uniform, _part, isTrained) => {
    const { x, y } = signOfSum(uniform, 400, whole(uniform, 10, 18), between(uniform, -0.5, 0.5));
    const units = whole(uniform, 12, 24);
    return {
      x: x.slice(0, 320),
      y: y.slice(0, 320),
      validation: [x.slice(320), y.slice(320)],
      layers: () => [
        lstm({ units, inputShape: [x[0]!.length, 1] }),
        dense({ units: 1, activation: "sigmoid" }),
      ],
      optimizer: { name: "adam", config: { learningRate: 0.01 } },
      loss: "binaryCrossentropy",
      epochs: 15,
      batchSize: 32,
      shuffle: true,
      seed: whole(uniform, 1, 1e6),
      isTrained,
    };
  },
  classes: (uniform, _part, isTrained) => {
    const isOneHot = uniform() < 0.5;
    const { x, y } = largestOfThree(uniform, isOneHot);
    const units = whole(uniform, 12, 24);
    return {
      x: x.slice(0, 400),
      y: y.slice(0, 400) as number[],
      validation: [x.slice(400), y.slice(400) as number[]],
      layers: () => [
        gru({ units, inputShape: [x[0]!.length, 3] }),
        dense({ units: 3, activation: "softmax" }),
      ],
      optimizer: { name: "adam", config: { learningRate: 0.01 } },
      loss: isOneHot ? "categoricalCrossentropy" : "sparseCategoricalCrossentropy",
      epochs: 15,
      batchSize: 32,
      shuffle: true,
      seed: whole(uniform, 1, 1e6),
      isTrained,
    };
  },
  sequenceOutput: (uniform, _part, isTrained) => {
    const normal = normalOf(mulberry32(whole(uniform, 1, 1e6)));
    const timesteps = whole(uniform, 10, 20);
    const keep = between(uniform, 0.5, 0.8);
    const x = Array.from({ length: 300 }, () => Array.from({ length: timesteps }, () => [normal()]));
    const y = x.map((rows) => {
      let state = 0;
      return rows.map(([value]) => {
        state = keep * state + (1 - keep) * value!;
        return [2 * state];
      });
    });
    const units = whole(uniform, 12, 24);
    return {
      x: x.slice(0, 240),
      y: y.slice(0, 240),
      validation: [x.slice(240), y.slice(240)],
      layers: () => [lstm({ units, returnSequences: true, inputShape: [timesteps, 1] }), dense({ units: 1 })],
      optimizer: { name: "adam", config: { learningRate: 0.01 } },
      loss: "mse",
      epochs: 15,
      batchSize: 32,
      shuffle: true,
      seed: whole(uniform, 1, 1e6),
      isTrained,
    };
  },
  latch: (uniform, _part, isTrained) =>
    latchPlan({
      n: 600,
      timesteps: whole(uniform, 30, 60),
      forgetBias: 4,
      units: 16,
      epochs: 12,
      seed: whole(uniform, 1, 1e6),
      isTrained,
    }),
  stateful: (uniform, _part, isTrained) =>
    statefulPlan(whole(uniform, 1, 1e6), {
      stateful: true,
      shuffle: false,
      streams: whole(uniform, 3, 5),
      epochs: 25,
      isTrained,
      cell: pick(uniform, ["lstm", "gru"] as const),
    }),
  severalSteps: (uniform, part, isTrained) => {
    const shape = shapeOf(uniform, isTrained);
    const plan = protocol(drawSeries(uniform, part).values, shape);
    const ahead = (y: Plan["y"]): number[][] =>
      (y as number[]).slice(0, -2).map((_, i) => (y as number[]).slice(i, i + 3));
    const [vx, vy] = plan.validation!;
    return {
      ...plan,
      x: (plan.x as number[][][]).slice(0, -2),
      y: ahead(plan.y),
      validation: [(vx as number[][][]).slice(0, -2), ahead(vy)],
      layers: () => [lstm({ units: shape.units, inputShape: [shape.window, 1] }), dense({ units: 3 })],
    };
  },
};
