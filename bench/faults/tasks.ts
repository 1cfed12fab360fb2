import { dense, gru, lstm, simpleRNN } from "../../src/index.js";
import { drawCell, editRecurrent, setMemory, stackOf } from "./cells.js";
import type { Plan, Rows } from "./patient.js";
import { between, mulberry32, normalOf, type Part, type Uniform, whole } from "./series.js";

/** The marked latch: report, at the end, the ±1 that carried the marker in the first quarter. */
export function markedLatch(n: number, timesteps: number, seed: number): { x: Rows; y: number[] } {
  const uniform = mulberry32(seed);
  const x: Rows = [];
  const y: number[] = [];
  for (let i = 0; i < n; i++) {
    const place = Math.floor((uniform() * timesteps) / 4);
    const row = Array.from({ length: timesteps }, (_, t) => [uniform() < 0.5 ? -1 : 1, t === place ? 1 : 0]);
    x.push(row);
    y.push(row[place]![0]!);
  }
  return { x, y };
}

export interface LatchShape {
  readonly n: number;
  readonly timesteps: number;
  readonly forgetBias: number;
  readonly units: number;
  readonly epochs: number;
  readonly seed: number;
  readonly isTrained: boolean;
}

export function latchPlan({ n, timesteps, forgetBias, units, epochs, seed, isTrained }: LatchShape): Plan {
  const { x, y } = markedLatch(n, timesteps, seed);
  const train = Math.floor((5 / 6) * n);
  return {
    x: x.slice(0, train),
    y: y.slice(0, train),
    validation: [x.slice(train), y.slice(train)],
    layers: () => [lstm({ units, inputShape: [timesteps, 2] }), dense({ units: 1 })],
    optimizer: { name: "adam", config: { learningRate: 0.01 } },
    loss: "mse",
    epochs,
    batchSize: 32,
    shuffle: true,
    seed,
    isTrained,
    tamper: (model) => {
      const weights = model.getWeights();
      const bias = weights[2]!.data as Float32Array;
      bias.fill(forgetBias, units, 2 * units);
      model.setWeights(weights);
    },
  };
}

/** The first step carries ±1 amid noise: report it at the end. */
export function firstSignal(n: number, timesteps: number, seed: number): { x: Rows; y: number[] } {
  const uniform = mulberry32(seed);
  const normal = normalOf(uniform);
  const y = Array.from({ length: n }, () => (uniform() < 0.5 ? -1 : 1));
  const x = y.map((sign) => Array.from({ length: timesteps }, (_, t) => [t === 0 ? sign : 0.3 * normal()]));
  return { x, y };
}

export interface MemoryShape {
  readonly timesteps: number;
  readonly seed: number;
  readonly isTrained: boolean;
  readonly cell: "lstm" | "gru" | "simpleRNN";
  /** Bias of the gate that keeps the state; of a simpleRNN the gain of its recurrent weights. */
  readonly memory: number;
}

const cellOf = { lstm, gru, simpleRNN } as const;

/** `firstSignal` for one cell. */
export function memoryPlan({ timesteps, seed, isTrained, cell, memory }: MemoryShape): Plan {
  const { x, y } = firstSignal(600, timesteps, seed);
  return {
    x: x.slice(0, 500),
    y: y.slice(0, 500),
    validation: [x.slice(500), y.slice(500)],
    layers: () => [cellOf[cell]({ units: 16, inputShape: [timesteps, 1] }), dense({ units: 1 })],
    optimizer: { name: "adam", config: { learningRate: 0.01 } },
    loss: "mse",
    epochs: 12,
    batchSize: 32,
    shuffle: true,
    seed,
    isTrained,
    tamper:
      cell === "simpleRNN"
        ? (model) =>
            editRecurrent(model, (data, { role }) =>
              role === "recurrent_kernel" ? data.map((value) => memory * value) : data,
            )
        : setMemory(memory),
  };
}

/** Binary classification of noise: is its sum above zero? `bound` moves the share of those that are. */
export function signOfSum(
  uniform: Uniform,
  n: number,
  timesteps: number,
  bound = 0,
): { x: Rows; y: number[] } {
  const normal = normalOf(mulberry32(whole(uniform, 1, 1e6)));
  const x: Rows = [];
  const y: number[] = [];
  for (let i = 0; i < n; i++) {
    const row = Array.from({ length: timesteps }, () => normal());
    x.push(row.map((value) => [value]));
    y.push(row.reduce((a, b) => a + b, 0) > bound * Math.sqrt(timesteps) ? 1 : 0);
  }
  return { x, y };
}

/** Two features: is the one's sum above the other's? */
export function comparison(
  uniform: Uniform,
  n: number,
  timesteps: number,
  bound = 0,
): { x: Rows; y: number[] } {
  const normal = normalOf(mulberry32(whole(uniform, 1, 1e6)));
  const x = Array.from({ length: n }, () => Array.from({ length: timesteps }, () => [normal(), normal()]));
  const y = x.map((rows) =>
    rows.reduce((sum, [a, b]) => sum + a! - b!, 0) > bound * Math.sqrt(2 * timesteps) ? 1 : 0,
  );
  return { x, y };
}

