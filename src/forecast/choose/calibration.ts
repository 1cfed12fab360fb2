import { mean, variance } from "../../numerics/statistics.js";
import { studentQuantile } from "../../numerics/student.js";

/** Sorted errors of held-out forecasts, one list a step ahead; long lists thinned to evenly spaced ranks. */
export interface Calibration {
  /** The level whose forecasts these are errors of; null: the point forecast. */
  readonly level: number | null;
  readonly steps: readonly {
    readonly count: number;
    readonly errors: readonly number[];
    /** How many times as wide they were taken, because few of them are independent; left out: once. */
    readonly wider?: number;
  }[];
}

/** Order statistics kept of each step: enough for levels of 1 % and 99 %. */
const KEPT = 201;

/**
 * @param errors `[origins][steps]`, NaN where nothing came to compare with.
 * @param stride rows from one origin to the next: errors h steps ahead share h - stride of their steps with their neighbours,
 *   so that n of them are worth m = n stride / h independent ones, and their spread is taken √((m + 1) / (m - 1)) times as
 *   wide, as that of a normal sample whose mean and deviation are estimated. Infinity (default) where they share none.
 */
export function calibrate(
  level: number | null,
  errors: readonly Float64Array[],
  steps: number,
  stride = Number.POSITIVE_INFINITY,
): Calibration {
  return {
    level,
    steps: Array.from({ length: steps }, (_, h) => {
      const sorted = Float64Array.from(
        errors.map((row) => row[h]!).filter((error) => !Number.isNaN(error)),
      ).sort();
      const kept = Math.min(KEPT, sorted.length);
      const independent = Math.max(2, (sorted.length * Math.min(stride, h + 1)) / (h + 1));
      const wider = Number.isFinite(stride) ? Math.sqrt((independent + 1) / (independent - 1)) : 1;
      return {
        count: sorted.length,
        ...(wider > 1 ? { wider } : {}),
        errors: Array.from({ length: kept }, (_, i) =>
          kept === 1
            ? sorted[0]! * wider
            : sorted[Math.round((i * (sorted.length - 1)) / (kept - 1))]! * wider,
        ),
      };
    }),
  };
}

/** Ranks of the tail that stand beside newer errors: as many newer ones weigh as much as all of the tail. */
const TAIL_RANKS = 100;

/**
 * A calibration with errors of newer forecasts beside those of the tail.
 * @param errors `[origins][steps]`, NaN where nothing has come to compare with.
 */
export function extended({ level, steps }: Calibration, errors: readonly Float64Array[]): Calibration {
  return {
    level,
    steps: steps.map((step, h) => {
      const newer = errors.map((row) => row[h] ?? Number.NaN).filter((error) => !Number.isNaN(error));
      if (step.count === 0 || newer.length === 0) return step;
      const last = step.errors.length - 1;
      const ranks = Math.min(step.count, TAIL_RANKS);
      const tail = Array.from({ length: ranks }, (_, i) => {
        const place = ranks === 1 ? last / 2 : (i / (ranks - 1)) * last;
        const below = Math.floor(place);
        const above = Math.min(last, below + 1);
        return step.errors[below]! + (place - below) * (step.errors[above]! - step.errors[below]!);
      });
      const all = [...tail, ...newer].sort((a, b) => a - b);
      return { count: all.length, errors: all };
    }),
  };
}

/** The quantile of the next value after a normal sample whose mean and deviation are estimated. */
function nextOfNormal({ errors, count, wider = 1 }: Calibration["steps"][number], level: number): number {
  const center = mean(errors);
  // Student's t is wide for the same reason for which the errors were widened: once is enough.
  const deviation = Math.sqrt(variance(errors, 1)) / wider;
  return center + studentQuantile(level, count - 1) * deviation * Math.sqrt(1 + 1 / count);
}

/**
 * What is added to a forecast `step` steps ahead (from 0) so that a new value stays below it with probability `level`:
 * split conformal prediction (Vovk et al. 2005) with signed errors. Of n errors the one of rank ⌈(n + 1) level⌉ is taken
 * above the median and ⌊(n + 1) level⌋ below it, which errs on the wide side. Levels beyond the farthest error, of which n
 * errors say nothing, get what a normal sample of n says of its next value, mean + t √(1 + 1 / n) deviations, and the
 * farthest error at the least. Steps that were not calibrated widen with the square root of the distance, as a random walk's do.
 */
export function conformalOffset({ steps }: Calibration, step: number, level: number): number {
  const last = steps.findLastIndex(({ count }) => count > 0);
  const at = Math.min(step, last);
  const { count, errors } = steps[at]!;
  const exact = (count + 1) * level;
  const rank = Math.min(count, Math.max(1, level < 0.5 ? Math.floor(exact) : Math.ceil(exact)));
  const place = count === 1 ? 0 : ((rank - 1) / (count - 1)) * (errors.length - 1);
  const below = Math.floor(place);
  const above = Math.min(errors.length - 1, below + 1);
  const seen = errors[below]! + (place - below) * (errors[above]! - errors[below]!);
  const isBeyond = exact > count || exact < 1;
  const offset =
    !isBeyond || count < 2
      ? seen
      : level < 0.5
        ? Math.min(seen, nextOfNormal(steps[at]!, level))
        : Math.max(seen, nextOfNormal(steps[at]!, level));
  return offset * Math.sqrt((step + 1) / (at + 1));
}
