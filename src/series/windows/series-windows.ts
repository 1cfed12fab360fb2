import { ConfigError, DataError, ShapeError, told } from "../../errors.js";
import { flag, numberIn, refuseUnknown } from "../../options.js";
import { type LabeledBatch, shuffler, type WindowDataset } from "./window-dataset.js";

/** Numbers without gaps, read where they lie. */
export type Numbers = readonly number[] | Float64Array | Float32Array;

/** A series to forecast, with what is known beside it. Rows are time steps; all series have the same columns. */
export interface CovariateSeries {
  /** `[T]` */
  readonly target: Numbers;
  /** `[T, O]`: measured along with the target and unknown ahead, such as another sensor. */
  readonly observed?: readonly Numbers[];
  /** `[T, K]` or longer: known ahead, such as the calendar or a price list. Rows from T on are not read. */
  readonly known?: readonly Numbers[];
  /** `[S]`: the same at every step, such as the size of a shop. */
  readonly static?: Numbers;
}

/** Options of `seriesWindows`. */
export interface SeriesWindowsOptions {
  /** Time steps in a window. */
  readonly window: number;
  /** Time steps forecast after a window. Default 1. */
  readonly horizon?: number;
  /** Steps from one window of a series to its next. Default 1. */
  readonly stride?: number;
  /** Default 32; the last batch may be smaller. */
  readonly batchSize?: number;
  /** A new order of all windows of all series for each pass; takes 4 bytes for each window. Default false. */
  readonly shuffle?: boolean;
  /** Fixes the orders `shuffle` draws. Default: a fresh one. */
  readonly seed?: number;
}

/** How many columns of each sort every series has. */
interface Widths {
  readonly observed: number;
  readonly known: number;
  readonly static: number;
}

const isNumbers = (value: unknown): value is Numbers =>
  Array.isArray(value) || value instanceof Float64Array || value instanceof Float32Array;

function refuseNonFinite(where: string, values: Numbers, name: string): void {
  for (let i = 0; i < values.length; i++) {
    // Batches are float32, in which 1e300 is Infinity.
    if (typeof values[i] === "number" && Number.isFinite(Math.fround(values[i]!))) continue;
    throw new DataError(
      `${where}: ${name}[${i}] is ${String(values[i])}, expected a number finite in float32. Fill gaps first, for instance with interpolate().`,
      { code: "missing_values", received: values[i], expected: "finite numbers" },
    );
  }
}

function refuseBadRows(
  where: string,
  rows: readonly Numbers[] | undefined,
  width: number,
  steps: number,
  name: string,
): void {
  if (rows === undefined) return;
  if (rows.length < steps) {
    throw new ShapeError(
      `${where}: ${name} has ${rows.length} rows, but the target ${steps} steps. Each needs a row.`,
      {
        received: rows.length,
        expected: steps,
      },
    );
  }
  for (let t = 0; t < steps; t++) {
    const row: unknown = rows[t];
    if (!isNumbers(row) || row.length !== width) {
      throw new ShapeError(
        `${where}: ${name}[${t}] ${isNumbers(row) ? `has ${row.length} values` : `is ${told(row)}`}, expected a row of ${width}.`,
        { received: row, expected: width },
      );
    }
    refuseNonFinite(where, row, `${name}[${t}]`);
  }
}

const widthsOf = ({ observed, known, static: constant }: CovariateSeries): Widths => ({
  observed: observed?.[0]?.length ?? 0,
  known: known?.[0]?.length ?? 0,
  static: constant?.length ?? 0,
});

/** @throws DataError, ShapeError for a series that does not fit the first one, has gaps, or holds no window. */
function checkSeries(
  where: string,
  one: CovariateSeries,
  index: number,
  widths: Widths,
  needed: number,
): void {
  const name = `series[${index}]`;
  if (!isNumbers(one.target)) {
    throw new DataError(`${where}: ${name}.target is ${typeof one.target}, expected an array of numbers.`, {
      received: one.target,
    });
  }
  const steps = one.target.length;
  if (steps < needed) {
    throw new ShapeError(
      `${where}: ${name} has ${steps} steps, but window and horizon take ${needed}. Leave it out, or choose a shorter window.`,
      { received: steps, expected: needed },
    );
  }
  const own = widthsOf(one);
  for (const sort of ["observed", "known", "static"] as const) {
    if (own[sort] === widths[sort]) continue;
    throw new ShapeError(
      `${where}: ${name}.${sort} has ${own[sort]} columns, but series[0].${sort} has ${widths[sort]}. One network reads them all.`,
      { received: own[sort], expected: widths[sort] },
    );
  }
  if (one.observed !== undefined && one.observed.length !== steps) {
    throw new ShapeError(
      `${where}: ${name}.observed has ${one.observed.length} rows, but the target ${steps} steps. What is known further ahead belongs to \`known\`.`,
      { received: one.observed.length, expected: steps },
    );
  }
  refuseNonFinite(where, one.target, `${name}.target`);
  refuseBadRows(where, one.observed, widths.observed, steps, `${name}.observed`);
  refuseBadRows(where, one.known, widths.known, steps, `${name}.known`);
  if (one.static !== undefined) refuseNonFinite(where, one.static, `${name}.static`);
}

