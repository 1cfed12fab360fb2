import { type CalendarUnit, type Periods, periodsOf, refuseBadTimes } from "../../calendar/periods.js";
import { ConfigError, DataError, ShapeError } from "../../errors.js";
import { oneOf, refuseUnknown } from "../../options.js";
import { openSingle, type Vector } from "../kinds.js";

const METHODS = ["mean", "last", "sum", "interpolate"] as const;

/** How several values become one: `"interpolate"` draws lines between them. */
export type ResampleMethod = (typeof METHODS)[number];

/** Options of `resample`. */
export interface ResampleOptions {
  /** The period of the grid: a unit of the calendar in UTC (weeks from Monday), or milliseconds counted from 1970. */
  readonly every: CalendarUnit | number;
  /**
   * What stands for a period: the mean (default), the last or the sum of the values in it, or, with `"interpolate"`, the
   * straight line in time between the values around its first moment.
   */
  readonly method?: ResampleMethod;
}

/** Values and the times they belong to. */
export interface TimedValues {
  /** Milliseconds since 1970. */
  readonly times: number[];
  readonly values: number[];
}

/** More is a slip of the unit (seconds taken for milliseconds), and would not fit into memory. */
const MOST_PERIODS = 1e8;

/** @throws DataError where time runs backwards or, for lines between times, stands still. */
function refuseDisorder(where: string, times: ArrayLike<number>, strict: boolean): void {
  for (let i = 1; i < times.length; i++) {
    const [before, time] = [times[i - 1]!, times[i]!];
    if (time > before || (time === before && !strict)) continue;
    const advice =
      time === before
        ? "Two values at one moment leave no line between them: use method `mean`, `last` or `sum`."
        : "Sort times and values together, oldest first.";
    throw new DataError(
      `${where}: times[${i}] (${time}) does not follow times[${i - 1}] (${before}). ${advice}`,
      {
        received: time,
        expected: `${strict ? "more than" : "at least"} ${before}`,
      },
    );
  }
}

type Measured = readonly [time: number, value: number][];

function aggregate(
  measured: Measured,
  method: "mean" | "last" | "sum",
  first: number,
  into: number[],
  indexOf: Periods["indexOf"],
): void {
  let from = 0;
  while (from < measured.length) {
    const period = indexOf(measured[from]![0]);
    let total = 0;
    let to = from;
    while (to < measured.length && indexOf(measured[to]![0]) === period) total += measured[to++]![1];
    into[period - first] =
      method === "sum" ? total : method === "mean" ? total / (to - from) : measured[to - 1]![1];
    from = to;
  }
}

function interpolateAt(measured: Measured, grid: readonly number[], into: number[]): void {
  let next = 0;
  grid.forEach((time, i) => {
    while (next < measured.length && measured[next]![0] < time) next++;
    const after = measured[next];
    const before = measured[next - 1];
    if (after?.[0] === time) into[i] = after[1];
    else if (before !== undefined && after !== undefined) {
      into[i] = before[1] + (after[1] - before[1]) * ((time - before[0]) / (after[0] - before[0]));
    }
  });
}

/**
 * Brings values measured at any times onto a regular grid.
 *
 * The grid holds the first moment of every period from the one of the first time to the one of the last; a value at that
 * moment belongs to the period it begins. Gaps among the values are passed over. A period without a value is NaN, for the
 * sum too: nothing measured is not zero. `"interpolate"` never extrapolates: before the first and after the last value
 * stands NaN.
 *
 * **A period carries the time at which it begins, but its mean, sum or last value is known only when it ends**, and
 * `"interpolate"` looks ahead to the next measurement. Beside another series of finer steps, shift by one period.
 *
 * @param times milliseconds since 1970, oldest first, one for each value.
 * @returns as many times as values, equally spaced in `every`.
 * @throws DataError for times out of order, or no times at all; ShapeError for unequal lengths; ConfigError for options, and for a grid of
 *   more than 100 million periods.
 *
 * @example
 * const day = 86_400_000;
 * resample([0, day, 31 * day], [1, 3, 5], { every: "month" }); // { times: [0, 31 * day], values: [2, 5] }
 */
export function resample(times: ArrayLike<number>, values: Vector, options: ResampleOptions): TimedValues {
  const where = "resample()";
  refuseUnknown(where, options, ["every", "method"]);
  const { indexOf, startOf } = periodsOf(where, options.every);
  const method = oneOf(where, "method", options.method ?? "mean", METHODS);
  const series = openSingle(where, values);
  if (times.length !== series.length) {
    throw new ShapeError(
      `${where}: ${times.length} times and ${series.length} values. Each value needs its time.`,
      {
        received: times.length,
        expected: series.length,
      },
    );
  }
  refuseBadTimes(where, times);
  refuseDisorder(where, times, method === "interpolate");

  const first = indexOf(times[0]!);
  const count = indexOf(times[times.length - 1]!) - first + 1;
  if (count > MOST_PERIODS) {
    throw new ConfigError(
      `${where}: \`every\` is ${options.every}, which makes ${count} periods of these times, expected at most ${MOST_PERIODS}. Both are milliseconds: are they?`,
      { received: count, expected: MOST_PERIODS },
    );
  }
  const grid = Array.from({ length: count }, (_, i) => startOf(first + i));
  const result = new Array<number>(count).fill(Number.NaN);
  const measured = Array.from(series, (value, i): [number, number] => [times[i]!, value]).filter(
    ([, value]) => !Number.isNaN(value),
  );
  if (method === "interpolate") interpolateAt(measured, grid, result);
  else aggregate(measured, method, first, result, indexOf);
  return { times: grid, values: result };
}
