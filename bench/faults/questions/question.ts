import { dense, type Layer, lstm } from "../../../src/index.js";
import type { Plan, Rows, Targets } from "../patient.js";
import { mulberry32, normalOf } from "../series.js";

/**
 * A question that a person asked about a program of theirs, made again in small with data of our own: what the answer named
 * as the cause, and the program with what it said to change.
 */
export interface Question {
  /** Where it was asked; undefined where it is one of many of its kind. */
  readonly source?: string;
  /** What an answer named; any of several where it named two. */
  readonly codes: readonly string[];
  readonly sick: Plan;
  readonly cured?: Plan;
}

export const uniformOf = mulberry32;
export const noiseOf = (seed: number): (() => number) => normalOf(mulberry32(seed));

export interface Parts {
  readonly x: Rows | number[][];
  readonly y: Targets;
  readonly layers: () => Layer[];
  readonly loss?: string;
  readonly optimizer?: string;
  readonly rate?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  /** Share at the end kept for validation; 0: none. */
  readonly held?: number;
  readonly more?: Partial<Plan>;
}

/** A plan as most questions have it: Keras's defaults, trained. */
export function plan(parts: Parts): Plan {
  const { x, y, layers, loss = "mse", optimizer = "adam", rate = 0.001, epochs = 20 } = parts;
  const { batchSize = 32, held = 0.2, more = {} } = parts;
  const split = Math.floor(x.length * (1 - held));
  return {
    x: x.slice(0, split) as Rows,
    y: y.slice(0, split) as number[],
    ...(held === 0 ? {} : { validation: [x.slice(split) as Rows, y.slice(split) as number[]] as const }),
    layers,
    optimizer: { name: optimizer, config: { learningRate: rate } },
    loss,
    epochs,
    batchSize,
    shuffle: true,
    seed: 1,
    isTrained: true,
    ...more,
  };
}

/** Windows of one series: `[N, window, 1]`, and the value that follows. */
export function cut(values: readonly number[], window: number): { x: Rows; y: number[] } {
  const starts = Array.from({ length: values.length - window }, (_, n) => n);
  return {
    x: starts.map((n) => values.slice(n, n + window).map((value) => [value])),
    y: starts.map((n) => values[n + window]!),
  };
}

export const oneLstm = (units: number, inputShape: readonly number[], head?: Layer): (() => Layer[]) => {
  return () => [lstm({ units, inputShape: [...inputShape] }), head ?? dense({ units: 1 })];
};

export const wave = (n: number, seed: number, noise = 0.1): number[] => {
  const normal = noiseOf(seed);
  return Array.from(
    { length: n },
    (_, t) => Math.sin((2 * Math.PI * t) / 25) + 0.5 * Math.sin((2 * Math.PI * t) / 9) + noise * normal(),
  );
};

export const scaled = (values: readonly number[]): number[] => {
  const part = values.slice(0, Math.floor(0.8 * values.length));
  const mean = part.reduce((a, b) => a + b, 0) / part.length;
  const std = Math.sqrt(part.reduce((sum, value) => sum + (value - mean) ** 2, 0) / part.length);
  return values.map((value) => (value - mean) / std);
};
