import { ConfigError, told } from "../errors.js";
import { describeShape, sizeOf, type Tensor } from "../tensor.js";
import type { BatchSamples, Loss, LossBatch, LossExtras, OutputRows } from "./loss.js";

/** Floats of a row, padded to whole vectors. */
const padded = (width: number): number => Math.ceil(width / 4) * 4;

/**
 * A loss whose outputs are weighed one by one: each output of each row becomes a row of its own, with its weight.
 * @param weightOf the weight of an output of a row, the mask not in it.
 * @returns what `loss.sum` gives, Σ over rows of the mean over their outputs of weight · loss; the gradient is written.
 */
function weighOutputs(
  loss: Loss,
  batch: LossBatch,
  weightOf: (row: number, output: number) => number,
): number {
  const { memory, rows, targetWidth, width, stride, targetStride } = batch;
  const columns = Array.from({ length: targetWidth }, (_, o) => loss.columnsOf!(o, width));
  const each = columns[0]!.length;
  const own = { stride: padded(each), targetStride: 4 };
  const count = rows * targetWidth;
  const taken: number[] = [];
  const take = (floats: number): number => {
    const address = memory.take(floats);
    taken.push(address);
    return address;
  };
  try {
    const prediction = take(count * own.stride);
    const gradient = batch.gradient === 0 ? 0 : take(count * own.stride);
    const target = take(count * own.targetStride);
    const weight = take(count);
    const forEach = (visit: (at: number, row: number, output: number) => void): void => {
      for (let row = 0; row < rows; row++) {
        for (let o = 0; o < targetWidth; o++) visit(row * targetWidth + o, row, o);
      }
    };
    const [wide, labels] = [
      memory.floats(batch.prediction, rows * stride),
      memory.floats(batch.target, rows * targetStride),
    ];
    const [narrow, single, weights] = [
      memory.floats(prediction, count * own.stride).fill(0),
      memory.floats(target, count * own.targetStride).fill(0),
      memory.floats(weight, count),
    ];
    const mask = batch.weight === 0 ? null : memory.floats(batch.weight, rows);
    forEach((at, row, o) => {
      columns[o]!.forEach((column, k) => {
        narrow[at * own.stride + k] = wide[row * stride + column]!;
      });
      single[at * own.targetStride] = labels[row * targetStride + o]!;
      weights[at] = weightOf(row, o) * (mask?.[row] ?? 1);
    });
    const sum = loss.sum({
      ...batch,
      ...own,
      prediction,
      target,
      weight,
      gradient,
      rows: count,
      width: each,
      targetWidth: 1,
      scale: batch.scale / targetWidth,
    });
    if (gradient !== 0) {
      const [from, to] = [
        memory.floats(gradient, count * own.stride),
        memory.floats(batch.gradient, rows * stride),
      ];
      forEach((at, row, o) => {
        columns[o]!.forEach((column, k) => {
          to[row * stride + column] = from[at * own.stride + k]!;
        });
      });
    }
    return sum / targetWidth;
  } finally {
    for (const address of taken) memory.give(address);
  }
}

/** The rows of a batch's samples as a tensor of their own. */
function samplesOf({ shape, data }: Tensor, { size, sampleOf }: BatchSamples): Tensor {
  const row = sizeOf(shape.slice(1));
  const own = new Float32Array(size * row);
  for (let n = 0; n < size; n++) {
    const from = sampleOf(n) * row;
    own.set(data.subarray(from, from + row), n * row);
  }
  return { shape: [size, ...shape.slice(1)], data: own };
}

/** Weights times the mask, sample by sample. */
function maskedWeights(mask: Float32Array, timesteps: number, size: number, weights: Tensor | null): Tensor {
  const width = weights === null || weights.shape.length < 3 ? 1 : weights.shape[2]!;
  const perStep = weights !== null && weights.shape.length >= 2;
  const data = new Float32Array(size * timesteps * width);
  for (let i = 0; i < data.length; i++) {
    const step = Math.floor(i / width);
    const [n, t] = [Math.floor(step / timesteps), step % timesteps];
    data[i] = mask[t * size + n]! * (weights === null ? 1 : weights.data[perStep ? i : n]!);
  }
  return { shape: [size, timesteps, ...(width > 1 ? [width] : [])], data };
}

const isByOutput = ({ shape }: Tensor, { isSequence }: OutputRows): boolean =>
  shape.length === (isSequence ? 3 : 2) && shape.at(-1)! > 1;

/** Whether labels are of another width than the predictions, so that they have no rows in memory. */
const hasOwnLabels = (loss: Loss, width: number): boolean =>
  loss.isCustom === true && (loss.takesAnyTargets === true || loss.targetWidth(width) !== width);

/** Weights of outputs one by one, weights and labels for functions of a user's own. */
export const outputWeighing: Required<LossExtras> = {
  takesWeights(where, shape, { steps, width }, loss) {
    const fits = (...extents: number[]): boolean =>
      extents.length === shape.length - 1 && extents.every((extent, axis) => shape[axis + 1] === extent);
    if (fits(...steps, 1)) return true;
    const isOwn = loss.isCustom === true;
    if (!fits(...steps, loss.targetWidth(width)) && !(isOwn && fits(...steps, width))) return false;
    if (isOwn || loss.columnsOf !== undefined) return true;
    throw new ConfigError(
      `${where}: sampleWeight ${describeShape(shape)} weighs outputs one by one, and ${loss.name} judges the outputs of a row together. Give one weight a sample${steps.length > 0 ? " or a time step" : ""}.`,
      { received: shape, expected: [null, ...steps] },
    );
  },
  isByOutput,
  sumByOutput(loss, batch, weights, { timesteps }, { size, sampleOf }) {
    const width = weights.shape.at(-1)!;
    return weighOutputs(loss, batch, (row, o) => {
      const [t, n] = [Math.floor(row / size), row % size];
      return weights.data[(sampleOf(n) * timesteps + t) * width + o]!;
    });
  },
  weightsOf(memory, { mask, timesteps }, weights, samples) {
    const { size } = samples;
    if (mask === 0) return weights === null ? undefined : () => samplesOf(weights, samples);
    return () =>
      maskedWeights(
        memory.floats(mask, size * timesteps),
        timesteps,
        size,
        weights === null ? null : samplesOf(weights, samples),
      );
  },
  labelsOf: (loss, width, labels, samples) =>
    hasOwnLabels(loss, width) ? () => samplesOf(labels, samples) : undefined,
  widthOf(name, width) {
    if (width === undefined || width === "any") return width;
    if (Number.isInteger(width) && (width as number) >= 1) return width as number;
    throw new ConfigError(
      `The loss function \`${name}\` says \`targetWidth\` ${String(width)}, expected a whole number of labels a row, or "any".`,
      { received: width, expected: '1, 2, … or "any"' },
    );
  },
  checkMetric(where, metric, loss, width) {
    if (typeof metric.name !== "string" || metric.name === "") {
      throw new ConfigError(`${where}: a metric's \`name\` is ${told(metric.name)}, expected a word.`, {
        received: metric.name,
      });
    }
    if (loss.isCustom !== true || metric.isCustom === true) return;
    if (loss.takesAnyTargets !== true && (width === undefined || !hasOwnLabels(loss, width))) return;
    throw new ConfigError(
      `${where}: the metric \`${metric.name}\` compares predictions to labels of their width, and the loss \`${loss.name}\` takes others. Leave it out, or give a function (yTrue, yPred) => number.`,
      { received: metric.name },
    );
  },
};
