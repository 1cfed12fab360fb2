import { ConfigError, DataError } from "../../errors.js";
import { flag, numberIn, refuseUnknown } from "../../options.js";
import { createRandom } from "../../random.js";

/** Row numbers of one fold, ascending. */
export interface Fold {
  readonly train: number[];
  readonly test: number[];
}

/** What gives the folds of a split. */
export interface Splitter {
  /** All folds of `n` rows. @throws DataError when n rows cannot be split so. */
  split(n: number): Fold[];
}

/** Options of `kFold`. */
export interface KFoldOptions {
  /** Default 5. */
  readonly nSplits?: number;
  /** Rows are dealt at random instead of in blocks. Default false. */
  readonly shuffle?: boolean;
  /** Fixes the order `shuffle` draws. Default: a fresh one. */
  readonly seed?: number;
}

/** Options of `timeSeriesSplit`. */
export interface TimeSeriesSplitOptions {
  /** Default 5. */
  readonly nSplits?: number;
  /** Rows of each test part. Default floor(n / (nSplits + 1)). */
  readonly testSize?: number;
  /** Rows left out before each test part. Default 0. */
  readonly gap?: number;
  /** The newest so many rows of each training part. Default: all. */
  readonly maxTrainSize?: number;
}

/** Options of `walkForward`. */
export interface WalkForwardOptions {
  /** Rows before the first forecast. */
  readonly initial: number;
  /** Rows of each test part. Default 1. */
  readonly horizon?: number;
  /** Rows from one forecast's origin to the next. Default: the horizon. */
  readonly step?: number;
  /** The newest so many rows of each training part: a sliding window instead of a growing one. Default: all. */
  readonly maxTrainSize?: number;
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

/** Rows whose indices can be listed fold by fold. */
const MOST_ROWS = 1e8;

const rows = (where: string, n: unknown): number =>
  numberIn(where, "n", n, { min: 1, max: MOST_ROWS, integer: true });

/**
 * k folds as scikit-learn's `KFold`: each row is in the test part once; the first `n % nSplits` folds have one more.
 * The training part surrounds the test part in time, so this is for windows that do not overlap; for a series take
 * {@link timeSeriesSplit}.
 * @throws ConfigError for an unknown option or a value out of range; DataError at `split` for too few rows.
 *
 * @example
 * [...kFold({ nSplits: 2 }).split(4)]; // [{ train: [2, 3], test: [0, 1] }, …]
 */
export function kFold(options: KFoldOptions = {}): Splitter {
  const where = "kFold()";
  refuseUnknown(where, options, ["nSplits", "shuffle", "seed"]);
  const nSplits = numberIn(where, "nSplits", options.nSplits ?? 5, { min: 2, integer: true });
  const shuffle = flag(where, "shuffle", options.shuffle ?? false);
  if (!shuffle && options.seed !== undefined) {
    throw new ConfigError(
      `${where}: \`seed\` is ${options.seed}, but \`shuffle\` is false, so nothing is drawn.`,
    );
  }
  return {
    split(n) {
      rows(`${where}.split()`, n);
      if (nSplits > n) {
        throw new DataError(`${where}: ${n} rows cannot make ${nSplits} folds.`, {
          received: n,
          expected: nSplits,
        });
      }
      const order = range(0, n);
      if (shuffle) createRandom(options.seed).shuffle(order);
      let from = 0;
      return range(0, nSplits).map((fold) => {
        const size = Math.floor(n / nSplits) + (fold < n % nSplits ? 1 : 0);
        const chosen = new Set(order.slice(from, from + size));
        from += size;
        return {
          train: range(0, n).filter((row) => !chosen.has(row)),
          test: range(0, n).filter((row) => chosen.has(row)),
        };
      });
    },
  };
}

/**
 * Growing training parts, each followed by its test part, as scikit-learn's `TimeSeriesSplit`: no fold trains on what
 * comes after its test.
 * @throws ConfigError for an unknown option or a value out of range; DataError at `split` for too few rows.
 *
 * @example
 * [...timeSeriesSplit({ nSplits: 2 }).split(6)];
 */
export function timeSeriesSplit(options: TimeSeriesSplitOptions = {}): Splitter {
  const where = "timeSeriesSplit()";
  refuseUnknown(where, options, ["nSplits", "testSize", "gap", "maxTrainSize"]);
  const whole = { min: 1, integer: true };
  const nSplits = numberIn(where, "nSplits", options.nSplits ?? 5, { min: 2, integer: true });
  const gap = numberIn(where, "gap", options.gap ?? 0, { min: 0, integer: true });
  if (options.testSize !== undefined) numberIn(where, "testSize", options.testSize, whole);
  if (options.maxTrainSize !== undefined) numberIn(where, "maxTrainSize", options.maxTrainSize, whole);
  return {
    split(n) {
      rows(`${where}.split()`, n);
      const testSize = options.testSize ?? Math.floor(n / (nSplits + 1));
      const first = n - nSplits * testSize;
      if (nSplits + 1 > n || first - gap <= 0) {
        throw new DataError(
          `${where}: ${n} rows are too few for ${nSplits} test parts of ${Math.max(1, testSize)} with a gap of ${gap}.`,
          { received: n, expected: nSplits * Math.max(1, testSize) + gap + 1 },
        );
      }
      return range(0, nSplits).map((fold) => {
        const start = first + fold * testSize;
        const end = start - gap;
        return {
          train: range(Math.max(0, end - (options.maxTrainSize ?? end)), end),
          test: range(start, start + testSize),
        };
      });
    },
  };
}

/**
 * One fold for each forecast a rolling backtest makes: train on all before the origin, test on the `horizon` rows from
 * it, move the origin by `step`. Only whole horizons are given.
 * @throws ConfigError for an unknown option or a value out of range; DataError at `split` for too few rows.
 *
 * @example
 * [...walkForward({ initial: 4 }).split(6)];
 */
export function walkForward(options: WalkForwardOptions): Splitter {
  const where = "walkForward()";
  refuseUnknown(where, options, ["initial", "horizon", "step", "maxTrainSize"]);
  const whole = { min: 1, integer: true };
  const initial = numberIn(where, "initial", options.initial, whole);
  const horizon = numberIn(where, "horizon", options.horizon ?? 1, whole);
  const step = numberIn(where, "step", options.step ?? horizon, whole);
  if (options.maxTrainSize !== undefined) numberIn(where, "maxTrainSize", options.maxTrainSize, whole);
  return {
    split(n) {
      rows(`${where}.split()`, n);
      if (initial + horizon > n) {
        throw new DataError(
          `${where}: ${n} rows hold no forecast of ${horizon} after the first ${initial}.`,
          {
            received: n,
            expected: initial + horizon,
          },
        );
      }
      return range(0, Math.floor((n - initial - horizon) / step) + 1).map((fold) => {
        const origin = initial + fold * step;
        return {
          train: range(Math.max(0, origin - (options.maxTrainSize ?? origin)), origin),
          test: range(origin, origin + horizon),
        };
      });
    },
  };
}
