import { dense, earlyStopping, type Layer, type Sequential } from "../../src/index.js";
import { drawCell, stackOf } from "./cells.js";
import { drawRegular, drawSeries } from "./draw.js";
import { fromRows, type Plan, protocol, type Shape } from "./patient.js";
import { type Part, pick, type Uniform, whole } from "./series.js";
import { binaryPlan, sequencePlan } from "./tasks.js";

/** A sick plan and the same without its fault. */
export interface Pair {
  readonly sick: Plan;
  readonly twin: Plan;
}
export type Fault = (uniform: Uniform, part: Part, isTrained: boolean) => Pair;

/** What the part to develop on has, and what the part to report on has instead. */
export const byPart = <T>(part: Part, develop: () => T, report: () => T): T =>
  part === "develop" ? develop() : report();

export function shapeOf(uniform: Uniform, isTrained: boolean, change: Partial<Shape> = {}): Shape {
  return {
    window: whole(uniform, 15, 24),
    units: whole(uniform, 12, 28),
    learningRate: pick(uniform, [0.005, 0.01, 0.01]),
    epochs: 25,
    seed: whole(uniform, 1, 1e6),
    isTrained,
    ...change,
  };
}

/** Updates a short series is given at least. */
const LEAST_UPDATES = 300;
const SHORT = 250;

/** Short series get what a person would give them: a shorter window, smaller batches, fewer units, an end in time. */
export function sized(values: readonly number[], shape: Shape): Plan {
  const n = values.length;
  if (n >= SHORT) return protocol(values, shape);
  const window = Math.min(shape.window, Math.floor(n / 6));
  const batches = Math.ceil((0.8 * n - window) / 8);
  const epochs = Math.max(shape.epochs, Math.ceil(LEAST_UPDATES / batches));
  const units = Math.min(shape.units, 12);
  const learningRate = Math.min(shape.learningRate, 0.005);
  return {
    ...protocol(values, { ...shape, window, units, epochs, learningRate }),
    batchSize: 8,
    callbacks: () => [earlyStopping({ monitor: "val_loss", patience: 10, restoreBestWeights: true })],
  };
}

export const timestepsOf = (plan: Plan): number => (plan.x as number[][][])[0]!.length;
export const featuresOf = (plan: Plan): number => (plan.x as number[][][])[0]![0]!.length;

/** The same task for a cell drawn. */
export function withCell(plan: Plan, uniform: Uniform, units: number): Plan {
  const cell = drawCell(uniform);
  const inputShape = [timestepsOf(plan), featuresOf(plan)] as const;
  return { ...plan, layers: () => [...stackOf(cell, { units, inputShape }), dense({ units: 1 })] };
}

/** All but the output layer. */
export const body = (plan: Plan): Layer[] => plan.layers().slice(0, -1);
/** The output layer. */
export const output = (plan: Plan): Layer => plan.layers().at(-1)!;

export const withHead = (plan: Plan, head: () => Layer[]): Plan => ({
  ...plan,
  layers: () => [...body(plan), ...head()],
});

export interface Setting {
  /** Only series that can be forecast well. */
  readonly regular?: boolean;
  readonly shape?: Partial<Shape>;
  /** Classification and sequence output too, where a fault does not depend on the task. */
  readonly anyTask?: boolean;
}

/** A healthy plan of any cell, and how a fault changes it. */
export const changed =
  (
    change: (plan: Plan, uniform: Uniform, part: Part, shape: Shape) => Partial<Plan>,
    { regular = false, shape = {}, anyTask = false }: Setting = {},
  ): Fault =>
  (uniform, part, isTrained) => {
    const own = shapeOf(uniform, isTrained, shape);
    const task = anyTask
      ? pick(uniform, ["series", "series", "series", "binary", "sequence"] as const)
      : "series";
    const twin =
      task === "binary"
        ? binaryPlan(uniform, part, isTrained)
        : task === "sequence"
          ? sequencePlan(uniform, part, isTrained)
          : withCell(sized((regular ? drawRegular : drawSeries)(uniform, part), own), uniform, own.units);
    return { sick: { ...twin, ...change(twin, uniform, part, own) }, twin };
  };

export const setAll = (model: Sequential, value: (name: string) => number): void => {
  model.setWeights(
    model.getWeights().map(({ name, shape, data }) => ({
      name,
      shape,
      data: new Float32Array(data.length).fill(value(name)),
    })),
  );
};

/** One number in the middle of the first weight whose name ends so. */
export function setOne(model: Sequential, ending: string, value: number): void {
  const name = model.getWeights().find((weight) => weight.name.endsWith(ending))?.name;
  model.setWeights(
    model.getWeights().map((weight) => {
      if (weight.name !== name) return weight;
      const data = Float32Array.from(weight.data);
      data[Math.floor(data.length / 2)] = value;
      return { ...weight, data };
    }),
    { allowNonFinite: true },
  );
}

export function shuffled<T>(values: readonly T[], uniform: Uniform): T[] {
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

export const scaledBy = (y: Plan["y"], scale: number, offset: number): number[] =>
  (y as number[]).map((value) => scale * value + offset);

/** Plans on rows of features, any cell. */
export const rowsPlan = (rows: readonly (readonly number[])[], shape: Shape, uniform: Uniform): Plan =>
  withCell(fromRows(rows, shape), uniform, shape.units);
