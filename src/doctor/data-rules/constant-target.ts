import { deviationOf, finiteOf, mean } from "../../numerics/statistics.js";
import type { DataCase } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import { line, lines } from "../pictures/pictures.js";

/** Rounding, relative to the values, below which differences are none: of float32, and of the numbers of a series, which are scaled before they become float32. */
const ROUNDING = 2 ** -22;
const SERIES_ROUNDING = 2 ** -50;

/** A target without variance. With several target numbers, all of them. */
export const constantTarget: Rule<DataCase> = {
  code: "constant_target",
  look(at) {
    const given = at.windows?.targets ?? (at.columns.length === 1 ? at.columns : []);
    const targets = given.map(finiteOf);
    if (targets.length === 0 || targets.some(({ length }) => length < 2)) return null;
    const rounding = at.kind === "series" ? SERIES_ROUNDING : ROUNDING;
    if (!targets.every((values) => deviationOf(values) <= rounding * Math.abs(mean(values)))) return null;
    // One-hot or sequence targets whose numbers differ from each other are constant only if all rows are the same.
    return {
      title: `the target is ${short(targets[0]![0]!)} in all ${targets[0]!.length} samples`,
      evidence: {
        standardDeviation: short(deviationOf(targets[0]!)),
        value: short(targets[0]![0]!),
        samples: targets[0]!.length,
        bound: 0,
      },
      why: "With nothing to explain, the output's bias alone brings the loss to zero: it looks perfect, and the recurrent layer learns nothing. Usually the wrong column was chosen.",
      remedy:
        "Choose another target column (slidingWindows(data, { targetColumn })), and look at it: Math.min(...y) and Math.max(...y) must differ.",
      picture: lines(
        "The target, sample by sample",
        targets.slice(0, 4).map((values, k) => line(targets.length === 1 ? "target" : `target ${k}`, values)),
        { x: "sample", y: "target" },
      ),
    };
  },
};
