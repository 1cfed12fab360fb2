import { binomialTail, effectiveSize } from "../../numerics/significance.js";
import { deviationOf, mean } from "../../numerics/statistics.js";
import type { DataCase } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import type { Windows } from "../evidence/window-source.js";
import { beforeAndAfter } from "../pictures/pictures.js";

/** As much of a normal sample's values as a shift of two standard deviations puts beyond three: P(z > 1). */
const MOST_OUTSIDE_SHARE = 0.15;
/** One stationary series in two hundred, as for a season. */
const DRIFT_P = 0.005;
const LEAST_VALUES = 20;
/** A trained model that is hardly worse on what it was not shown copes with it, wherever it lies. */
const COPING_LOSS_RATIO = 1.2;

interface Drift {
  /** Share of what comes that lies beyond all that was there before. */
  readonly outside: number;
  readonly low: number;
  readonly high: number;
  readonly shift: number;
  readonly spread: number;
  readonly p: number;
  readonly effective: number;
}

/** How many values count for themselves, in level and in spread: a cycle that swells and fades cancels out in its mean alone. */
function independent(values: Float64Array): number {
  const center = mean(values);
  return Math.min(effectiveSize(values), effectiveSize(values.map((value) => (value - center) ** 2)));
}

/**
 * How likely it is that so many values lie beyond the range of those before, if all were drawn alike. Of n values before and
 * one after, that one is the smallest or largest with probability 2 / (n + 1); both parts count by their effective sizes, so
 * that slow swings of a stationary series are no drift.
 */
function driftBetween(before: Float64Array, after: Float64Array): Drift {
  const low = before.reduce((a, b) => Math.min(a, b), Infinity);
  const high = before.reduce((a, b) => Math.max(a, b), -Infinity);
  const count = after.reduce((sum, value) => sum + (value < low || value > high ? 1 : 0), 0);
  const outside = count / after.length;
  const effective = Math.floor(independent(after));
  const std = Math.max(deviationOf(before), 1e-30);
  return {
    outside,
    low,
    high,
    shift: Math.abs(mean(after) - mean(before)) / std,
    spread: deviationOf(after) / std,
    p: binomialTail(Math.floor(outside * effective), effective, 2 / (independent(before) + 1)),
    effective,
  };
}

/** The validation part's values of a feature that no training window has shown: its first windows reach back. */
function newValues(train: Windows, held: Windows, feature: number): Float64Array {
  const [before, after] = [train.columns[feature]!, held.columns[feature]!];
  if (train.stride === 0 || held.stride === 0) return after;
  for (let overlap = Math.min(train.timesteps, before.length, after.length - 1); overlap > 0; overlap--) {
    const tail = before.subarray(before.length - overlap);
    if (tail.every((value, i) => value === after[i])) return after.subarray(overlap);
  }
  return after;
}

/** Inputs at validation are not those of the training; of a raw series: its second half is not its first. */
export const dataDrift: Rule<DataCase> = {
  code: "data_drift",
  look(at) {
    if (at.isIndexed || (at.heldOverTrain !== null && at.heldOverTrain < COPING_LOSS_RATIO)) return null;
    const { windows, validation } = at;
    const pairs =
      at.kind === "series"
        ? at.columns.map(
            (values) => [values.subarray(0, values.length / 2), values.subarray(values.length / 2)] as const,
          )
        : windows === null || validation === null || validation.features !== windows.features
          ? []
          : at.columns.map((values, f) => [values, newValues(windows, validation, f)] as const);
    for (const [f, [before, after]] of pairs.entries()) {
      if (before.length < LEAST_VALUES || after.length < LEAST_VALUES || !(deviationOf(before) > 0)) continue;
      const drift = driftBetween(before, after);
      if (!(drift.outside > MOST_OUTSIDE_SHARE && drift.p < DRIFT_P)) continue;
      return {
        severity: at.kind === "series" ? "hint" : "warning",
        title: `${short(100 * drift.outside)} % of feature ${f} lie where none lay before, ${at.kind === "series" ? "in the second half" : "in validation"}`,
        evidence: {
          feature: f,
          shareOutside: short(drift.outside),
          bound: MOST_OUTSIDE_SHARE,
          pValue: short(drift.p),
          level: DRIFT_P,
          lowestBefore: short(drift.low),
          highestBefore: short(drift.high),
          shiftInStds: short(drift.shift),
          spreadRatio: short(drift.spread),
          effectiveSamples: drift.effective,
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
                label: "range of what came before",
                y: [drift.low, drift.high],
              },
            ],
          },
        ),
      };
    }
    return null;
  },
};
