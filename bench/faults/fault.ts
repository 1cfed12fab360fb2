import { bidirectional, dense, gru, type Layer, lstm, type Sequential } from "../../src/index.js";
import { type Plan, protocol, type Shape } from "./patient.js";
import { drawRegular, drawSeries, type Part, pick, type Uniform, whole } from "./series.js";
import { signOfSum } from "./tasks.js";

/** A sick plan and the same without its fault. */
export interface Pair {
  readonly sick: Plan;
  readonly twin: Plan;
}
export type Fault = (uniform: Uniform, part: Part, isTrained: boolean) => Pair;

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

/** The same task for another cell. */
function withCell(plan: Plan, uniform: Uniform, { units, window }: Shape): Plan {
  const features = 1;
  const inputShape = [window, features];
  const half = Math.ceil(units / 2);
  const layers = pick<() => Layer[]>(uniform, [
    () => [lstm({ units, inputShape })],
    () => [lstm({ units, inputShape })],
    () => [gru({ units, inputShape })],
    () => [bidirectional({ layer: lstm({ units: half }), inputShape })],
    () => [lstm({ units: half, returnSequences: true, inputShape }), gru({ units: half })],
  ]);
  return { ...plan, layers: () => [...layers(), dense({ units: 1 })] };
}

/** All but the output layer. */
export const body = (plan: Plan): Layer[] => plan.layers().slice(0, -1);

export interface Setting {
  readonly regular?: boolean;
  readonly shape?: Partial<Shape>;
  /** Faults that write into an LSTM's weights need one. */
  readonly isLstm?: boolean;
}

/** A plan for any series, and how a fault changes it. */
export const changed =
  (
    change: (plan: Plan, uniform: Uniform, shape: Shape) => Partial<Plan>,
    { regular = false, shape = {}, isLstm = false }: Setting = {},
  ): Fault =>
  (uniform, part, isTrained) => {
    const { values } = (regular ? drawRegular : drawSeries)(uniform, part);
    const own = shapeOf(uniform, isTrained, shape);
    const plan = protocol(values, own);
    const twin = isLstm ? plan : withCell(plan, uniform, own);
    return { sick: { ...twin, ...change(twin, uniform, own) }, twin };
  };

export const setAll = (model: Sequential, value: (name: string, i: number) => number): void => {
  model.setWeights(
    model.getWeights().map(({ name, shape, data }) => ({
      name,
      shape,
      data: Float32Array.from(data, (_, i) => value(name, i)),
    })),
  );
};

export const onlyRecurrent = (
  model: Sequential,
  change: (name: string, data: Float32Array, units: number) => Float32Array,
): void => {
  model.setWeights(
    model.getWeights().map((weight) => ({
      ...weight,
      data: weight.name.startsWith("lstm")
        ? change(weight.name, Float32Array.from(weight.data), model.getWeights()[1]!.shape[0]!)
        : weight.data,
    })),
  );
};

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

export function signPlan(uniform: Uniform, isTrained: boolean, bound: number, n = 400): Plan {
  const timesteps = whole(uniform, 10, 18);
  const { x, y } = signOfSum(uniform, n, timesteps, bound);
  const train = Math.floor(0.8 * n);
  const units = whole(uniform, 12, 24);
  return {
    x: x.slice(0, train),
    y: y.slice(0, train),
    validation: [x.slice(train), y.slice(train)],
    layers: () => [lstm({ units, inputShape: [timesteps, 1] }), dense({ units: 1, activation: "sigmoid" })],
    optimizer: { name: "adam", config: { learningRate: 0.01 } },
    loss: "binaryCrossentropy",
    epochs: 20,
    batchSize: 32,
    shuffle: true,
    seed: whole(uniform, 1, 1e6),
    isTrained,
  };
}

export const withHead = (plan: Plan, head: () => Layer[]): Plan => ({
  ...plan,
  layers: () => [...body(plan), ...head()],
});

export function setOne(model: Sequential, name: string, value: number): void {
  model.setWeights(
    model.getWeights().map((weight) => {
      if (!weight.name.endsWith(name)) return weight;
      const data = Float32Array.from(weight.data);
      data[Math.floor(data.length / 2)] = value;
      return { ...weight, data };
    }),
  );
}
