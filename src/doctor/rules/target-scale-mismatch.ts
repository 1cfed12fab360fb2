import type { DataCase } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import { beforeAndAfter } from "../pictures.js";
import { correlation, deviationOf, meanOf } from "../statistics.js";

/** Standard deviations of one quantity in two parts differ by less, even where the series changes its habits. */
const SPREAD_RATIO = 5;
const SHIFT = 5;

/** The validation targets are on another scale than the training targets, while the inputs are not. */
export const targetScaleMismatch: Rule<DataCase> = {
  code: "target_scale_mismatch",
  severity: "error",
  explainedBy: ["missing_values", "constant_target", "outliers"],
  look(at) {
    const train = at.windows?.targets[0];
    const held = at.validation?.targets[0];
    if (train === undefined || held === undefined || held.length < 5 || at.isClassification) return null;
    const [std, heldStd] = [deviationOf(train), deviationOf(held)];
    if (!(std > 0)) return null;
    const ratio = heldStd > 0 ? Math.max(std / heldStd, heldStd / std) : Infinity;
    const shift = Math.abs(meanOf(held) - meanOf(train)) / Math.max(std, 1e-30);
    if (ratio <= SPREAD_RATIO && shift <= SHIFT) return null;
    // Inputs that moved in the same way tell of a series that changed, not of two scalers.
    const feature = at.alignment?.feature ?? 0;
    const [inputs, heldInputs] = [at.windows!.columns[feature], at.validation!.columns[feature]];
    if (inputs !== undefined && heldInputs !== undefined) {
      const inputRatio = Math.max(
        deviationOf(inputs) / deviationOf(heldInputs),
        deviationOf(heldInputs) / deviationOf(inputs),
      );
      const inputShift = Math.abs(meanOf(heldInputs) - meanOf(inputs)) / Math.max(deviationOf(inputs), 1e-30);
      const movedAlike =
        (ratio <= SPREAD_RATIO || inputRatio > ratio / 2) && (shift <= SHIFT || inputShift > shift / 2);
      if (movedAlike && !bothRaw(at)) return null;
    }
    return {
      title: `validation targets are scaled otherwise: standard deviation ${short(heldStd)} beside ${short(std)}, mean ${short(meanOf(held))} beside ${short(meanOf(train))}`,
      evidence: {
        trainMean: short(meanOf(train)),
        trainStd: short(std),
        validationMean: short(meanOf(held)),
        validationStd: short(heldStd),
        stdRatio: short(ratio),
        bound: SPREAD_RATIO,
        shiftInStds: short(shift),
        shiftBound: SHIFT,
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
  },
};

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
