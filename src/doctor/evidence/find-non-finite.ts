import { trace } from "../../inspect/trace.js";
import type { Layer } from "../../layers/layer.js";
import { BidirectionalLayer } from "../../layers/recurrent/bidirectional.js";
import { RecurrentLayer } from "../../layers/recurrent/recurrent-layer.js";
import { Sequential } from "../../model/sequential.js";
import { sizeOf, type Tensor } from "../../tensor.js";
import type { Experiments } from "../trials/experiments.js";
import { largestByStep, outputOfLayer } from "./activations.js";

/** Where a value that is no number arises first, in the order of computation. */
export interface NonFinitePlace {
  /** The layer; of a bidirectional one the direction too. */
  readonly layer: string;
  /** A recurrent layer's gate, `state` where every gate is still finite; empty elsewhere. */
  readonly gate: string;
  /** In the order of the sequence. */
  readonly timeStep: number;
  /** Index in the examples that were given. */
  readonly sample: number;
  readonly unit: number;
  readonly value: number;
  /** Of each layer up to this one the largest |output| at each time step, over samples and units. */
  readonly sizes: readonly { readonly name: string; readonly values: Float64Array }[];
}

/** A place as a diagnosis tells it. */
export const placeEvidence = (place: NonFinitePlace): Record<string, number | string> => ({
  layer: place.layer,
  gate: place.gate,
  timeStep: place.timeStep,
  sample: place.sample,
  unit: place.unit,
  value: String(place.value),
});

/** Gates of a recurrent layer, in the order of its kernel's columns. */
export const gateNames: Readonly<Record<string, readonly string[]>> = {
  lstm: ["input", "forget", "cell", "output"],
  gru: ["update", "reset", "candidate"],
  simpleRNN: ["cell"],
};

const MOST_SAMPLES = 64;
const BATCH = 256;

const isFinite32 = (value: number): boolean => Number.isFinite(Math.fround(value));

/** Some of a tensor's rows. */
function rowsOf({ shape, data }: Tensor, rows: readonly number[]): Tensor {
  const size = sizeOf(shape.slice(1));
  const picked = new Float32Array(rows.length * size);
  rows.forEach((row, i) => {
    picked.set(data.subarray(row * size, (row + 1) * size), i * size);
  });
  const values = data instanceof Int32Array ? Int32Array.from(picked) : picked;
  return { shape: [rows.length, ...shape.slice(1)], data: values };
}

/** Samples for which the model's answer is no number, the first of them. */
async function brokenSamples({ copy, x, file }: Experiments): Promise<number[]> {
  const batchSize = file.batchSize ?? BATCH;
  const samples = file.batchSize ?? x.shape[0]!;
  const { shape, data } = await copy.predict(
    rowsOf(
      x,
      Array.from({ length: samples }, (_, n) => n),
    ),
    {
      batchSize,
    },
  );
  const size = sizeOf(shape.slice(1));
  const broken: number[] = [];
  for (let n = 0; n < samples && broken.length < MOST_SAMPLES; n++) {
    if (data.subarray(n * size, (n + 1) * size).some((value) => !Number.isFinite(value))) broken.push(n);
  }
  return broken;
}

/** Names under which a layer's recurrences can be traced. */
const recurrences = (layer: Layer): string[] =>
  layer instanceof BidirectionalLayer
    ? layer.directions.map((direction) => `${layer.name}/${direction.name}`)
    : layer instanceof RecurrentLayer
      ? [layer.name]
      : [];

type InLayer = Pick<NonFinitePlace, "layer" | "gate" | "timeStep" | "unit" | "value">;

/** The first gate of one sequence, or where all of them are finite the first state, that is no number. */
function inRecurrence({ copy }: Experiments, x: Tensor, layer: string): InLayer | null {
  if (!(copy instanceof Sequential)) return null;
  const { timesteps, units, gates, cell, hidden } = trace(copy, x, { layer, jacobian: false });
  const isBackward = layer.split("/").at(-1)!.startsWith("backward");
  const step = (t: number): number => (isBackward ? timesteps - 1 - t : t);
  for (let t = 0; t < timesteps; t++) {
    for (const [gate, { activation }] of [
      ...Object.entries(gates),
      ["state", { activation: cell }] as const,
      ["state", { activation: hidden }] as const,
    ]) {
      const row = activation.subarray(t * units, (t + 1) * units);
      const unit = row.findIndex((value) => !isFinite32(value));
      if (unit >= 0) return { layer, gate, timeStep: step(t), unit, value: Math.fround(row[unit]!) };
    }
  }
  return null;
}

/** The first value of a layer's output that is no number, first in time, for what is first in time made the others. */
function inOutput(layer: Layer, { shape, data }: Tensor): (InLayer & { readonly row: number }) | null {
  const width = shape.at(-1)!;
  const steps = shape.length === 3 ? shape[1]! : 1;
  let [timeStep, row] = [steps, -1];
  for (let i = 0; i < data.length; i++) {
    const t = Math.floor(i / width) % steps;
    if (!Number.isFinite(data[i]!) && t < timeStep) [timeStep, row] = [t, Math.floor(i / width / steps)];
  }
  if (row < 0) return null;
  const begin = (row * steps + timeStep) * width;
  const unit = data.subarray(begin, begin + width).findIndex((value) => !Number.isFinite(value));
  return { layer: layer.name, gate: "", timeStep, unit, value: data[begin + unit]!, row };
}

/**
 * Looks for the samples whose prediction is no number, and runs the model over them layer by layer. null where every
 * prediction is finite.
 */
export async function findNonFinite(experiments: Experiments): Promise<NonFinitePlace | null> {
  const { copy, file } = experiments;
  // Layers of a graph cannot be run one after the other.
  if (file.graph !== null) return null;
  const broken = await brokenSamples(experiments);
  if (broken.length === 0) return null;
  const isStateful = file.batchSize !== undefined;
  const rows = isStateful ? Array.from({ length: file.batchSize! }, (_, n) => n) : broken;
  const x = rowsOf(experiments.x, rows);
  const sizes: { name: string; values: Float64Array }[] = [];
  for (const [index, layer] of copy.layers.entries()) {
    // The whole sequence of states tells the step; the last one would only tell that there was one.
    const output = await outputOfLayer(experiments, index, layer instanceof RecurrentLayer, x);
    sizes.push({ name: layer.name, values: largestByStep(output) });
    const found = inOutput(layer, output);
    if (found === null) continue;
    const { row, ...place } = found;
    const one = rowsOf(x, [row]);
    const inside = isStateful
      ? []
      : recurrences(layer).flatMap((name) => inRecurrence(experiments, one, name) ?? []);
    const [first = place] = inside.sort((a, b) => a.timeStep - b.timeStep);
    return { ...first, sample: rows[row]!, sizes };
  }
  return null;
}
