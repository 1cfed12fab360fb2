import { evenlySpacedP, fisherZ, lagOne } from "../../numerics/significance.js";
import { deviationOf, finiteOf, median, quantile, sorted } from "../../numerics/statistics.js";
import { type DataCase, namedColumns } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import { line, lines } from "../pictures/pictures.js";

/** Of a normal distribution the interquartile range is 1.349 standard deviations. */
const IQR_OF_NORMAL = 1.349;
/** Nearest value that counts: of a normal distribution one in 10^23, of Student's t with three degrees one in a thousand. */
const FAR_IN_ROBUST_STDS = 12;
/** Standard deviation over its robust estimate: 1 for a normal, at most 2.1 for t(3), Laplace and lognormal(1) samples. */
const MAX_SQUEEZE_RATIO = 3;
/** A gap in the distances from the middle that heavy tails leave once in thirty series (Student's t, three degrees). */
const ISOLATION_RATIO = 3;
/** Standard deviation with the isolated values over that without them: one value so far out comes once in a thousand of those. */
const MAX_WIDENED_RATIO = 1.5;
/** What stands far out more often than this is a second kind of value, not an outlier. */
const MOST_SHARE = 0.05;

/** Errors come at random times. What comes as evenly as random times do once in a thousand is a pulse of the series. */
const EVEN_SPACING_P = 0.001;
/** Three standard errors: the values between the pulses are more than noise, and a wide squeeze loses them. */
const NOISE_Z = 3;

/** Where values stand far out: neighbours are one event, told by its first step. */
function eventsOf(values: Float64Array, isFar: (value: number) => boolean): number[] {
  const times: number[] = [];
  for (let t = 0; t < values.length; t++)
    if (isFar(values[t]!) && !(t > 0 && isFar(values[t - 1]!))) times.push(t);
  return times;
}

/** Regular pulses are the series, unless they press together something else that could be learnt. */
function arePulses(values: Float64Array, isFar: (value: number) => boolean, squeeze: number): boolean {
  if (!(evenlySpacedP(eventsOf(values, isFar)) < EVEN_SPACING_P)) return false;
  const rest = values.filter((value) => !isFar(value));
  return squeeze <= 3 * MAX_SQUEEZE_RATIO || Math.abs(fisherZ(lagOne(rest), rest.length)) < NOISE_Z;
}

interface Judged {
  readonly values: Float64Array;
  readonly center: number;
  readonly robust: number;
  /** From here on values stand out. */
  readonly from: number;
  readonly far: number;
  readonly largest: number;
  readonly squeeze: number;
  /** Standard deviation with those that stand out over that without them. */
  readonly widened: number;
  readonly isFarOut: boolean;
  readonly isApart: boolean;
}

/** Distance from which a gap parts few from the many; infinite where none does. */
function gapAmong(distances: Float64Array): number {
  const ordered = sorted(distances);
  for (let k = Math.ceil((1 - MOST_SHARE) * ordered.length); k < ordered.length; k++)
    if (k > 0 && ordered[k - 1]! > 0 && ordered[k]! > ISOLATION_RATIO * ordered[k - 1]!) return ordered[k]!;
  return Infinity;
}

function judge(all: Float64Array, isInOrder: boolean): Judged {
  const values = finiteOf(all);
  const robust = (quantile(values, 0.75) - quantile(values, 0.25)) / IQR_OF_NORMAL;
  const center = median(values);
  const distances = values.map((value) => Math.abs(value - center));
  const gap = gapAmong(distances);
  const countFrom = (from: number): number =>
    distances.reduce((count, value) => count + (value >= from ? 1 : 0), 0);
  const squeeze = deviationOf(values) / robust;
  const widened =
    deviationOf(values) / Math.max(1e-30, deviationOf(values.filter((_, i) => distances[i]! < gap)));
  const isError = (from: number): boolean => {
    const far = countFrom(from);
    const isFar = (value: number): boolean => Math.abs(value - center) >= from;
    return (
      robust > 0 &&
      far > 0 &&
      far <= MOST_SHARE * values.length &&
      !(isInOrder && arePulses(values, isFar, squeeze))
    );
  };
  const isFarOut = isError(FAR_IN_ROBUST_STDS * robust);
  const isApart = Number.isFinite(gap) && widened > MAX_WIDENED_RATIO && isError(gap);
  const from = isFarOut ? FAR_IN_ROBUST_STDS * robust : gap;
  const largest = distances.reduce((most, value) => Math.max(most, value), 0) / robust;
  return { values, center, robust, from, far: countFrom(from), largest, squeeze, widened, isFarOut, isApart };
}

/** A few values so far out that a standard scaler presses all others together. */
export const outliers: Rule<DataCase> = {
  code: "outliers",
  look(at) {
    if (at.isClassification || at.isIndexed) return null;
    const columns = namedColumns(at);
    const isInOrder = at.kind === "series" || (at.windows?.stride ?? 0) > 0;
    // A spike in an input alone is an announcement as often as an error: it must stand in the target, or be huge.
    const judged = columns.map((column) => ({ ...column, ...judge(column.values, isInOrder) }));
    // The whole bulk of two levels is as wide as its quartiles: then what stands apart tells, not how far.
    const strict = (isTarget: boolean): number => (isTarget || at.kind === "series" ? 1 : 3);
    const isOne = ({ squeeze, isFarOut, isApart, isTarget }: (typeof judged)[number]): boolean =>
      (isFarOut && squeeze > strict(isTarget) * MAX_SQUEEZE_RATIO) || (isApart && strict(isTarget) === 1);
    const worst = judged.filter(isOne).sort((a, b) => b.squeeze - a.squeeze)[0];
    if (worst === undefined) return null;
    return {
      severity: at.kind === "series" ? "warning" : "error",
      title: `${worst.far} of ${worst.values.length} values of ${worst.name} stand ${short(worst.largest)} times as far out as the rest`,
      evidence: {
        ...(at.kind === "series" && columns.length === 1 ? {} : { column: worst.name }),
        outliers: worst.far,
        share: short(worst.far / worst.values.length),
        stdOverRobustStd: short(worst.squeeze),
        bound: MAX_SQUEEZE_RATIO,
        stdOverStdWithout: short(worst.widened),
        widenedBound: MAX_WIDENED_RATIO,
        largestInRobustStds: short(worst.largest),
      },
      why: "Mean, standard deviation and squared loss follow the few: after scaling all ordinary values lie together near zero, where the model cannot tell them apart, and the gradient belongs to the spikes.",
      remedy:
        "Scale with robustScaler() and clip what lies beyond ±3 (or correct the measurements); loss: huber() instead of mse.",
      fix: { series: { scale: "robust", clip: 3 } },
      picture: lines(`Values of ${worst.name}`, [line(worst.name, worst.values)], {
        x: "place in the order of the values",
        y: "value",
        marks: [
          {
            label: "values that do not stand out",
            y: [worst.center - worst.from, worst.center + worst.from],
          },
        ],
      }),
    };
  },
};