/** Where each series' windows begin in the count of all; one entry more than there are series. */
function countWindows(series: readonly CovariateSeries[], needed: number, stride: number): Float64Array {
  const starts = new Float64Array(series.length + 1);
  series.forEach(({ target }, s) => {
    starts[s + 1] = starts[s]! + Math.floor((target.length - needed) / stride) + 1;
  });
  return starts;
}

/** The series that holds window `index`: the last s with starts[s] <= index. */
function seriesOf(starts: Float64Array, index: number): number {
  let [low, high] = [0, starts.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Windows over many series, with covariates, for one network that learns from all of them: a dataset for `model.fit`.
 *
 * A window that covers steps `p … p + window - 1` of a series forecasts its target at the `horizon` steps after them. The
 * features of step t, in this order:
 *
 * 1. `target[t]`;
 * 2. `observed[t]`, all columns: of the past only;
 * 3. `known[t]`, all columns;
 * 4. `known[t + horizon]`, all columns: for horizon 1, the covariates of the step that comes next. The last `horizon`
 *    steps of a window so carry, in order, the covariates of the very steps to be forecast, and none further ahead;
 *    therefore a window with `known` covers at least `horizon` steps;
 * 5. `static`, all columns, at every step.
 *
 * That is `F = 1 + observed + 2 * known + static` features. No window reaches into another series, and none reads a target
 * or an observed covariate after its last step. The series are read where they lie, batch by batch: nothing is copied
 * beforehand, so they must not change while the dataset is in use.
 *
 * @returns batches of x `[batch, window, F]` and y `[batch, horizon]`: series by series in time order, or shuffled.
 * @throws ShapeError for a series too short for one window, or with other columns than the first; DataError for gaps; ConfigError for
 *   options out of range.
 *
 * @example
 * const shops = [{ target: [5, 6, 7], known: [[0], [0], [1]] }];
 * const [batch] = [...seriesWindows(shops, { window: 2 })];
 * // x [[[5, 0, 0], [6, 0, 1]]]: the last step knows that known is 1 when 7 is sold; y [[7]]
 */
export function seriesWindows(
  series: readonly CovariateSeries[],
  options: SeriesWindowsOptions,
): WindowDataset<LabeledBatch> {
  const where = "seriesWindows()";
  refuseUnknown(where, options, ["window", "horizon", "stride", "batchSize", "shuffle", "seed"]);
  const whole = { integer: true, min: 1 };
  const window = numberIn(where, "window", options.window, whole);
  const horizon = numberIn(where, "horizon", options.horizon ?? 1, whole);
  const stride = numberIn(where, "stride", options.stride ?? 1, whole);
  const batchSize = numberIn(where, "batchSize", options.batchSize ?? 32, whole);
  const random = shuffler(where, flag(where, "shuffle", options.shuffle ?? false), options.seed);
  const model: CovariateSeries | undefined = Array.isArray(series) ? series[0] : undefined;
  if (model === undefined) {
    throw new DataError(
      `${where}: expected an array of at least one series, such as [{ target: [1, 2, 3] }].`,
      {
        received: series,
      },
    );
  }
  series.forEach((one: unknown, s) => {
    refuseUnknown(`${where} series[${s}]`, one, ["target", "observed", "known", "static"]);
  });
  const widths = widthsOf(model);
  if (widths.known > 0 && window < horizon) {
    throw new ConfigError(
      `${where}: \`window\` is ${window} and \`horizon\` ${horizon}: a window with known covariates carries one forecast step at each step, so it needs at least ${horizon}.`,
      { received: window, expected: horizon },
    );
  }
  const needed = window + horizon;
  series.forEach((one, s) => {
    checkSeries(where, one, s, widths, needed);
  });
  const starts = countWindows(series, needed, stride);
  const windows = starts[series.length]!;
  const features = 1 + widths.observed + 2 * widths.known + widths.static;

  const writeWindow = (index: number, x: Float32Array, y: Float32Array): void => {
    const s = seriesOf(starts, index);
    const { target, observed, known, static: constant } = series[s]!;
    const from = (index - starts[s]!) * stride;
    let at = 0;
    const write = (values: Numbers | undefined): void => {
      if (values === undefined) return;
      for (let i = 0; i < values.length; i++) x[at++] = values[i]!;
    };
    for (let t = from; t < from + window; t++) {
      x[at++] = target[t]!;
      write(observed?.[t]);
      write(known?.[t]);
      write(known?.[t + horizon]);
      write(constant);
    }
    for (let h = 0; h < horizon; h++) y[h] = target[from + window + h]!;
  };

  return {
    length: Math.ceil(windows / batchSize),
    windows,
    *[Symbol.iterator]() {
      const order = random?.permutation(windows);
      for (let first = 0; first < windows; first += batchSize) {
        const size = Math.min(batchSize, windows - first);
        const x = new Float32Array(size * window * features);
        const y = new Float32Array(size * horizon);
        for (let i = 0; i < size; i++) {
          writeWindow(
            order?.[first + i] ?? first + i,
            x.subarray(i * window * features, (i + 1) * window * features),
            y.subarray(i * horizon, (i + 1) * horizon),
          );
        }
        yield { x: { shape: [size, window, features], data: x }, y: { shape: [size, horizon], data: y } };
      }
    },
  };
}
