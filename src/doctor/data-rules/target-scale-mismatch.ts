import { correlation, deviationOf, mean } from "../../numerics/statistics.js";
import type { DataCase } from "../data-case.js";
import { type Finding, type Rule, short } from "../diagnosis.js";
import { type Alignment, alignmentOf, type Windows } from "../evidence/window-source.js";
import { beforeAndAfter } from "../pictures/pictures.js";

/** Standard deviations of one quantity in two parts differ by less, even where the series changes its habits. */
const MAX_STD_RATIO = 5;
const MAX_SHIFT_STDS = 5;

/** What float32 leaves of a scale found twice in the same series, generously: two scalers differ by per cents. */
const ROUNDING_RATIO = 1e-3;

interface Scales {
  readonly train: Alignment;
  readonly held: Alignment;
}

/** What the targets of both parts are made of, where both are images of one feature the same steps ahead. */
function scalesOf(windows: Windows, validation: Windows): Scales | null {
  // Of a target at every step, the last: it lies outside its window.
  const last = (part: Windows): Alignment | null => {
    const isStepwise = part.isSequence && part.y.shape[1] === part.timesteps && part.timesteps > 1;
    return alignmentOf(part, isStepwise ? part.targets[part.width - part.width / part.timesteps] : undefined);
  };
  const [train, held] = [last(windows), last(validation)];
  if (train === null || held === null) return null;
  return train.feature === held.feature && train.horizon === held.horizon ? { train, held } : null;
}

/**
 * The validation targets are on another scale than the training targets, while the inputs are not. Where targets are values of
 * a feature the scales are known exactly; elsewhere only a spread or level far from that of the training is told.
 */
export const targetScaleMismatch: Rule<DataCase> = {
  code: "target_scale_mismatch",
  look(at) {
    const train = at.windows?.targets[0];
    const held = at.validation?.targets[0];
    if (train === undefined || held === undefined || held.length < 5 || at.isClassification) return null;
    const [std, heldStd] = [deviationOf(train), deviationOf(held)];
    if (!(std > 0)) return null;
    const scales = scalesOf(at.windows!, at.validation!);
    if (scales !== null && !areSame(scales, std)) return finding(train, held, scales);
    const ratio = heldStd > 0 ? Math.max(std / heldStd, heldStd / std) : Infinity;
    const shift = Math.abs(mean(held) - mean(train)) / Math.max(std, 1e-30);
    if (ratio <= MAX_STD_RATIO && shift <= MAX_SHIFT_STDS) return null;
    // Inputs that moved in the same way tell of a series that changed, not of two scalers.
    const feature = at.alignment?.feature ?? 0;
    const [inputs, heldInputs] = [at.windows!.columns[feature], at.validation!.columns[feature]];
    if (inputs !== undefined && heldInputs !== undefined) {
      const inputRatio = Math.max(
        deviationOf(inputs) / deviationOf(heldInputs),
        deviationOf(heldInputs) / deviationOf(inputs),
      );
      const inputShift = Math.abs(mean(heldInputs) - mean(inputs)) / Math.max(deviationOf(inputs), 1e-30);
      const movedAlike =
        (ratio <= MAX_STD_RATIO || inputRatio > ratio / 2) &&
        (shift <= MAX_SHIFT_STDS || inputShift > shift / 2);
      if ((movedAlike || scales !== null) && !bothRaw(at)) return null;
    }
    return finding(train, held, null);
  },
};

const areSame = ({ train, held }: Scales, std: number): boolean =>
  Math.abs(held.scale / train.scale - 1) < ROUNDING_RATIO &&
  Math.abs(held.offset - train.offset) < ROUNDING_RATIO * std;

function finding(train: Float64Array, held: Float64Array, scales: Scales | null): Finding {
  const [std, heldStd] = [deviationOf(train), deviationOf(held)];
  const found: Record<string, number | string> =
    scales === null
      ? {}
      : {
          feature: scales.train.feature,
          stepsAhead: scales.train.horizon,
          trainScale: short(scales.train.scale),
          trainOffset: short(scales.train.offset),
          validationScale: short(scales.held.scale),
          validationOffset: short(scales.held.offset),
          scaleBound: ROUNDING_RATIO,
        };
  return {
    title:
      scales === null
        ? `validation targets are scaled otherwise: standard deviation ${short(heldStd)} beside ${short(std)}, mean ${short(mean(held))} beside ${short(mean(train))}`
        : `validation targets are scaled otherwise: ${asFormula(scales.held)} of the inputs, ${asFormula(scales.train)} in training`,
    evidence: {
      ...found,
      trainMean: short(mean(train)),
      trainStd: short(std),
      validationMean: short(mean(held)),
      validationStd: short(heldStd),
      stdRatio: heldStd > 0 ? short(Math.max(std / heldStd, heldStd / std)) : "infinite",
      bound: MAX_STD_RATIO,
      shiftInStds: short(Math.abs(mean(held) - mean(train)) / Math.max(std, 1e-30)),
      shiftBound: MAX_SHIFT_STDS,
    },
    why: "The validation loss measures the distance between two units, not the model: it stays high whatever is learnt, and early stopping and learning rate plateaus follow it.",
    remedy:
      "Fit one scaler on the training part and use it for all: const scaler = standardScaler().fit(train); scaler.transform(validation), inputs and targets alike.",
    fix: { series: { scale: "standard" } },
    picture: beforeAndAfter("Targets of both parts", ["training", train], ["validation", held], {
      x: "sample",
      y: "target",
    }),
  };
}

const asFormula = ({ scale, offset }: Alignment): string =>
  `${short(scale)} × value ${offset < 0 ? "-" : "+"} ${short(Math.abs(offset))}`;

/** Inputs and targets of the validation part both on another scale: still two scalers, if the shape is a copy. */
function bothRaw({ windows, validation }: DataCase): boolean {
  const [train, held] = [windows!.columns[0]!, validation!.columns[0]!];
  const shared = Math.min(train.length, held.length);
  // The parts overlap by a window; there the raw values are an affine image of the scaled ones.
  const overlap = Math.min(windows!.timesteps, shared);
  if (overlap < 5) return false;
  const r = correlation(train.subarray(train.length - overlap), held.subarray(0, overlap));
  const isCopy = 1 - r * r < 1e-8;
  return (
    isCopy &&
    Math.abs(
      deviationOf(train.subarray(train.length - overlap)) / deviationOf(held.subarray(0, overlap)) - 1,
    ) > 0.5
  );
}