/** Classification into two, any cell. */
export function binaryPlan(uniform: Uniform, part: Part, isTrained: boolean, bound = 0, n = 400): Plan {
  const timesteps = whole(uniform, 10, 18);
  const { x, y } = (part === "develop" ? signOfSum : comparison)(uniform, n, timesteps, bound);
  const train = Math.floor(0.8 * n);
  const [cell, units] = [drawCell(uniform), whole(uniform, 12, 24)];
  const inputShape = [timesteps, x[0]![0]!.length] as const;
  return {
    x: x.slice(0, train),
    y: y.slice(0, train),
    validation: [x.slice(train), y.slice(train)],
    layers: () => [...stackOf(cell, { units, inputShape }), dense({ units: 1, activation: "sigmoid" })],
    optimizer: { name: "adam", config: { learningRate: 0.01 } },
    loss: "binaryCrossentropy",
    epochs: 20,
    batchSize: 32,
    shuffle: true,
    seed: whole(uniform, 1, 1e6),
    isTrained,
  };
}

/** What a filter makes of noise: a running mean, or an echo of two earlier values. */
function filtered(uniform: Uniform, part: Part, rows: Rows): Rows {
  const keep = between(uniform, 0.5, 0.8);
  const [first, second] = [whole(uniform, 1, 2), whole(uniform, 3, 4)];
  return rows.map((row) => {
    let state = 0;
    return row.map(([value], t) => {
      state = keep * state + (1 - keep) * value!;
      return [
        part === "develop" ? 2 * state : 0.8 * (row[t - first]?.[0] ?? 0) - 0.6 * (row[t - second]?.[0] ?? 0),
      ];
    });
  });
}

/** A number at every step, any cell. */
export function sequencePlan(uniform: Uniform, part: Part, isTrained: boolean): Plan {
  const normal = normalOf(mulberry32(whole(uniform, 1, 1e6)));
  const timesteps = whole(uniform, 10, 20);
  const x = Array.from({ length: 300 }, () => Array.from({ length: timesteps }, () => [normal()]));
  const y = filtered(uniform, part, x);
  const [cell, units] = [drawCell(uniform), whole(uniform, 12, 24)];
  const inputShape = [timesteps, 1] as const;
  return {
    x: x.slice(0, 240),
    y: y.slice(0, 240),
    validation: [x.slice(240), y.slice(240)],
    layers: () => [...stackOf(cell, { units, inputShape, returnSequences: true }), dense({ units: 1 })],
    optimizer: { name: "adam", config: { learningRate: 0.01 } },
    loss: "mse",
    epochs: 20,
    batchSize: 32,
    shuffle: true,
    seed: whole(uniform, 1, 1e6),
    isTrained,
  };
}

/** Every so many steps x announces ±1, or an amount, otherwise noise; y is the last announcement. Parallel streams cut into chunks. */
export function announcements(
  seed: number,
  streams: number,
  chunks: number,
  steps: number,
  every = 25,
  isAmount = false,
): { x: Rows; y: Rows } {
  const x: Rows = Array.from({ length: streams * chunks }, () => []);
  const y: Rows = Array.from({ length: streams * chunks }, () => []);
  for (let stream = 0; stream < streams; stream++) {
    const uniform = mulberry32(seed + stream);
    const normal = normalOf(uniform);
    let last = 0;
    for (let t = 0; t < chunks * steps; t++) {
      const announced = t % every === 0;
      if (announced) last = isAmount ? 1.5 * normal() : uniform() < 0.5 ? -1 : 1;
      const sample = Math.floor(t / steps) * streams + stream;
      x[sample]!.push([announced ? last : 0.1 * normal()]);
      y[sample]!.push([last]);
    }
  }
  return { x, y };
}

export function statefulPlan(
  seed: number,
  options: {
    stateful: boolean;
    shuffle: boolean;
    streams: number;
    epochs: number;
    isTrained: boolean;
    cell: "lstm" | "gru";
    /** Steps of a chunk. Default 5. */
    steps?: number;
    isAmount?: boolean;
  },
): Plan {
  const { steps = 5, isAmount = false } = options;
  const { x, y } = announcements(seed, options.streams, 60, steps, 25, isAmount);
  const cell = options.cell === "gru" ? gru : lstm;
  return {
    x,
    y,
    layers: () => [
      cell({
        units: 16,
        returnSequences: true,
        stateful: options.stateful,
        inputShape: [steps, 1],
        ...(options.stateful ? { batchSize: options.streams } : {}),
      }),
      dense({ units: 1 }),
    ],
    optimizer: { name: "adam", config: { learningRate: 0.01 } },
    loss: "mse",
    epochs: options.epochs,
    batchSize: options.streams,
    shuffle: options.shuffle,
    seed,
    isTrained: options.isTrained,
  };
}
