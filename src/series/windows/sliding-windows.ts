import { ShapeError } from "../../errors.js";
import { numberIn, refuseUnknown } from "../../options.js";
import type { Tensor } from "../../tensor.js";
import type { SeriesLike } from "../kinds.js";
import { openSteps, refuseGaps, refuseTooShort } from "./window-dataset.js";

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
 * from `i * stride + window + gap` on. Everything is copied out: for long series, {@link timeseriesDatasetFromArray}
 * cuts batch by batch.
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

  const x = new Float32Array(count * window * features);
  const y = new Float32Array(count * horizon);
  for (let i = 0; i < count; i++) {
    const row = i * stride;
    x.set(steps.data.subarray(row * features, (row + window) * features), i * window * features);
    for (let h = 0; h < horizon; h++) {
      y[i * horizon + h] = steps.data[(row + window + gap + h) * features + column]!;
    }
  }
  return {
    x: { shape: [count, window, features], data: x },
    y: { shape: [count, horizon], data: y },
    overlap: Math.ceil(needed / stride) - 1,
  };
}
