import { deviationOf, mean } from "../../numerics/statistics.js";
import type { Picture } from "../../viz/picture.js";
import type { DataCase } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import { bars } from "../pictures/pictures.js";

/** Mean 0 and standard deviation 1 (or minimum 0 and maximum 1) to rounding: no series is so by chance. */
const EXACT_DISTANCE = 2e-4;
/** The training part alone must differ by this much, or the scaler's part cannot be told. */
const VISIBLE_DISTANCE = 0.01;
const MOST_TARGETS = 65;

interface Scale {
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
}

const scaleOf = (values: Float64Array): Scale => ({
  mean: mean(values),
  std: deviationOf(values),
  min: values.reduce((a, b) => Math.min(a, b), Infinity),
  max: values.reduce((a, b) => Math.max(a, b), -Infinity),
});

const isStandard = ({ mean, std }: Scale, within: number): boolean =>
  Math.abs(mean) < within && Math.abs(std - 1) < within;
const isMinMax = ({ min, max }: Scale, within: number): boolean =>
  Math.abs(min) < within && Math.abs(max - 1) < within;

/** The series behind training windows followed by validation windows, without the steps they share. */
function joined(train: Float64Array, held: Float64Array, timesteps: number): Float64Array[] {
  const candidates = [Float64Array.from([...train, ...held])];
  for (let overlap = 1; overlap <= Math.min(timesteps + 1, held.length, train.length); overlap++) {
    const tail = train.subarray(train.length - overlap);
    if (tail.every((value, i) => value === held[i]))
      candidates.unshift(Float64Array.from([...train, ...held.subarray(overlap)]));
  }
  return candidates;
}

/** A feature's whole timeline: windows, then the last target, which no window of the part holds. */
function timeline(windows: NonNullable<DataCase["windows"]>, at: DataCase): Float64Array {
  const { alignment } = at;
  const column = windows.columns[alignment?.feature ?? 0]!;
  if (alignment === null || alignment.horizon !== 1 || windows.stride !== 1) return column;
  const last = (windows.targets[0]!.at(-1)! - alignment.offset) / alignment.scale;
  return Float64Array.from([...column, last]);
}

/** The scaler was fitted on training and validation together: only both together have mean 0 and deviation 1. */
export const dataLeakageScaler: Rule<DataCase> = {
  code: "data_leakage_scaler",
  look(at) {
    const { windows, validation } = at;
    if (windows === null || windows.stride === 0) return null;
    const train = timeline(windows, at);
    const own = scaleOf(train);
    let whole: Scale | undefined;
    let kind = "";
    const wholes =
      validation === null ? [] : joined(train, timeline(validation, at), windows.timesteps + 1).map(scaleOf);
    for (const scale of wholes) {
      if (isStandard(scale, EXACT_DISTANCE) && !isStandard(own, VISIBLE_DISTANCE))
        [whole, kind] = [scale, "standard"];
      else if (isMinMax(scale, EXACT_DISTANCE) && !isMinMax(own, VISIBLE_DISTANCE))
        [whole, kind] = [scale, "min-max"];
      if (whole !== undefined) break;
    }
    const found = whole === undefined ? fromSeries(at, train) : { scale: whole, kind };
    if (found === null) return null;
    return {
      title: `the ${found.kind} scaler has seen the validation or test part`,
      evidence: {
        trainMean: short(own.mean),
        trainStd: short(own.std),
        trainMin: short(own.min),
        trainMax: short(own.max),
        wholeMean: short(found.scale.mean),
        wholeStd: short(found.scale.std),
        wholeMin: short(found.scale.min),
        wholeMax: short(found.scale.max),
        bound: VISIBLE_DISTANCE,
      },
      why: "Mean and spread of the future went into every training value: the measured error is better than what the model will reach on days nobody has seen.",
      remedy:
        "const scaler = standardScaler().fit(series.slice(0, trainLength)); then transform both parts with it.",
      fix: { series: { scale: "standard" } },
      picture: spreads(own, found),
    };
  },
};

/** With the raw series: the scaled training values are an affine image of it whose constants are the whole series'. */
function fromSeries(at: DataCase, train: Float64Array): { scale: Scale; kind: string } | null {
  const raw = at.series;
  if (raw === null || raw.length <= train.length + 5 || raw.some((value) => !Number.isFinite(value)))
    return null;
  const part = raw.subarray(0, train.length);
  const spread = deviationOf(part);
  if (!(spread > 0)) return null;
  const factor = deviationOf(train) / spread;
  const offset = mean(train) - factor * mean(part);
  if (!part.every((value, i) => Math.abs(value * factor + offset - train[i]!) < 1e-3 * deviationOf(train)))
    return null;
  const scaled = raw.map((value) => value * factor + offset);
  // The last training values are targets alone, of several steps ahead some dozen: a scaler fitted on them too leaks nothing.
  for (let end = train.length; end < Math.min(train.length + MOST_TARGETS, raw.length - 5); end++) {
    const own = scaleOf(scaled.subarray(0, end));
    if (isStandard(own, EXACT_DISTANCE) || isMinMax(own, EXACT_DISTANCE)) return null;
  }
  const scale = scaleOf(scaled);
  const own = scaleOf(train);
  if (isStandard(scale, 10 * EXACT_DISTANCE) && !isStandard(own, VISIBLE_DISTANCE))
    return { scale, kind: "standard" };
  if (isMinMax(scale, 10 * EXACT_DISTANCE) && !isMinMax(own, VISIBLE_DISTANCE))
    return { scale, kind: "min-max" };
  return null;
}

/** What the scaler should have made of the training part, and of which part it did. */
function spreads(own: Scale, { scale, kind }: { scale: Scale; kind: string }): Picture {
  const isMinMaxed = kind === "min-max";
  const spread = ({ mean, std, min, max }: Scale): readonly [number, number] =>
    isMinMaxed ? [min, max] : [mean - std, mean + std];
  return bars(
    "What the scaler was fitted on",
    [
      ["training part", spread(own)],
      ["with what follows", spread(scale)],
    ],
    {
      x: isMinMaxed ? "scaled value, minimum to maximum" : "scaled value, mean ± standard deviation",
      y: "part",
      marks: isMinMaxed
        ? { "0 if fitted on it": 0, "1 if fitted on it": 1 }
        : { "-1 if fitted on it": -1, "1 if fitted on it": 1 },
    },
  );
}
