import { deviationOf, mean as meanOf } from "../../numerics/statistics.js";
import { adfuller } from "../../series/analysis/adfuller.js";
import { kpss } from "../../series/analysis/kpss.js";
import type { DataCase } from "../data-case.js";
import { type Finding, type Rule, short } from "../diagnosis.js";
import { beatenBy } from "../evidence/constant-answers.js";
import type { ModelCase } from "../model-case.js";
import { beforeAndAfter } from "../pictures/pictures.js";

/** The tests' usual level. */
const TEST_P = 0.05;
/** Most of what is to come lies where no training value lay. */
const MOST_OUTSIDE_SHARE = 0.5;
const LEAST_VALUES = 30;
/** The validation part's mean lies where hardly any training value lay. */
const MAX_SHIFT_STDS = 2.5;

/** Straight line by least squares; what it leaves, as standard deviation. */
function lineThrough(values: Float64Array): { slope: number; rest: number } {
  const n = values.length;
  const center = (n - 1) / 2;
  const mean = meanOf(values);
  let [xy, xx] = [0, 0];
  for (let t = 0; t < n; t++) {
    xy += (t - center) * (values[t]! - mean);
    xx += (t - center) ** 2;
  }
  const slope = xy / xx;
  let squares = 0;
  for (let t = 0; t < n; t++) squares += (values[t]! - mean - slope * (t - center)) ** 2;
  return { slope, rest: Math.sqrt(squares / n) };
}

/** The share of the next quarter's values outside the range so far, if the straight line goes on as it was. */
function expectedOutside(values: Float64Array): number {
  const n = values.length;
  const { slope } = lineThrough(values);
  const next = Math.ceil(n / 4);
  const [low, high] = rangeOf(values);
  let outside = 0;
  // The last quarter's values, carried on by the trend.
  for (let t = n - next; t < n; t++) {
    const value = values[t]! + slope * next;
    if (value > high || value < low) outside++;
  }
  return outside / next;
}

function rangeOf(values: Float64Array): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

interface Wandering {
  readonly values: Float64Array;
  readonly held: Float64Array | null;
  readonly pAdf: number;
  readonly pKpss: number;
  /** Share of what comes that lies outside the training range. */
  readonly outside: number;
  /** How far the validation part's mean lies from the training part's, in its standard deviations. */
  readonly shift: number;
  readonly slope: number;
  readonly measuredOn: string;
}

/** null where the target (or single column) is stationary, or not in the order of time. */
function wanderingOf(at: DataCase): Wandering | null {
  const values =
    at.kind === "series"
      ? at.columns.length === 1
        ? at.columns[0]
        : undefined
      : at.windows!.targets.length <= 64 && at.windows!.stride > 0
        ? at.windows!.targets[0]
        : undefined;
  if (values === undefined || at.isClassification || values.length < LEAST_VALUES) return null;
  const recent =
    values.length > 4000 ? values.filter((_, i) => i % Math.ceil(values.length / 4000) === 0) : values;
  if (new Set(recent).size < 5) return null;
  let pAdf: number;
  let pKpss: number;
  try {
    pAdf = adfuller(recent).pValue;
    pKpss = kpss(recent).pValue;
  } catch {
    // A straight line is too regular for the test, and as far from stationary as a series can be.
    const { slope, rest } = lineThrough(recent);
    if (!(Math.abs(slope) * recent.length > 10 * rest)) return null;
    [pAdf, pKpss] = [1, 0.01];
  }
  if (pAdf <= TEST_P || pKpss > TEST_P) return null;
  const held = at.validation?.targets[0];
  const [low, high] = rangeOf(values);
  const outside =
    held === undefined || held.length === 0
      ? expectedOutside(values)
      : held.reduce((count, value) => count + (value < low || value > high ? 1 : 0), 0) / held.length;
  const shift =
    held === undefined || held.length === 0
      ? 0
      : Math.abs(meanOf(held) - meanOf(values)) / deviationOf(values);
  return {
    values,
    held: held ?? null,
    pAdf,
    pKpss,
    outside,
    shift,
    slope: lineThrough(values).slope,
    measuredOn: held === undefined ? "trend continued over a quarter" : "validation targets",
  };
}

function findingOf(
  at: DataCase,
  { values, held, pAdf, pKpss, outside, shift, slope, measuredOn }: Wandering,
  more: Record<string, number | string> = {},
): Finding {
  const isRaw = at.kind === "series";
  const known = isRaw ? values.subarray(0, values.length / 2) : values;
  return {
    severity: isRaw ? "hint" : "warning",
    title: isRaw
      ? "the series has no fixed level (a unit root or trend)"
      : "the target has no fixed level: what comes lies where nothing was learnt",
    evidence: {
      adfPValue: short(pAdf),
      kpssPValue: short(pKpss),
      bound: TEST_P,
      shareOutsideTrainingRange: short(outside),
      shareBound: MOST_OUTSIDE_SHARE,
      measuredOn,
      shiftInStds: short(shift),
      trendPerStep: short(slope),
      ...more,
    },
    why: "Hidden states are bounded: what a model learns on one range of values it cannot carry on beyond it, so forecasts stay behind the trend, below even the last value repeated.",
    remedy:
      "Forecast changes instead of levels: const d = difference(series); train on standardScaler().fitTransform(d), and bring forecasts back with undifference. For growth in per cent take logTransform first.",
    fix: { series: { difference: 1, scale: "standard" } },
    picture: beforeAndAfter(
      isRaw ? "The series" : "The target, sample by sample",
      [isRaw ? "series" : "training", values],
      held === null ? null : ["validation", held],
      {
        x: isRaw ? "time step" : "sample",
        y: isRaw ? "value" : "target",
        marks: [
          { label: isRaw ? "range of its first half" : "range of the training part", y: rangeOf(known) },
        ],
      },
    ),
  };
}

/**
 * A target whose level wanders off: a unit root is not refused (Dickey-Fuller), stationarity is (KPSS), and it matters,
 * because most values to come lie outside the range that was trained on.
 */
export const nonStationaryTarget: Rule<DataCase> = {
  code: "non_stationary_target",
  look(at) {
    const found = wanderingOf(at);
    if (
      found === null ||
      !(at.kind === "series" || found.outside > MOST_OUTSIDE_SHARE || found.shift > MAX_SHIFT_STDS)
    )
      return null;
    return findingOf(at, found);
  },
};

/** The same of a model that was trained on levels and is worse than repeating the last one: the trend is why. */
export const nonStationaryAndBeaten: Rule<ModelCase> = {
  code: "non_stationary_target",
  async look(at) {
    const found = wanderingOf(at.data);
    const beaten = found === null ? null : await beatenBy(at);
    if (found === null || beaten === null) return null;
    return findingOf(at.data, found, {
      baseline: beaten.name,
      modelRmse: short(beaten.modelRmse),
      baselineRmse: short(beaten.baselineRmse),
    });
  },
};
