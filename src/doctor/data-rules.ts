import type { DataCase } from "./data-case.js";
import type { Rule } from "./diagnosis.js";
import { classImbalance } from "./rules/class-imbalance.js";
import { constantFeature } from "./rules/constant-feature.js";
import { constantTarget } from "./rules/constant-target.js";
import { dataDrift } from "./rules/data-drift.js";
import { dataLeakageScaler } from "./rules/data-leakage-scaler.js";
import { duplicateWindowsAcrossSplit } from "./rules/duplicate-windows-across-split.js";
import { insufficientData } from "./rules/insufficient-data.js";
import { missingValues } from "./rules/missing-values.js";
import { noiseFeatures } from "./rules/noise-features.js";
import { nonStationaryTarget } from "./rules/non-stationary-target.js";
import { outliers } from "./rules/outliers.js";
import { targetLeaksFromInput } from "./rules/target-leaks-from-input.js";
import { targetScaleMismatch } from "./rules/target-scale-mismatch.js";
import { targetsNotMatchingInputs } from "./rules/targets-not-matching-inputs.js";
import { unscaledInputs } from "./rules/unscaled-inputs.js";
import { unscaledTarget } from "./rules/unscaled-target.js";
import { unusedFeatures } from "./rules/unused-features.js";
import { windowLengthOne } from "./rules/window-length-one.js";
import { windowShorterThanPeriod } from "./rules/window-shorter-than-period.js";

/** What can be seen in data alone; causes before their symptoms. */
export const dataRules: readonly Rule<DataCase>[] = [
  constantFeature,
  missingValues,
  insufficientData,
  constantTarget,
  outliers,
  unscaledTarget,
  unscaledInputs,
  targetLeaksFromInput,
  targetsNotMatchingInputs,
  windowLengthOne,
  windowShorterThanPeriod,
  targetScaleMismatch,
  dataLeakageScaler,
  duplicateWindowsAcrossSplit,
  nonStationaryTarget,
  dataDrift,
  classImbalance,
  unusedFeatures,
  noiseFeatures,
];
