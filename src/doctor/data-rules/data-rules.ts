import type { DataCase } from "../data-case.js";
import type { Rule } from "../diagnosis.js";
import { classImbalance } from "./class-imbalance.js";
import { constantFeature } from "./constant-feature.js";
import { constantTarget } from "./constant-target.js";
import { dataDrift } from "./data-drift.js";
import { dataLeakageScaler } from "./data-leakage-scaler.js";
import { duplicateWindowsAcrossSplit } from "./duplicate-windows-across-split.js";
import { insufficientData } from "./insufficient-data.js";
import { missingValues } from "./missing-values.js";
import { noiseFeatures } from "./noise-features.js";
import { nonStationaryTarget } from "./non-stationary-target.js";
import { nothingToLearn } from "./nothing-to-learn.js";
import { outliers } from "./outliers.js";
import { targetLeaksFromInput } from "./target-leaks-from-input.js";
import { targetScaleMismatch } from "./target-scale-mismatch.js";
import { targetsNotMatchingInputs } from "./targets-not-matching-inputs.js";
import { timeAndFeaturesSwapped } from "./time-and-features-swapped.js";
import { unscaledInputs } from "./unscaled-inputs.js";
import { unscaledTarget } from "./unscaled-target.js";
import { unusedFeatures } from "./unused-features.js";
import { windowLengthOne } from "./window-length-one.js";
import { windowShorterThanPeriod } from "./window-shorter-than-period.js";

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
  timeAndFeaturesSwapped,
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
  nothingToLearn,
];
