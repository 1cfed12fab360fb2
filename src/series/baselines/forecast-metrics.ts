import { DataError, ShapeError } from "../../errors.js";
import { numberIn, refuseUnknown } from "../../options.js";
import { describeShape, sizeOf } from "../../tensor.js";
import { open, openComplete, placeIn, type SeriesLike } from "../kinds.js";

/** The values of a forecast or what it is held against, `[N]` or `[N, H]`, and what shape they had. */
function openValues(
  where: string,
  name: string,
  x: SeriesLike,
): { shape: readonly number[]; values: Float64Array } {
  const { columns, rows, shape } = open(`${where} ${name}`, x, Number.POSITIVE_INFINITY);
  const values = new Float64Array(rows * columns.length);
  columns.forEach((column, f) => {
    const gap = column.findIndex(Number.isNaN);
    if (gap >= 0) {
      throw new DataError(
        `${where}: ${placeIn({ columns }, gap, f)} of ${name} is a gap (NaN); an error with it would be NaN as well.`,
        {
          code: "missing_values",
          received: Number.NaN,
        },
      );
    }
    for (let t = 0; t < rows; t++) values[t * columns.length + f] = column[t]!;
  });
  return { shape, values };
}

/** Opens both and holds their shapes against each other; `[N]` and `[N, 1]` agree. */
function openAlike(where: string, named: Readonly<Record<string, SeriesLike>>): Float64Array[] {
  const opened = Object.entries(named).map(([name, x]) => ({ name, ...openValues(where, name, x) }));
  const plain = (shape: readonly number[]): string =>
    describeShape(shape.length === 2 && shape[1] === 1 ? shape.slice(0, 1) : shape);
  const first = opened[0]!;
  for (const other of opened) {
    if (sizeOf(other.shape) === sizeOf(first.shape) && plain(other.shape) === plain(first.shape)) continue;
    throw new ShapeError(
      `${where}: ${first.name} is ${describeShape(first.shape)}, ${other.name} ${describeShape(other.shape)}; expected the same shape.`,
      { received: other.shape, expected: first.shape },
    );
  }
  return opened.map(({ values }) => values);
}

function meanOver(
  where: string,
  actual: SeriesLike,
  predicted: SeriesLike,
  term: (actual: number, predicted: number) => number,
): number {
  const [a, p] = openAlike(where, { actual, predicted }) as [Float64Array, Float64Array];
  let total = 0;
  for (let i = 0; i < a.length; i++) total += term(a[i]!, p[i]!);
  return total / a.length;
}

/**
 * Root mean squared error over all values, in the units of the data. Like all metrics here it takes `[N]` or `[N, H]`.
 * @throws ShapeError for different shapes, DataError for NaN or Infinity.
 *
 * @example
 * rmse([1, 2], [1, 4]); // √2
 */
export const rmse = (actual: SeriesLike, predicted: SeriesLike): number =>
  Math.sqrt(meanOver("rmse()", actual, predicted, (a, p) => (a - p) ** 2));

/**
 * Mean absolute error over all values.
 * @throws ShapeError, DataError as {@link rmse}.
 *
 * @example
 * mae([1, 2], [1, 4]); // 1
 */
export const mae = (actual: SeriesLike, predicted: SeriesLike): number =>
  meanOver("mae()", actual, predicted, (a, p) => Math.abs(a - p));

/**
 * Symmetric mean absolute percentage error as in the M4 competition: mean of 200 |a - p| / (|a| + |p|), in percent from
 * 0 to 200; a pair of zeros counts 0.
 * @throws ShapeError, DataError as {@link rmse}.
 *
 * @example
 * smape([100, 200], [110, 190]);
 */
export const smape = (actual: SeriesLike, predicted: SeriesLike): number =>
  meanOver("smape()", actual, predicted, (a, p) => {
    const size = Math.abs(a) + Math.abs(p);
    return size === 0 ? 0 : (200 * Math.abs(a - p)) / size;
  });

/** Options of `mase` for forecasts. */
export interface MaseOptions {
  /** The series the forecast was learnt from: its seasonal naive error is the unit. */
  readonly train: SeriesLike;
  /** Default 1: the naive forecast. */
  readonly season?: number;
}

/**
 * Mean absolute scaled error (Hyndman & Koehler 2006): the error in units of the in-sample error of the seasonal naive
 * forecast. Below 1 beats it.
 * @throws DataError when `train` has no more than `season` values or its naive error is zero; ShapeError as {@link rmse}.
 *
 * @example
 * mase([11, 12], [10, 12], { train: [8, 9, 11, 10] }); // 0.375
 */
export function mase(actual: SeriesLike, predicted: SeriesLike, options: MaseOptions): number {
  const where = "mase()";
  refuseUnknown(where, options, ["train", "season"]);
  const season = numberIn(where, "season", options.season ?? 1, { min: 1, integer: true });
  const train = openComplete(`${where} train`, options.train);
  if (train.length <= season) {
    throw new DataError(
      `${where}: \`train\` has ${train.length} values, expected more than one season (${season}).`,
      {
        received: train.length,
        expected: season + 1,
      },
    );
  }
  let total = 0;
  for (let t = season; t < train.length; t++) total += Math.abs(train[t]! - train[t - season]!);
  if (total === 0) {
    throw new DataError(
      `${where}: the naive forecast is never wrong on \`train\`, so there is no unit to measure in.`,
    );
  }
  return meanOver(where, actual, predicted, (a, p) => Math.abs(a - p)) / (total / (train.length - season));
}

/**
 * Pinball loss of a quantile forecast (Koenker & Bassett 1978): under-forecasts cost `quantile`, over-forecasts
 * `1 - quantile`, for each unit. Half the mean absolute error at 0.5.
 * @throws ConfigError unless 0 < quantile < 1; ShapeError, DataError as {@link rmse}.
 *
 * @example
 * pinball([1, 2], [1.5, 1.5], { quantile: 0.9 });
 */
export function pinball(
  actual: SeriesLike,
  predicted: SeriesLike,
  options: { readonly quantile: number },
): number {
  const where = "pinball()";
  refuseUnknown(where, options, ["quantile"]);
  const quantile = numberIn(where, "quantile", options.quantile, { above: 0, below: 1 });
  return meanOver(where, actual, predicted, (a, p) => Math.max(quantile * (a - p), (quantile - 1) * (a - p)));
}

/**
 * The share, from 0 to 1, of actual values within [lower, upper], bounds included.
 * @throws ShapeError, DataError as {@link rmse}; DataError where a lower bound is above its upper one.
 *
 * @example
 * coverage([1, 2, 3], [0, 1, 4], [2, 3, 5]); // 2 / 3
 */
export function coverage(actual: SeriesLike, lower: SeriesLike, upper: SeriesLike): number {
  const where = "coverage()";
  const [a, low, high] = openAlike(where, { actual, lower, upper }) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let within = 0;
  for (let i = 0; i < a.length; i++) {
    if (low[i]! > high[i]!) {
      throw new DataError(`${where}: at ${i} the lower bound ${low[i]} is above the upper ${high[i]}.`);
    }
    if (a[i]! >= low[i]! && a[i]! <= high[i]!) within++;
  }
  return within / a.length;
}
