import {
  bidirectional,
  conv1d,
  dense,
  dropout,
  earlyStopping,
  embedding,
  gru,
  type Layer,
  lstm,
  repeatVector,
  simpleRNN,
} from "../../src/index.js";
import type { Plan, Rows, Targets } from "./patient.js";
import { between, mulberry32, normalOf, type Part, pick, type Uniform, whole } from "./series.js";

type Kind = (uniform: Uniform, part: Part, isTrained: boolean) => Plan;

const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const softmaxOf = (units: number): Layer => dense({ units, activation: "softmax" });
const sigmoidOf = (units: number): Layer => dense({ units, activation: "sigmoid" });
const drawn = (uniform: Uniform): (() => number) => normalOf(mulberry32(whole(uniform, 1, 1e6)));

interface Own {
  readonly x: Rows | number[][];
  readonly y: Targets;
  readonly layers: () => Layer[];
  readonly loss?: string;
  readonly rate?: number;
  readonly epochs?: number;
  readonly more?: Partial<Plan>;
}

/** Four fifths to train on, the rest held back; adam in batches of 32. */
function planOf(uniform: Uniform, isTrained: boolean, own: Own): Plan {
  const { x, y, layers, loss = "mse", rate = 0.005, epochs = 20, more = {} } = own;
  const split = Math.floor(0.8 * x.length);
  return {
    x: x.slice(0, split) as Rows,
    y: y.slice(0, split) as number[],
    validation: [x.slice(split) as Rows, y.slice(split) as number[]],
    layers,
    optimizer: { name: "adam", config: { learningRate: rate } },
    loss,
    epochs,
    batchSize: 32,
    shuffle: true,
    seed: whole(uniform, 1, 1e6),
    isTrained,
    ...more,
  };
}

/** Windows of some columns, and what the first of them is so many steps behind. */
const cut = (rows: readonly (readonly number[])[], window: number, ahead = 1) => ({
  x: many(rows.length - window - ahead + 1, (n) => rows.slice(n, n + window).map((row) => [...row])),
  y: many(rows.length - window - ahead + 1, (n) => rows[n + window + ahead - 1]![0]!),
});

/** An autoregression of the given weights and noise of one, scaled by what is trained on alone. */
function autoregression(uniform: Uniform, n: number, weights: readonly number[]): number[] {
  const normal = drawn(uniform);
  const values = many(weights.length, () => normal());
  while (values.length < n + 50)
    values.push(sum(weights.map((weight, k) => weight * values[values.length - 1 - k]!)) + normal());
  const rest = values.slice(50);
  const seen = rest.slice(0, Math.floor(0.75 * n));
  const mean = sum(seen) / seen.length;
  const std = Math.sqrt(sum(seen.map((value) => (value - mean) ** 2)) / seen.length);
  return rest.map((value) => (value - mean) / std);
}

/** Letters each of which follows from the two before it, more often than not. */
function letters(uniform: Uniform, n: number, alphabet: number, noise: number): number[] {
  const text = [0, 1];
  while (text.length < n)
    text.push(
      uniform() < noise ? Math.floor(alphabet * uniform()) : (3 * text.at(-1)! + text.at(-2)! + 1) % alphabet,
    );
  return text;
}

