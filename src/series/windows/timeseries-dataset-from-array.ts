import { ConfigError, ShapeError } from "../../errors.js";
import { flag, numberIn, refuseUnknown } from "../../options.js";
import type { SeriesLike } from "../kinds.js";
import {
  type InputBatch,
  type LabeledBatch,
  openSteps,
  refuseGaps,
  refuseTooShort,
  type Steps,
  shuffler,
  type WindowDataset,
  windowDataset,
} from "./window-dataset.js";

/** Options of `timeseriesDatasetFromArray`. */
export interface TimeseriesDatasetOptions {
  /** Time steps in a window. */
  readonly sequenceLength: number;
  /** Steps from the start of one window to the start of the next. Default 1. */
  readonly sequenceStride?: number;
  /** Steps from one time step of a window to the next. Default 1. */
  readonly samplingRate?: number;
  /** Default 128; the last batch may be smaller. */
  readonly batchSize?: number;
  /** A new order of all windows for each pass; takes 4 bytes for each window. Default false. */
  readonly shuffle?: boolean;
  /** Fixes the orders `shuffle` draws. Default: a fresh one. */
  readonly seed?: number;
  /** First row used. Default 0. */
  readonly startIndex?: number;
  /** The row after the last one used; less than the number of rows, as in Keras. Default: all rows. */
  readonly endIndex?: number;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function readRange(where: string, options: TimeseriesDatasetOptions, rows: number): Range {
  const start = numberIn(where, "startIndex", options.startIndex ?? 0, {
    min: 0,
    max: rows - 1,
    integer: true,
  });
  // Keras takes 0 for «not given».
  if (options.endIndex === undefined || options.endIndex === 0) return { start, end: rows };
  const end = numberIn(where, "endIndex", options.endIndex, { integer: true, min: 0 });
  if (end >= rows || end <= start) {
    throw new ConfigError(
      `${where}: \`endIndex\` is ${end}, expected more than startIndex (${start}) and less than the ${rows} rows; leave it out to go to the end.`,
      { received: end, expected: [start + 1, rows - 1] },
    );
  }
  return { start, end };
}

/** @throws ShapeError when the last window's target would lie outside the targets. */
function refuseMissingTarget(where: string, targets: Steps, range: Range, lastAnchor: number): void {
  if (lastAnchor < Math.min(targets.length, range.end)) return;
  throw new ShapeError(
    `${where}: the last window's target is row ${lastAnchor}, but there are ${targets.length} targets. Give as many as rows used, or a smaller endIndex.`,
    { received: targets.length, expected: lastAnchor + 1 },
  );
}

/**
 * Windows of a series with Keras's `timeseries_dataset_from_array`.
 *
 * **The target of a window is the one at its first row**: `targets[p]` for the window that starts at `p`. To forecast
 * `h` steps after a window's end, shift the targets: `data.slice(0, -k)` with `targets.slice(k)`,
 * `k = (sequenceLength - 1) * samplingRate + h`. ({@link timeseriesGenerator} takes the row after the window instead;
 * moving from one to the other without shifting leaks the target or misses it.)
 *
 * Differences from Keras: a series `[T]` gives `x` of shape `[batch, timesteps, 1]`, the axis a recurrent layer needs
 * (Keras: `[batch, timesteps]`); shuffling permutes all windows, not a buffer of eight batches; what holds no window is
 * an error, not an empty dataset.
 *
 * A typed array or tensor is read where it lies, batch by batch, and must not change while the dataset is in use.
 *
 * @param data `[T]`, `[T, F]` or a tensor of higher rank.
 * @param targets one value or row for each row of data; null for inputs only.
 * @throws ShapeError, DataError (gaps), ConfigError.
 *
 * @example
 * const dataset = timeseriesDatasetFromArray(series, series.slice(12), { sequenceLength: 12 });
 */
export function timeseriesDatasetFromArray(
  data: SeriesLike,
  targets: SeriesLike,
  options: TimeseriesDatasetOptions,
): WindowDataset<LabeledBatch>;
export function timeseriesDatasetFromArray(
  data: SeriesLike,
  targets: null | undefined,
  options: TimeseriesDatasetOptions,
): WindowDataset<InputBatch>;
export function timeseriesDatasetFromArray(
  data: SeriesLike,
  targets: SeriesLike | null | undefined,
  options: TimeseriesDatasetOptions,
): WindowDataset<InputBatch> {
  const where = "timeseriesDatasetFromArray()";
  refuseUnknown(where, options, [
    "sequenceLength",
    "sequenceStride",
    "samplingRate",
    "batchSize",
    "shuffle",
    "seed",
    "startIndex",
    "endIndex",
  ]);
  const steps = openSteps(where, data);
  const labels =
    targets === null || targets === undefined ? undefined : openSteps(`${where} targets`, targets);
  const whole = { integer: true, min: 1 };
  const length = numberIn(where, "sequenceLength", options.sequenceLength, whole);
  const below = steps.length > 1 ? { ...whole, below: steps.length } : whole;
  const stride = numberIn(where, "sequenceStride", options.sequenceStride ?? 1, below);
  const rate = numberIn(where, "samplingRate", options.samplingRate ?? 1, below);
  const batchSize = numberIn(where, "batchSize", options.batchSize ?? 128, whole);
  const random = shuffler(where, flag(where, "shuffle", options.shuffle ?? false), options.seed);
  const range = readRange(where, options, steps.length);

  const reach = (length - 1) * rate;
  const fitting = range.end - range.start - reach;
  const usable = labels === undefined ? fitting : Math.min(fitting, labels.length);
  const windows = Math.max(0, Math.ceil(usable / stride));
  refuseTooShort(where, windows, steps, range.start + reach + 1);
  const lastAnchor = range.start + (windows - 1) * stride;
  refuseGaps(where, "the data", steps, range.start, lastAnchor + reach + 1);
  if (labels !== undefined) {
    refuseMissingTarget(where, labels, range, lastAnchor);
    refuseGaps(where, "the targets", labels, range.start, lastAnchor + 1);
  }
  return windowDataset({
    data: steps,
    targets: labels,
    offsets: Array.from({ length }, (_, k) => k * rate),
    targetOffset: 0,
    batchSize,
    windows,
    length: Math.ceil(windows / batchSize),
    *anchors() {
      const order = random?.permutation(windows);
      for (let from = 0; from < windows; from += batchSize) {
        const size = Math.min(batchSize, windows - from);
        yield Float64Array.from(
          { length: size },
          (_, i) => range.start + (order?.[from + i] ?? from + i) * stride,
        );
      }
    },
  });
}
