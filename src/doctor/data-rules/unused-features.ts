import { correlation } from "../../numerics/statistics.js";
import type { DataCase } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import { scatter } from "../pictures/pictures.js";

const SAME = 1 - 1e-9;

/** A feature that is another one again, to a scale: it adds weights and no knowledge. */
export const unusedFeatures: Rule<DataCase> = {
  code: "unused_features",
  look(at) {
    const columns = at.columns.map((values) => values.subarray(0, 5000));
    if (at.isIndexed || columns.length < 2 || columns.length > 64) return null;
    for (let f = 1; f < columns.length; f++) {
      for (let g = 0; g < f; g++) {
        const r = Math.abs(correlation(columns[f]!, columns[g]!));
        if (r < SAME || columns[f]!.length < 10) continue;
        return {
          severity: "hint",
          title: `feature ${f} is feature ${g} again`,
          evidence: { feature: f, sameAs: g, correlation: short(r), bound: SAME },
          why: "Two copies of one column tell nothing new, but bring weights of their own to be fitted to noise.",
          remedy: `Leave column ${f} out.`,
          picture: scatter(
            "One feature against another",
            "one time step",
            [`feature ${g}`, columns[g]!],
            [`feature ${f}`, columns[f]!],
          ),
        };
      }
    }
    return null;
  },
};