/** Programs with nothing wrong of the kinds that people ask about: what the questions of people look like when they are well. */
export const healthyWorld: Readonly<Record<string, Kind>> = {
  /** The loss stands still on a plateau before it falls, as where two marked values of a sequence are to be added. */
  plateau: (uniform, _part, isTrained) => {
    const steps = whole(uniform, 8, 12);
    const x = many(800, () => {
      const [a, b] = [Math.floor((steps / 2) * uniform()), Math.floor((steps / 2) * (1 + uniform()))];
      return many(steps, (t) => [2 * uniform() - 1, t === a || t === b ? 1 : 0]);
    });
    return planOf(uniform, isTrained, {
      x,
      y: x.map((rows) => sum(rows.map(([value, mark]) => value! * mark!))),
      layers: () => [lstm({ units: 24, inputShape: [steps, 2] }), dense({ units: 1 })],
      rate: 0.01,
      epochs: 40,
    });
  },
  /** Trained long after its loss has come to where the noise is. */
  floorOfNoise: (uniform, _part, isTrained) => {
    const values = autoregression(uniform, 600, [between(uniform, 0.4, 0.7)]);
    const units = whole(uniform, 2, 6);
    const window = whole(uniform, 8, 15);
    return planOf(uniform, isTrained, {
      ...cut(
        values.map((value) => [value]),
        window,
      ),
      layers: () => [lstm({ units, inputShape: [window, 1] }), dense({ units: 1 })],
      rate: 0.003,
      epochs: 40,
    });
  },
  /** Little of the next value can be told at all. */
  weakSignal: (uniform, _part, isTrained) => {
    const values = autoregression(uniform, 1200, [between(uniform, 0.25, 0.4)]);
    return planOf(uniform, isTrained, {
      ...cut(
        values.map((value) => [value]),
        10,
      ),
      layers: () => [gru({ units: 4, inputShape: [10, 1] }), dense({ units: 1 })],
      rate: 0.003,
      epochs: 12,
    });
  },
  /** Several questions at once, with answers that are rare, and are found. */
  multiLabel: (uniform, _part, isTrained) => {
    const normal = drawn(uniform);
    const [labels, steps] = [whole(uniform, 3, 6), whole(uniform, 6, 10)];
    const share = between(uniform, 0.08, 0.4);
    const y = many(600, () => many(labels, () => (uniform() < share ? 1 : 0)));
    const x = y.map((row) => many(steps, () => row.map((label) => 1.6 * label + 0.8 * normal())));
    return planOf(uniform, isTrained, {
      x,
      y,
      layers: () => [lstm({ units: 24, inputShape: [steps, labels] }), sigmoidOf(labels)],
      loss: "binaryCrossentropy",
      epochs: 20,
    });
  },
  lettersToLetter: (uniform, _part, isTrained) => {
    const alphabet = whole(uniform, 8, 20);
    const text = letters(uniform, 900, alphabet, between(uniform, 0.05, 0.3));
    return planOf(uniform, isTrained, {
      x: many(890, (n) => text.slice(n, n + 10)),
      y: many(890, (n) => text[n + 10]!),
      layers: () => [
        embedding({ inputDim: alphabet, outputDim: 12, inputShape: [10] }),
        lstm({ units: 32 }),
        softmaxOf(alphabet),
      ],
      loss: "sparseCategoricalCrossentropy",
      rate: 0.01,
      epochs: 10,
    });
  },
  maskedTags: (uniform, _part, isTrained) => {
    const places = whole(uniform, 12, 24);
    const x = many(400, () => {
      const words = 3 + Math.floor((places - 4) * uniform());
      return many(places, (t) => (t < words ? 1 + Math.floor(39 * uniform()) : 0));
    });
    const y = x.map((row) =>
      row.map((word, t) => (word === 0 ? 0 : 1 + ((word + ((row[t - 1] ?? 0) % 2)) % 3))),
    );
    return planOf(uniform, isTrained, {
      x,
      y,
      layers: () => [
        embedding({ inputDim: 40, outputDim: 12, maskZero: true, inputShape: [places] }),
        bidirectional({ layer: lstm({ units: 16, returnSequences: true }) }),
        softmaxOf(4),
      ],
      loss: "sparseCategoricalCrossentropy",
      rate: 0.01,
      epochs: 25,
    });
  },
  moods: (uniform, _part, isTrained) => {
    const [steps, vocabulary] = [whole(uniform, 8, 16), whole(uniform, 20, 40)];
    const x = many(700, () => many(steps, () => 1 + Math.floor((vocabulary - 1) * uniform())));
    const y = x.map((row) =>
      sum(row.map((word) => (word % 5 === 0 ? 1 : word % 5 === 1 ? -1 : 0))) + uniform() - 0.5 > 0 ? 1 : 0,
    );
    return planOf(uniform, isTrained, {
      x,
      y,
      layers: () => [
        embedding({ inputDim: vocabulary, outputDim: 8, inputShape: [steps] }),
        gru({ units: 12 }),
        sigmoidOf(1),
      ],
      loss: "binaryCrossentropy",
      rate: 0.005,
      epochs: 12,
      more: { metrics: ["accuracy"] },
    });
  },
  encoderAndDecoder: (uniform, _part, isTrained) => {
    const [steps, ahead] = [whole(uniform, 10, 16), whole(uniform, 3, 6)];
    const [period, normal] = [between(uniform, 9, 20), drawn(uniform)];
    const values = many(560, (t) => Math.sin((2 * Math.PI * t) / period) + 0.1 * normal());
    return planOf(uniform, isTrained, {
      x: many(530, (n) => values.slice(n, n + steps).map((value) => [value])),
      y: many(530, (n) => values.slice(n + steps, n + steps + ahead).map((value) => [value])),
      layers: () => [
        lstm({ units: 24, inputShape: [steps, 1] }),
        repeatVector({ n: ahead }),
        lstm({ units: 24, returnSequences: true }),
        dense({ units: 1 }),
      ],
      rate: 0.01,
      epochs: 20,
    });
  },
  weighedClasses: (uniform, _part, isTrained) => {
    const normal = drawn(uniform);
    const share = between(uniform, 0.04, 0.09);
    const y = many(1000, () => (uniform() < share ? 1 : 0));
    const x = y.map((label) => many(10, () => [normal() + 1.1 * label, normal()]));
    const rare = sum(y);
    return planOf(uniform, isTrained, {
      x,
      y,
      layers: () => [lstm({ units: 12, inputShape: [10, 2] }), sigmoidOf(1)],
      loss: "binaryCrossentropy",
      epochs: 10,
      more: { classWeight: { 0: 1000 / (2 * (1000 - rare)), 1: 1000 / (2 * rare) } },
    });
  },
  stoppedInTime: (uniform, _part, isTrained) => {
    const values = autoregression(uniform, 260, [1.2, -0.6]);
    return planOf(uniform, isTrained, {
      ...cut(
        values.map((value) => [value]),
        12,
      ),
      layers: () => [lstm({ units: 32, inputShape: [12, 1] }), dense({ units: 1 })],
      epochs: 80,
      more: {
        callbacks: () => [earlyStopping({ monitor: "val_loss", patience: 8, restoreBestWeights: true })],
      },
    });
  },
  /** Samples that have nothing to do with each other, of a single step. */
  tableOfSteps: (uniform, _part, isTrained) => {
    const normal = drawn(uniform);
    const x = many(500, () => [many(4, normal)]);
    return planOf(uniform, isTrained, {
      x,
      y: x.map(([row]) => Math.sin(row![0]!) + 0.6 * row![1]! - 0.4 * row![2]! * row![3]! + 0.1 * normal()),
      layers: () => [lstm({ units: 24, inputShape: [1, 4] }), dense({ units: 1 })],
      rate: 0.01,
      epochs: 40,
    });
  },
  /** What is measured beside the series tells something, and something else. */
  weatherBesideLoad: (uniform, _part, isTrained) => {
    const normal = drawn(uniform);
    const window = whole(uniform, 12, 24);
    let away = 0;
    const rows = many(620, (t) => {
      away = 0.9 * away + 0.3 * normal();
      const hour = (2 * Math.PI * t) / 24;
      return [Math.sin(hour) + 0.7 * away + 0.1 * normal(), away, Math.sin(hour), Math.cos(hour)];
    });
    return planOf(uniform, isTrained, {
      ...cut(rows, window),
      layers: () => [
        conv1d({ filters: 12, kernelSize: 3, activation: "relu", inputShape: [window, 4] }),
        lstm({ units: 16 }),
        dense({ units: 1 }),
      ],
      rate: 0.005,
      epochs: 20,
    });
  },
  /** Quiet and stormy times take turns: how large tomorrow's change is, in its logarithm. */
  storms: (uniform, _part, isTrained) => {
    const normal = drawn(uniform);
    let level = 0;
    const sizes = many(900, () => {
      level = 0.95 * level + 0.25 * normal();
      return level + 0.5 * normal();
    });
    return planOf(uniform, isTrained, {
      ...cut(
        sizes.map((value) => [value]),
        15,
      ),
      layers: () => [gru({ units: 8, inputShape: [15, 1] }), dense({ units: 1 })],
      rate: 0.003,
      epochs: 20,
    });
  },
  /** Three gestures in four channels, of which two say nothing. */
  gestures: (uniform, _part, isTrained) => {
    const normal = drawn(uniform);
    const classes = whole(uniform, 3, 5);
    const y = many(500, () => Math.floor(classes * uniform()));
    const x = y.map((label) =>
      many(16, (t) => [
        Math.sin(0.35 * (label + 1) * t) + 0.4 * normal(),
        Math.cos(0.35 * (label + 1) * t) + 0.4 * normal(),
        normal(),
        normal(),
      ]),
    );
    return planOf(uniform, isTrained, {
      x,
      y,
      layers: () => [
        lstm({ units: 24, returnSequences: true, inputShape: [16, 4] }),
        dropout({ rate: 0.2 }),
        lstm({ units: 16 }),
        softmaxOf(classes),
      ],
      loss: "sparseCategoricalCrossentropy",
      rate: 0.005,
      epochs: 15,
      more: { metrics: ["accuracy"] },
    });
  },
  /** Counts of a day: small whole numbers with a weekly swing. */
  smallCounts: (uniform, _part, isTrained) => {
    const base = between(uniform, 2, 4);
    const cell = pick(uniform, [lstm, gru, simpleRNN] as const);
    const counts = many(620, (t) => {
      const mean = base + 1.8 * Math.sin((2 * Math.PI * t) / 7);
      let [product, n] = [uniform(), 0];
      for (; product > Math.exp(-mean); n++) product *= uniform();
      return n;
    });
    return planOf(uniform, isTrained, {
      ...cut(
        counts.map((value) => [(value - base) / 2.2]),
        14,
      ),
      layers: () => [cell({ units: 12, inputShape: [14, 1] }), dense({ units: 1 })],
      rate: 0.003,
      epochs: 25,
    });
  },
};
