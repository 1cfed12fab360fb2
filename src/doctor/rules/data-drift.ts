import { normalCdf } from "../../series/normal.js";
import type { DataCase } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import { beforeAndAfter } from "../pictures.js";
import { deviationOf, effectiveSize, meanOf, varianceOf } from "../statistics.js";

/**
 * A shift of so many standard deviations of the training part puts half of what comes where hardly any of it was. A straight
 * trend split at four fifths shifts by 2.08: that is a case of its own, `non_stationary_target`.
 */
const SHIFT = 2.5;
const SPREAD = 4;
const LEVEL = 0.001;

interface Drift {
  readonly shift: number;
  readonly spread: number;
  readonly p: number;
}

/** Welch's test on effective sample sizes, so that slow swings of a stationary series do not count as drift. */
function driftBetween(before: Float64Array, after: Float64Array): Drift {
  const std = deviationOf(before);
  const difference = meanOf(after) - meanOf(before);
  const error = Math.sqrt(
    varianceOf(before) / effectiveSize(before) + varianceOf(after) / effectiveSize(after),
  );
  const ratio = deviationOf(after) / Math.max(std, 1e-30);
  return {
    shift: Math.abs(difference) / Math.max(std, 1e-30),
    // Narrower than before is known territory.
    spread: ratio,
    p: error > 0 ? 2 * (1 - normalCdf(Math.abs(difference) / error)) : 1,
  };
}

/** Inputs at validation are not those of the training; of a raw series: its second half is not its first. */
export const dataDrift: Rule<DataCase> = {
  code: "data_drift",
  severity: "warning",
  explainedBy: [
    "missing_values",
    "constant_feature",
    "constant_target",
    "outliers",
    "unscaled_inputs",
    "unscaled_target",
    "non_stationary_target",
    "target_scale_mismatch",
    "data_leakage_scaler",
    "insufficient_data",
  ],
  look(at) {
    if (at.isIndexed) return null;
    const pairs =
      at.kind === "series"
        ? at.columns.map(
            (values) => [values.subarray(0, values.length / 2), values.subarray(values.length / 2)] as const,
          )
        : at.columns.map((values, f) => [values, at.validation?.columns[f]] as const);
    for (const [f, [before, after]] of pairs.entries()) {
      if (after === undefined || before.length < 30 || after.length < 30 || !(deviationOf(before) > 0))
        continue;
      const drift = driftBetween(before, after);
      const moved = drift.shift > SHIFT && drift.p < LEVEL;
      const widened = drift.spread > SPREAD && effectiveSize(after) > 10 && effectiveSize(before) > 10;
      if (!moved && !widened) continue;
      return {
        severity: at.kind === "series" ? "hint" : "warning",
        title: `feature ${f} ${moved ? `has moved by ${short(drift.shift)} standard deviations` : `spreads ${short(drift.spread)} times as wide`} ${at.kind === "series" ? "from the first half to the second" : "from training to validation"}`,
        evidence: {
          feature: f,
          shiftInStds: short(drift.shift),
          bound: SHIFT,
          spreadRatio: short(drift.spread),
          spreadBound: SPREAD,
          pValue: short(drift.p),
          effectiveSamples: short(effectiveSize(after)),
        },
        why: "A model knows the inputs it was trained on. Where they move elsewhere it answers from its edge: bounded states saturate, errors grow, and a falling training loss says nothing about them.",
        remedy:
          "Train on a later part (or all) of the series, or on differences or ratios that keep their distribution: difference(series), returns(series); retrain as data comes in.",
        fix: { series: { difference: 1 } },
        picture: beforeAndAfter(
          `Feature ${f} before and after`,
          [at.kind === "series" ? "first half" : "training", before],
          [at.kind === "series" ? "second half" : "validation", after],
          {
            x: "time step",
            y: "value",
            marks: [
              {
                label: `mean ± ${SHIFT} standard deviations of what came before`,
                y: [
                  meanOf(before) - SHIFT * deviationOf(before),
                  meanOf(before) + SHIFT * deviationOf(before),
                ],
              },
            ],
          },
        ),
      };
    }
    return null;
  },
};
