import { ConfigError, ShapeError } from "../../errors.js";
import { flag, numberIn, refuseUnknown } from "../../options.js";
import type { SeriesLike } from "../kinds.js";
import {
  type LabeledBatch,
  openSteps,
  refuseGaps,
  refuseTooShort,
  shuffler,
  type WindowDataset,
  windowDataset,
} from "./window-dataset.js";

/** Options of `timeseriesGenerator`. */
export interface TimeseriesGeneratorOptions {
  /** Rows a window spans; it has ceil(length / samplingRate) time steps. */
  readonly length: number;
  /** Every how many rows of the span are taken. Default 1. */
  readonly samplingRate?: number;
  /** Rows from one window to the next. Default 1; not used with `shuffle`. */
  readonly stride?: number;
  /** First row used. Default 0. */
  readonly startIndex?: number;
  /** The last row used, itself included, as in Keras. Default: the last row. */
  readonly endIndex?: number;
  /** Each batch draws its windows at random **with replacement**, as in Keras. Default false. */
  readonly shuffle?: boolean;
  /** Fixes what `shuffle` draws. Default: a fresh one. */
  readonly seed?: number;
  /** Newest time step first. Default false. */
  readonly reverse?: boolean;
  /** Default 128. */
  readonly batchSize?: number;
}

/**
 * Windows of a series with Keras's (now deprecated) `TimeseriesGenerator`.
 *
 * **The target of a window is the row right after it**: for row r, the window is
 * `data[r - length], data[r - length + samplingRate], …` below r, and the target `targets[r]`. With a `samplingRate`
 * above 1 the last time step may be older than r - 1. {@link timeseriesDatasetFromArray} takes the target at the
 * window's first row instead.
 *
 * Differences from Keras: a series `[T]` gives `x` of shape `[batch, timesteps, 1]` (Keras: `[batch, timesteps]`, which
 * an LSTM refuses); an `endIndex` past the last row is refused at once.
 *
 * @param data `[T]`, `[T, F]` or a tensor of higher rank; `targets` has as many rows.
 * @throws ShapeError, DataError (gaps), ConfigError.
 *
 * @example
 * const dataset = timeseriesGenerator(series, series, { length: 12 });
 */
export function timeseriesGenerator(
  data: SeriesLike,
  targets: SeriesLike,
  options: TimeseriesGeneratorOptions,
): WindowDataset<LabeledBatch> {
  const where = "timeseriesGenerator()";
  refuseUnknown(where, options, [
    "length",
    "samplingRate",
    "stride",
    "startIndex",
    "endIndex",
    "shuffle",
    "seed",
    "reverse",
    "batchSize",
  ]);
  const steps = openSteps(where, data);
  const labels = openSteps(`${where} targets`, targets);
  if (steps.length !== labels.length) {
    throw new ShapeError(
      `${where}: ${steps.length} rows of data, but ${labels.length} targets; expected one for each row.`,
      {
        received: labels.length,
        expected: steps.length,
      },
    );
  }
  const whole = { integer: true, min: 1 };
  const length = numberIn(where, "length", options.length, whole);
  const rate = numberIn(where, "samplingRate", options.samplingRate ?? 1, whole);
  const stride = numberIn(where, "stride", options.stride ?? 1, whole);
  const batchSize = numberIn(where, "batchSize", options.batchSize ?? 128, whole);
  const reverse = flag(where, "reverse", options.reverse ?? false);
  const random = shuffler(where, flag(where, "shuffle", options.shuffle ?? false), options.seed);
  const startIndex = numberIn(where, "startIndex", options.startIndex ?? 0, { integer: true, min: 0 });
  const last = numberIn(where, "endIndex", options.endIndex ?? steps.length - 1, {
    integer: true,
    min: 0,
    max: steps.length - 1,
  });
  const first = startIndex + length;
  if (first > last && options.endIndex !== undefined) {
    throw new ConfigError(
      `${where}: startIndex + length is ${first}, past \`endIndex\` ${last}: no window fits. Choose a shorter length or a later endIndex.`,
      { received: last, expected: first },
    );
  }
  refuseTooShort(where, last - first + 1, steps, first + 1);
  refuseGaps(where, "the data", steps, startIndex, last);
  refuseGaps(where, "the targets", labels, first, last + 1);

  const batches = Math.floor((last - first + batchSize * stride) / (batchSize * stride));
  const ordered = Math.floor((last - first) / stride) + 1;
  const offsets = Array.from({ length: Math.ceil(length / rate) }, (_, k) => k * rate - length);
  // A plain function's result is typed by its batches: targets are always given here.
  return windowDataset({
    data: steps,
    targets: labels,
    offsets: reverse ? offsets.reverse() : offsets,
    targetOffset: 0,
    batchSize,
    windows: random === undefined ? ordered : batches * batchSize,
    length: batches,
    *anchors() {
      for (let batch = 0; batch < batches; batch++) {
        const from = batch * batchSize;
        if (random !== undefined) {
          yield Int32Array.from({ length: batchSize }, () => first + random.integer(last - first + 1));
        } else {
          const size = Math.min(batchSize, ordered - from);
          yield Int32Array.from({ length: size }, (_, i) => first + (from + i) * stride);
        }
      }
    },
  }) as WindowDataset<LabeledBatch>;
}
