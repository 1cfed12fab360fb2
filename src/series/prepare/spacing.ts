import { refuseBadTimes } from "../../calendar/periods.js";
import { medianStep, stepOf } from "../../calendar/step-of.js";
import { DataError } from "../../errors.js";
import { listIn } from "../../options.js";

/** How far apart times are. */
export interface Spacing {
  /** The usual step in milliseconds: the median of the forward ones, the smaller of two middle ones. */
  readonly median: number;
  /** The step in words: `7 days`, `1 month, on the last day`, `1 business day, Monday to Friday`. */
  readonly step: string;
  /** Whether every date stands one step after the one before it. */
  readonly regular: boolean;
  /** The dates that do not: late, early, repeated or out of order. */
  readonly irregular: number[];
  /** How many dates are left out between the others, going by the usual step. */
  readonly missing: number;
}

/**
 * How dates follow one another, and where they do not.
 *
 * Dates are regular when all steps are equally long, to the millisecond; when they keep to a day of the month, or its end,
 * and whole months (31 January, 28 February, 31 March too); or when they are the same moments of every week: business
 * days, Monday to Saturday, hours of trading. UTC.
 *
 * @param times milliseconds since 1970.
 * @throws DataError for fewer than two dates, and when none is later than the one before it.
 *
 * @example
 * const day = 86_400_000;
 * spacing([0, day, 2 * day, 5 * day]); // { median: day, step: "1 day", regular: false, irregular: [3], missing: 2 }
 */
export function spacing(times: ArrayLike<number>): Spacing {
  const where = "spacing()";
  if (listIn(where, "times", times).length < 2) {
    throw new DataError(`${where}: ${times.length} dates have no step between them, expected at least 2.`, {
      received: times.length,
      expected: 2,
    });
  }
  refuseBadTimes(where, times);
  const spaced = stepOf(times);
  if (spaced === undefined) {
    throw new DataError(`${where}: no date is later than the one before it. Sort them, oldest first.`);
  }
  const { step, regular, irregular, missing } = spaced;
  const text = step.detail === "" ? step.text : `${step.text}, ${step.detail}`;
  return { median: medianStep(times)!, step: text, regular, irregular: [...irregular], missing };
}
