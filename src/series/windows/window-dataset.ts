import { ConfigError, DataError, ShapeError } from "../../errors.js";
import { createRandom, type Random } from "../../random.js";
import { describeShape, isTensor, sizeOf, type Tensor } from "../../tensor.js";
import { open, type SeriesLike } from "../kinds.js";

/** Inputs of one batch. */
export interface InputBatch {
  /** `[batch, timesteps, features]` */
  readonly x: Tensor;
}

/** Inputs and targets of one batch. */
export interface LabeledBatch extends InputBatch {
  /** `[batch]` for one target, `[batch, outputs]` for rows of targets. */
  readonly y: Tensor;
}

/** Batches of windows, cut when asked for. Can be iterated again for each epoch. */
export interface WindowDataset<Batch extends InputBatch> extends Iterable<Batch> {
  /** Number of batches in one pass. */
  readonly length: number;
  /** Number of windows in one pass. */
  readonly windows: number;
}

/** One value or one row for each time step, row-major. */
export interface Steps {
  readonly length: number;
  /** Shape of one step: `[]` for a plain series. */
  readonly stepShape: readonly number[];
  /** Rounded to float32 when cut into windows. */
  readonly data: Float32Array | Float64Array | Int32Array;
}

/**
 * Typed arrays and tensors are read where they lie: a long series is not held twice.
 * @throws ShapeError, DataError as every opener of a series; a tensor may have any rank from 1.
 */
export function openSteps(where: string, x: SeriesLike | Tensor): Steps {
  if (isTensor(x) && x.data.length > 0 && x.shape.length > 0) {
    return { length: x.shape[0]!, stepShape: x.shape.slice(1), data: x.data };
  }
  const isTyped = x instanceof Float32Array || x instanceof Float64Array || x instanceof Int32Array;
  if (isTyped && x.length > 0) return { length: x.length, stepShape: [], data: x };
  const { columns, rows, shape } = open(where, x);
  const width = columns.length;
  const data = new Float32Array(rows * width);
  columns.forEach((values, f) => {
    for (let t = 0; t < rows; t++) data[t * width + f] = values[t]!;
  });
  return { length: rows, stepShape: shape.slice(1), data };
}

/** @throws DataError naming the first gap in steps [from, to). */
export function refuseGaps(where: string, name: string, steps: Steps, from: number, to: number): void {
  const width = sizeOf(steps.stepShape);
  for (let i = from * width; i < to * width; i++) {
    // Windows are float32, in which 1e300 is Infinity.
    if (Number.isFinite(Math.fround(steps.data[i]!))) continue;
    const column = width === 1 ? "" : `, column ${i % width}`;
    throw new DataError(
      `${where}: row ${Math.floor(i / width)}${column} of ${name} is ${steps.data[i]}: every window over it would be spoilt. ` +
        "Fill gaps first, for instance with interpolate(), or start after them with startIndex.",
      { code: "missing_values", received: steps.data[i] },
    );
  }
}

/** How windows are cut and where their targets stand. */
export interface WindowPlan {
  readonly data: Steps;
  readonly targets: Steps | undefined;
  /** Time steps of a window, in the order they are fed, relative to its anchor. */
  readonly offsets: readonly number[];
  /** The row of a window's target, relative to its anchor. */
  readonly targetOffset: number;
  readonly batchSize: number;
  /** The anchors of one pass, batch by batch; called anew for each pass. */
  anchors(): Iterable<ArrayLike<number>>;
  readonly length: number;
  readonly windows: number;
}

function gather(
  steps: Steps,
  rows: readonly number[],
  leading: readonly number[],
  stepShape: readonly number[],
): Tensor {
  const width = sizeOf(steps.stepShape);
  const data = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    data.set(steps.data.subarray(row * width, (row + 1) * width), i * width);
  });
  return { shape: [...leading, ...stepShape], data };
}

export function windowDataset(plan: WindowPlan): WindowDataset<InputBatch> {
  const { data, targets, offsets, targetOffset } = plan;
  // A recurrent layer takes [batch, time, features]: a plain series has one feature.
  const featureShape = data.stepShape.length === 0 ? [1] : data.stepShape;
  return {
    length: plan.length,
    windows: plan.windows,
    *[Symbol.iterator]() {
      for (const batch of plan.anchors()) {
        const anchors = Array.from(batch);
        const rows = anchors.flatMap((anchor) => offsets.map((offset) => anchor + offset));
        const x = gather(data, rows, [anchors.length, offsets.length], featureShape);
        if (targets === undefined) yield { x };
        else {
          const targetRows = anchors.map((anchor) => anchor + targetOffset);
          yield { x, y: gather(targets, targetRows, [anchors.length], targets.stepShape) };
        }
      }
    },
  };
}

/** @throws ShapeError saying how many rows would do. */
export function refuseTooShort(where: string, windows: number, data: Steps, needed: number): void {
  if (windows > 0) return;
  throw new ShapeError(
    `${where}: ${data.length} rows ${describeShape([data.length, ...data.stepShape])} hold no window; at least ${needed} are needed for one.`,
    { received: data.length, expected: needed },
  );
}

/** A stream for shuffling when it is wanted. @throws ConfigError for a seed that nothing would read. */
export function shuffler(where: string, shuffle: boolean, seed: number | undefined): Random | undefined {
  if (!shuffle && seed !== undefined) {
    throw new ConfigError(`${where}: \`seed\` is ${seed}, but \`shuffle\` is false, so nothing is drawn.`);
  }
  return shuffle ? createRandom(seed) : undefined;
}
