import { deviationOf, finiteOf } from "../../numerics/statistics.js";
import { columnName, type DataCase } from "../data-case.js";
import type { Rule } from "../diagnosis.js";
import { bars } from "../pictures/pictures.js";

/**
 * A feature without variance: 0/0 after scaling (all NaN), or a raw constant. A column of zeros is what a guarded scaler
 * makes of it, does no harm and is passed over.
 */
export const constantFeature: Rule<DataCase> = {
  code: "constant_feature",
  look(at) {
    if (at.isIndexed) return null;
    for (const [f, all] of at.columns.entries()) {
      const values = finiteOf(all);
      const broken = all.length > 0 && values.length === 0 && at.windows?.x.beyond === undefined;
      const constant = values.length > 1 && values.every((value) => value === values[0]) && values[0] !== 0;
      if (!broken && !constant) continue;
      const only = at.columns.length === 1;
      const isOneSeries = only && at.kind === "series";
      return {
        severity: broken || (constant && only) ? "error" : at.kind === "series" ? "warning" : "hint",
        title: broken
          ? `${columnName(at, f)} holds no number at all, as after a division by its zero standard deviation`
          : `${columnName(at, f)} is ${values[0]} everywhere`,
        evidence: {
          ...(isOneSeries ? {} : { feature: f }),
          standardDeviation: 0,
          value: broken ? "NaN" : values[0]!,
          values: all.length,
          bound: 0,
        },
        why: broken
          ? "(x - mean) / std of a constant column is 0/0 = NaN; the NaN reaches every weight with the first update."
          : "What never changes tells nothing about the target; a scaler without a guard divides it by zero.",
        remedy: isOneSeries
          ? "Take another series, or look for the place where it lost its values: from this one nothing can be learnt."
          : `Leave column ${f} out, or scale with standardScaler(), which takes the scale 1 where the variance is 0.`,
        fix: { series: { scale: "standard" } },
        picture: bars(
          "Spread of each feature",
          at.columns.map((column, k) => [columnName(at, k), deviationOf(finiteOf(column))] as const),
          { x: "standard deviation", y: "feature" },
        ),
      };
    }
    return null;
  },
};
