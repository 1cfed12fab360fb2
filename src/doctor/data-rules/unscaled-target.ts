import { deviationOf, finiteOf, mean as meanOf, rmsOf } from "../../numerics/statistics.js";
import { type DataCase, hasLearnt } from "../data-case.js";
import { type Finding, type Rule, short } from "../diagnosis.js";
import { FLOAT32_MAX, isFarFromZero, MAX_LEVEL_STDS, SATURATING_SCALE } from "../evidence/scale.js";
import { line, lines } from "../pictures/pictures.js";

/** A regression target far from zero or far spread: the output layer has to walk there in steps of the learning rate. */
export const unscaledTarget: Rule<DataCase> = {
  code: "unscaled_target",
  look(at) {
    if (at.windows === null || at.isClassification) return null;
    const { beyond } = at.windows.y;
    if (beyond !== undefined) return tooLarge(at.windows.targets[0]!, beyond);
    const targets = at.windows.targets.map(finiteOf).filter(({ length }) => length > 0);
    const worst = targets
      .map((values, k) => ({ k, values, rms: rmsOf(values) }))
      .sort((a, b) => b.rms - a.rms)[0];
    if (worst === undefined) return null;
    const [mean, std] = [meanOf(worst.values), deviationOf(worst.values)];
    const isFar = isFarFromZero(mean, std) && !hasLearnt(at);
    if (!(worst.rms > SATURATING_SCALE || isFar)) return null;
    return {
      title: `the target is of the size ${short(worst.rms)} (mean ${short(mean)}, standard deviation ${short(std)})`,
      evidence: {
        target: worst.k,
        rootMeanSquare: short(worst.rms),
        mean: short(mean),
        standardDeviation: short(std),
        bound: SATURATING_SCALE,
        levelInStds: short(Math.abs(mean) / Math.max(std, 1e-30)),
        levelBound: MAX_LEVEL_STDS,
        lossAtStartOverVariance: short(worst.rms ** 2 / Math.max(std ** 2, 1e-30)),
      },
      why: "Outputs begin near 0 and hidden states stay within ±1, so the output weights must first grow to the target's size, a learning rate's length at a time; until then the loss is all distance and no shape, and its gradients are of that size too.",
      remedy:
        "const scaler = standardScaler(); fit it on the training part, train on scaler.transform(y), and bring predictions back with scaler.inverseTransform.",
      fix: { series: { scale: "standard" } },
      picture: lines("The target beside what a model puts out at its start", [line("target", worst.values)], {
        x: "sample",
        y: "target",
        marks: [
          { label: `±${SATURATING_SCALE}: bound of its size`, y: [-SATURATING_SCALE, SATURATING_SCALE] },
        ],
      }),
    };
  },
};

/** Finite targets that float32, in which losses are computed, makes infinite. */
function tooLarge(target: Float64Array, beyond: ReadonlyMap<number, number>): Finding {
  const largest = [...beyond.values()].reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
  return {
    title: `${beyond.size} targets do not fit float32: the largest is ${largest}`,
    evidence: { values: beyond.size, largest, bound: FLOAT32_MAX },
    why: "Losses are computed in float32, which ends at 3.4e38: a larger target becomes Infinity, and the loss with it.",
    remedy:
      "Scale in float64 before the targets become a tensor: standardScaler().fitTransform(y), or logTransform(y) where they span many powers of ten.",
    fix: { series: { scale: "standard" } },
    picture: lines("The target", [line("target", target)], { x: "sample", y: "target" }),
  };
}
