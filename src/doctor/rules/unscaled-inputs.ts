import type { DataCase } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import { bars } from "../pictures.js";
import { deviationOf, rmsOf } from "../statistics.js";

/**
 * Glorot's kernels have a standard deviation of about 0.13 (24 units); times 23 this is 3, where a sigmoid stands at 0.95
 * and passes on a fifth of its largest slope.
 */
export const SATURATING_SCALE = 25;
/** Features of ordinary scalers differ by less than 10 in spread; of a hundredth, the smaller one is invisible at first. */
const SCALE_RATIO = 100;

export const unscaledInputs: Rule<DataCase> = {
  code: "unscaled_inputs",
  severity: "error",
  explainedBy: ["missing_values", "constant_feature", "outliers"],
  look(at) {
    if (at.kind === "series" || at.isIndexed) return null;
    const features = at.columns.map((values, f) => ({
      f,
      rms: rmsOf(values),
      std: deviationOf(values),
      two: isBinary(values),
    }));
    const largest = features.reduce((a, b) => (b.rms > a.rms ? b : a), features[0]!);
    const spread = features.filter(({ std, two }) => std > 0 && !two).map(({ std }) => std);
    const ratio = spread.length > 1 ? Math.max(...spread) / Math.min(...spread) : 1;
    if (largest === undefined || !(largest.rms > SATURATING_SCALE || ratio > SCALE_RATIO)) return null;
    return {
      title: `feature ${largest.f} is of the size ${short(largest.rms)}${ratio > 2 ? `, ${short(ratio)} times as widely spread as the smallest` : ""}`,
      evidence: {
        feature: largest.f,
        rootMeanSquare: short(largest.rms),
        bound: SATURATING_SCALE,
        scaleRatio: short(ratio),
        ratioBound: SCALE_RATIO,
      },
      why: "Gates add up weight times input: with inputs of this size they stand at 0 or 1 from the start, where their slope is nearly zero, and a feature a hundred times smaller than its neighbour is not heard at all.",
      remedy:
        "const scaler = standardScaler().fit(trainRows); give the windows of scaler.transform(rows) to the model, for training and for prediction.",
      fix: { series: { scale: "standard" } },
      picture: bars(
        "Size of each feature",
        features.map(({ f, rms }) => [`feature ${f}`, rms] as const),
        {
          x: "root mean square of the values",
          y: "feature",
          log: true,
          marks: { [`bound ${SATURATING_SCALE}: gates saturate`]: SATURATING_SCALE },
        },
      ),
    };
  },
};

/** Markers and one-hot columns have a scale of their own that no scaler needs to change. */
function isBinary(values: Float64Array): boolean {
  const seen = new Set<number>();
  for (const value of values) {
    seen.add(value);
    if (seen.size > 2) return false;
  }
  return true;
}
