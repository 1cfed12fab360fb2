import { DataError, ShapeError, told } from "../../errors.js";
import { flag, numberIn, refuseUnknown } from "../../options.js";
import { sizeOf, type Tensor } from "../../tensor.js";
import type { SeriesLike } from "../kinds.js";
import {
  type LabeledBatch,
  openSteps,
  refuseGaps,
  refuseTooShort,
  shuffler,
  type WindowDataset,
} from "./window-dataset.js";
import { viewOf, windowView } from "./window-view.js";

/** Options of `slidingWindows`. */
export interface SlidingWindowsOptions {
  /** Time steps in a window. */
  readonly window: number;
  /** Time steps in a target. Default 1. */
  readonly horizon?: number;
  /** Rows from one window to the next. Default 1. */
  readonly stride?: number;
  /** The column whose future is the target. Default 0. */
  readonly targetColumn?: number;
  /** Rows left out between a window and its target. Default 0. */
  readonly gap?: number;
}

/** Windows with their targets, in the order of time. */
export interface Windows {
  /** `[N, window, F]` */
  readonly x: Tensor;
  /** `[N, horizon]` */
  readonly y: Tensor;
  /** How many windows after one still share rows with it or its target; what a split has to leave out. */
  readonly overlap: number;
}

/**
 * All windows of a series with the steps that follow each as its target.
 *
 * Window i covers rows `i * stride … i * stride + window - 1`; its target is column `targetColumn` of the `horizon` rows
 * from `i * stride + window + gap` on. Nothing is copied out before `x.data` or `y.data` is read, which makes a
 * dense tensor of all windows; of a long series, {@link windowBatches} gathers batch by batch. A typed array or tensor is
 * read where it lies and must not change meanwhile.
 *
 * @param data `[T]` or `[T, F]`.
 * @returns x `[N, window, F]`, y `[N, horizon]`, and by how many windows neighbours overlap, which `trainTestSplit` reads.
 * @throws ShapeError when the series holds no window, DataError for gaps, ConfigError for options out of range.
 *
 * @example
 * const { x, y } = slidingWindows([1, 2, 3, 4], { window: 2 }); // x [[[1], [2]], [[2], [3]]], y [[3], [4]]
 */
export function slidingWindows(data: SeriesLike, options: SlidingWindowsOptions): Windows {
  const where = "slidingWindows()";
  refuseUnknown(where, options, ["window", "horizon", "stride", "targetColumn", "gap"]);
  const steps = openSteps(where, data);
  if (steps.stepShape.length > 1) {
    throw new ShapeError(
      `${where}: got rank ${steps.stepShape.length + 1}, expected [timesteps] or [timesteps, features].`,
    );
  }
  const features = steps.stepShape[0] ?? 1;
  const whole = { integer: true, min: 1 };
  const window = numberIn(where, "window", options.window, whole);
  const horizon = numberIn(where, "horizon", options.horizon ?? 1, whole);
  const stride = numberIn(where, "stride", options.stride ?? 1, whole);
  const gap = numberIn(where, "gap", options.gap ?? 0, { integer: true, min: 0 });
  const column = numberIn(where, "targetColumn", options.targetColumn ?? 0, {
    integer: true,
    min: 0,
    max: features - 1,
  });
  const needed = window + gap + horizon;
  const count = Math.floor((steps.length - needed) / stride) + 1;
  refuseTooShort(where, count, steps, needed);
  refuseGaps(where, "the data", steps, 0, (count - 1) * stride + needed);

  const { data: values } = steps;
  const inputs = (into: Float32Array, from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      const start = i * stride * features;
      into.set(values.subarray(start, start + window * features), (i - from) * window * features);
    }
  };
  const targets = (into: Float32Array, from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      const start = (i * stride + window + gap) * features + column;
      for (let h = 0; h < horizon; h++) into[(i - from) * horizon + h] = values[start + h * features]!;
    }
  };
  return {
    x: windowView([count, window, features], inputs),
    y: windowView([count, horizon], targets),
    overlap: Math.ceil(needed / stride) - 1,
  };
}

/** How {@link windowBatches} cuts. */
export interface WindowBatchesOptions {
  /** Windows in a batch; the last may have fewer. Default 32. */
  readonly batchSize?: number;
  /** A new order of all windows in each pass; takes 4 bytes a window. Default true, as in `fit`. */
  readonly shuffle?: boolean;
  /** Fixes the orders. Default: another one each time. */
  readonly seed?: number;
}

/**
 * Windows as a dataset for `fit`: batches are gathered when they are asked for, and the series is held once.
 *
 * @param given what {@link slidingWindows} gave, or a part of it that `trainTestSplit` cut.
 * @throws ConfigError for options out of range, ShapeError when x and y differ in rows.
 *
 * @example
 * await model.fit(windowBatches(slidingWindows(load, { window: 96 }), { batchSize: 64 }), { epochs: 3 });
 */
export function windowBatches(
  given: Pick<Windows, "x" | "y">,
  options: WindowBatchesOptions = {},
): WindowDataset<LabeledBatch> {
  const where = "windowBatches()";
  if (!Array.isArray(given?.x?.shape) || !Array.isArray(given.y?.shape)) {
    throw new DataError(`${where}: got ${told(given)}, expected { x, y } of slidingWindows().`, {
      received: given,
    });
  }
  const { x, y } = given;
  refuseUnknown(where, options, ["batchSize", "shuffle", "seed"]);
  const batchSize = numberIn(where, "batchSize", options.batchSize ?? 32, { integer: true, min: 1 });
  const random = shuffler(where, flag(where, "shuffle", options.shuffle ?? true), options.seed);
  const [windows = 0] = x.shape;
  if (windows !== y.shape[0]) {
    throw new ShapeError(`${where}: x has ${windows} rows, y has ${y.shape[0]}; expected as many.`, {
      received: y.shape[0],
      expected: windows,
    });
  }
  return {
    windows,
    length: Math.ceil(windows / batchSize),
    *[Symbol.iterator]() {
      const order = random?.permutation(windows);
      for (let from = 0; from < windows; from += batchSize) {
        const size = Math.min(batchSize, windows - from);
        const rows = Array.from({ length: size }, (_, i) => order?.[from + i] ?? from + i);
        yield { x: gatherRows(x, rows), y: gatherRows(y, rows) };
      }
    },
  };
}

/** Some rows of a tensor, wherever its numbers are. */
function gatherRows(tensor: Tensor, rows: readonly number[]): Tensor {
  const rowShape = tensor.shape.slice(1);
  const width = sizeOf(rowShape);
  const data = new Float32Array(rows.length * width);
  const view = viewOf(tensor);
  rows.forEach((row, i) => {
    const own =
      view === undefined
        ? tensor.data.subarray(row * width, (row + 1) * width)
        : view.rows(row, row + 1).data;
    data.set(own, i * width);
  });
  return { shape: [rows.length, ...rowShape], data };
}
