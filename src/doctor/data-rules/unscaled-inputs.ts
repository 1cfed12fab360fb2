import { deviationOf, finiteOf, mean as meanOf, rmsOf } from "../../numerics/statistics.js";
import type { BarsPicture } from "../../viz/picture.js";
import { type DataCase, hasLearnt } from "../data-case.js";
import { type Finding, type Rule, short } from "../diagnosis.js";
import { FLOAT32_MAX, isFarFromZero, MAX_LEVEL_STDS, SATURATING_SCALE } from "../evidence/scale.js";
import { bars } from "../pictures/pictures.js";

/** Features of ordinary scalers differ by less than 10 in spread; of a hundredth, the smaller one is invisible at first. */
const SCALE_RATIO = 100;
/**
 * Weights begin at 0.1 to 0.2 and go about as far again in a thousand updates: what is a thousandth at most moves a gate by less
 * than a thousandth, at the beginning and at the end.
 */
const UNHEARD_SCALE = 0.001;

export const unscaledInputs: Rule<DataCase> = {
  code: "unscaled_inputs",
  look(at) {
    if (at.isIndexed) return null;
    const large = beyondOf(at);
    if (large !== null) return tooLarge(at, large);
    if (at.kind === "series") return null;
    const features = at.columns.map(finiteOf).map((values, f) => ({
      f,
      rms: values.length === 0 ? 0 : rmsOf(values),
      std: values.length === 0 ? 0 : deviationOf(values),
      mean: values.length === 0 ? 0 : meanOf(values),
      two: isBinary(values),
    }));
    const largest = features.reduce((a, b) => (b.rms > a.rms ? b : a), features[0]!);
    const spread = features.filter(({ std, two }) => std > 0 && !two).map(({ std }) => std);
    const ratio = spread.length > 1 ? Math.max(...spread) / Math.min(...spread) : 1;
    if (largest === undefined) return null;
    if (largest.rms > 0 && largest.rms < UNHEARD_SCALE && !largest.two && !hasLearnt(at))
      return tooSmall(features);
    if (!(largest.rms > SATURATING_SCALE || ratio > SCALE_RATIO)) {
      const far = features.find(({ mean, std, two }) => !two && isFarFromZero(mean, std));
      return far === undefined || hasLearnt(at) ? null : farFromZero(far, features);
    }
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
      picture: sizes(features, SATURATING_SCALE, "gates saturate"),
    };
  },
};

interface Feature {
  readonly f: number;
  readonly mean: number;
  readonly std: number;
}

const farFromZero = ({ f, mean, std }: Feature, features: readonly Feature[]): Finding => ({
  title: `feature ${f} lies ${short(Math.abs(mean) / std)} standard deviations from zero (mean ${short(mean)}, standard deviation ${short(std)})`,
  evidence: {
    feature: f,
    mean: short(mean),
    standardDeviation: short(std),
    levelInStds: short(Math.abs(mean) / std),
    bound: MAX_LEVEL_STDS,
  },
  why: "Gates add up weight times input: what they hear is the level, the same in every sample, and the changes that tell something are lost beside it.",
  remedy:
    "const scaler = standardScaler().fit(trainRows); give the windows of scaler.transform(rows) to the model, for training and for prediction: the level becomes 0, the spread 1.",
  fix: { series: { scale: "standard" } },
  picture: bars(
    "Level of each feature",
    features.map((each) => [`feature ${each.f}`, each.std > 0 ? Math.abs(each.mean) / each.std : 0] as const),
    {
      x: "|mean| in standard deviations",
      y: "feature",
      log: true,
      marks: { [`bound ${MAX_LEVEL_STDS}`]: MAX_LEVEL_STDS },
    },
  ),
});

type Sized = Feature & { readonly rms: number };

const sizes = (features: readonly Sized[], bound: number, beyond: string): BarsPicture =>
  bars(
    "Size of each feature",
    features.map(({ f, rms }) => [`feature ${f}`, rms] as const),
    {
      x: "root mean square of the values",
      y: "feature",
      log: true,
      marks: { [`bound ${bound}: ${beyond}`]: bound },
    },
  );

const tooSmall = (features: readonly Sized[]): Finding => {
  const largest = Math.max(...features.map(({ rms }) => rms));
  return {
    title: `no feature is larger than ${short(largest)}: the gates hear nothing`,
    evidence: {
      rootMeanSquare: short(largest),
      bound: UNHEARD_SCALE,
      features: features.length,
    },
    why: "Gates add up weight times input, and weights move by about the learning rate in an update: inputs this small change nothing until the weights are hundreds of times as large, which a training of usual length does not reach.",
    remedy:
      "const scaler = standardScaler().fit(trainRows); give the windows of scaler.transform(rows) to the model, for training and for prediction. Probabilities and amounts that span many powers of ten: logTransform first.",
    fix: { series: { scale: "standard" } },
    picture: sizes(features, UNHEARD_SCALE, "hardly heard"),
  };
};

/** Values that are finite, and that float32, in which models compute, makes infinite. */
function beyondOf(at: DataCase): Beyond | null {
  const large: { value: number; feature: number }[] =
    at.windows === null
      ? at.columns.flatMap((values, feature) =>
          Array.from(
            values.filter((value) => Number.isFinite(value) && !Number.isFinite(Math.fround(value))),
            (value) => ({ value, feature }),
          ),
        )
      : [...(at.windows.x.beyond ?? [])].map(([place, value]) => ({
          value,
          feature: place % at.windows!.features,
        }));
  if (large.length === 0) return null;
  return {
    count: large.length,
    largest: large.reduce((a, b) => (Math.abs(b.value) > Math.abs(a.value) ? b : a)),
  };
}

interface Beyond {
  readonly count: number;
  readonly largest: { readonly value: number; readonly feature: number };
}

function tooLarge(at: DataCase, { count, largest }: Beyond): Finding {
  return {
    title: `${count} values of the inputs do not fit float32: the largest is ${largest.value} (feature ${largest.feature})`,
    evidence: {
      feature: largest.feature,
      values: count,
      largest: largest.value,
      bound: FLOAT32_MAX,
    },
    why: "Models compute in float32, which ends at 3.4e38: a larger number becomes Infinity, and everything it meets NaN.",
    remedy:
      "Scale in float64 before the values become a tensor: standardScaler().fitTransform(rows), or logTransform(rows) where they span many powers of ten.",
    fix: { series: { scale: "standard" } },
    picture: bars(
      "Largest value of each feature",
      at.columns.map(
        (values, f) =>
          [
            `feature ${f}`,
            f === largest.feature
              ? Math.abs(largest.value)
              : finiteOf(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0),
          ] as const,
      ),
      { x: "largest |value|", y: "feature", log: true, marks: { "bound: float32 ends here": FLOAT32_MAX } },
    ),
  };
}

/** Markers and one-hot columns have a scale of their own that no scaler needs to change. */
function isBinary(values: Float64Array): boolean {
  const seen = new Set<number>();
  for (const value of values) {
    seen.add(value);
    if (seen.size > 2) return false;
  }
  return true;
}
