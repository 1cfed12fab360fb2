import { type DataCase, namedColumns } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import { line, lines } from "../pictures.js";
import { deviationOf, evenlySpacedP, fisherZ, lagOne, median, quantile } from "../statistics.js";

/** Of a normal distribution the interquartile range is 1.349 standard deviations. */
const IQR_OF_NORMAL = 1.349;
/** Nearest value that counts: of a normal distribution one in 10^23, of Student's t with three degrees one in a thousand. */
const FAR = 12;
/** Standard deviation over its robust estimate: 1 for a normal, at most 2.1 for t(3), Laplace and lognormal(1) samples. */
const SQUEEZE = 3;
/** What stands far out more often than this is a second kind of value, not an outlier. */
const MOST_SHARE = 0.05;

/** Errors come at random times. What comes as evenly as random times do once in a thousand is a pulse of the series. */
const EVENLY = 0.001;
/** Three standard errors: the values between the pulses are more than noise, and a wide squeeze loses them. */
const MORE_THAN_NOISE = 3;

/** Where values stand far out: neighbours are one event, told by its first step. */
function eventsOf(values: Float64Array, isFar: (value: number) => boolean): number[] {
  const times: number[] = [];
  for (let t = 0; t < values.length; t++)
    if (isFar(values[t]!) && !(t > 0 && isFar(values[t - 1]!))) times.push(t);
  return times;
}

/** Regular pulses are the series, unless they press together something else that could be learnt. */
function arePulses(values: Float64Array, isFar: (value: number) => boolean, squeeze: number): boolean {
  if (!(evenlySpacedP(eventsOf(values, isFar)) < EVENLY)) return false;
  const rest = values.filter((value) => !isFar(value));
  return squeeze <= 3 * SQUEEZE || Math.abs(fisherZ(lagOne(rest), rest.length)) < MORE_THAN_NOISE;
}

/** A few values so far out that a standard scaler presses all others together. */
export const outliers: Rule<DataCase> = {
  code: "outliers",
  severity: "error",
  explainedBy: ["missing_values", "constant_feature", "constant_target"],
  look(at) {
    if (at.isClassification || at.isIndexed) return null;
    const columns = namedColumns(at);
    const isInOrder = at.kind === "series" || (at.windows?.stride ?? 0) > 0;
    // A spike in an input alone is an announcement as often as an error: it must stand in the target, or be huge.
    const judged = columns.map(({ name, values, isTarget }) => {
      const iqr = quantile(values, 0.75) - quantile(values, 0.25);
      const robust = iqr / IQR_OF_NORMAL;
      const center = median(values);
      const isFar = (value: number): boolean => Math.abs(value - center) > FAR * robust;
      const far = values.reduce((count, value) => count + (isFar(value) ? 1 : 0), 0);
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value - center)), 0) / robust;
      const squeeze = deviationOf(values) / robust;
      const is =
        robust > 0 &&
        far > 0 &&
        far <= MOST_SHARE * values.length &&
        squeeze > (isTarget || at.kind === "series" ? SQUEEZE : 3 * SQUEEZE) &&
        !(isInOrder && arePulses(values, isFar, squeeze));
      return { name, is, far, squeeze, largest, count: values.length, values, center, robust };
    });
    const worst = judged.filter(({ is }) => is).sort((a, b) => b.squeeze - a.squeeze)[0];
    if (worst === undefined) return null;
    return {
      severity: at.kind === "series" ? "warning" : "error",
      title: `${worst.far} of ${worst.count} values of ${worst.name} stand ${short(worst.largest)} times as far out as the rest`,
      evidence: {
        column: worst.name,
        outliers: worst.far,
        share: short(worst.far / worst.count),
        stdOverRobustStd: short(worst.squeeze),
        bound: SQUEEZE,
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
            label: `within ${FAR} robust standard deviations of the median`,
            y: [worst.center - FAR * worst.robust, worst.center + FAR * worst.robust],
          },
        ],
      }),
    };
  },
};
