import {
  type Callback,
  dense,
  type History,
  type Layer,
  lstm,
  type Sequential,
  sequential,
  type TensorLike,
} from "../../src/index.js";
import { toOptimizer } from "../../src/optimizers/to-optimizer.js";

export type Rows = number[][][];
export type Targets = number[] | number[][] | number[][][];

/** A model that is yet to be made, with all that is needed to train it. */
export interface Plan {
  x: TensorLike;
  y: TensorLike;
  validation?: readonly [TensorLike, TensorLike];
  series?: number[];
  layers: () => Layer[];
  optimizer: { name: string; config: Record<string, unknown> };
  loss: string;
  metrics?: readonly string[];
  classWeight?: Record<number, number>;
  truncate?: number;
  epochs: number;
  batchSize: number;
  shuffle: boolean;
  seed: number;
  /** Changes weights before training. */
  tamper?: (model: Sequential) => void;
  callbacks?: () => Callback[];
  isTrained: boolean;
}

export interface Patient {
  readonly plan: Plan;
  readonly model: Sequential;
  readonly history?: History;
}

/** Builds, compiles and, where the plan says so, trains. Faults that are refused come as errors with a code. */
export async function admit(plan: Plan): Promise<Patient> {
  const model = sequential(plan.layers(), { seed: plan.seed });
  model.compile({
    optimizer: toOptimizer("bench", plan.optimizer),
    loss: plan.loss as "mse",
    ...(plan.metrics === undefined ? {} : { metrics: plan.metrics as ["mae"] }),
    ...(plan.truncate === undefined ? {} : { truncate: plan.truncate }),
  });
  plan.tamper?.(model);
  if (!plan.isTrained) return { plan, model };
  const isStateful = model.batchSize !== undefined;
  const history = await model.fit(plan.x, plan.y, {
    epochs: plan.epochs,
    batchSize: plan.batchSize,
    shuffle: plan.shuffle,
    ...(plan.classWeight === undefined ? {} : { classWeight: plan.classWeight }),
    ...(plan.validation === undefined || isStateful ? {} : { validationData: plan.validation }),
    callbacks: [
      ...(plan.callbacks?.() ?? []),
      ...(isStateful ? [{ onEpochBegin: () => model.resetStates() }] : []),
    ],
  });
  return { plan, model, history };
}

export interface Cut {
  x: Rows;
  y: number[];
}

/** Windows of a series (the first column of rows is the target). */
export function windowsOf(
  rows: readonly (readonly number[])[],
  window: number,
  from = 0,
  to = rows.length,
): Cut {
  const x: Rows = [];
  const y: number[] = [];
  for (let i = from; i + window < to; i++) {
    x.push(rows.slice(i, i + window).map((row) => [...row]));
    y.push(rows[i + window]![0]!);
  }
  return { x, y };
}

/** Standardised on the first values. */
export function standardised(values: readonly number[], train: number): number[] {
  const part = values.slice(0, train);
  const mean = part.reduce((a, b) => a + b, 0) / train;
  const std = Math.sqrt(part.reduce((sum, value) => sum + (value - mean) ** 2, 0) / train) || 1;
  return values.map((value) => (value - mean) / std);
}

export interface Shape {
  window: number;
  units: number;
  learningRate: number;
  epochs: number;
  seed: number;
  isTrained: boolean;
}

/** The protocol's plan: scaled windows of one series, one LSTM, adam. */
export function protocol(values: readonly number[], shape: Shape): Plan {
  const train = Math.floor(0.8 * values.length);
  const scaled = standardised(values, train);
  return fromRows(
    scaled.map((value) => [value]),
    shape,
    [...values],
  );
}

/** The same with rows of features as they are. */
export function fromRows(rows: readonly (readonly number[])[], shape: Shape, series?: number[]): Plan {
  const train = Math.floor(0.8 * rows.length);
  const { x, y } = windowsOf(rows, shape.window, 0, train);
  const held = windowsOf(rows, shape.window, train - shape.window);
  return {
    x,
    y,
    validation: [held.x, held.y],
    ...(series === undefined ? {} : { series }),
    layers: () => [
      lstm({ units: shape.units, inputShape: [shape.window, rows[0]!.length] }),
      dense({ units: 1 }),
    ],
    optimizer: { name: "adam", config: { learningRate: shape.learningRate } },
    loss: "mse",
    epochs: shape.epochs,
    batchSize: 32,
    shuffle: true,
    seed: shape.seed,
    isTrained: shape.isTrained,
  };
}
