import { dense, gru, lstm } from "../../src/index.js";
import type { Plan, Rows } from "./patient.js";
import { mulberry32, normalOf, type Uniform, whole } from "./series.js";

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

/** Binary classification of noise: is its sum above zero? `share` moves the bound so that so many are. */
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

/** Every 25 steps x announces ±1, otherwise noise; y is the last announcement. Parallel streams cut into chunks. */
export function announcements(
  seed: number,
  streams: number,
  chunks: number,
  steps: number,
  every = 25,
): { x: Rows; y: Rows } {
  const x: Rows = Array.from({ length: streams * chunks }, () => []);
  const y: Rows = Array.from({ length: streams * chunks }, () => []);
  for (let stream = 0; stream < streams; stream++) {
    const uniform = mulberry32(seed + stream);
    const normal = normalOf(uniform);
    let last = 0;
    for (let t = 0; t < chunks * steps; t++) {
      const announced = t % every === 0;
      if (announced) last = uniform() < 0.5 ? -1 : 1;
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
  },
): Plan {
  const { x, y } = announcements(seed, options.streams, 60, 5);
  const cell = options.cell === "gru" ? gru : lstm;
  return {
    x,
    y,
    layers: () => [
      cell({
        units: 16,
        returnSequences: true,
        stateful: options.stateful,
        inputShape: [5, 1],
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
