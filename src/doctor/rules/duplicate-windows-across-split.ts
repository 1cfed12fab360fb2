import type { DataCase } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import { bars, PER_CENT } from "../pictures.js";
import type { Windows } from "../windows.js";

/** A split in time shares no answer; one at random nearly all. Some repeated days are no leak. */
const BOUND = 0.1;

/** The last steps of a window with its target, as a key; the whole row with several features. */
function answers(windows: Windows): string[] {
  const { samples, timesteps, features, at, targets } = windows;
  const steps = Math.min(3, timesteps);
  return Array.from({ length: samples }, (_, n) => {
    const row: number[] = [];
    for (let t = timesteps - steps; t < timesteps; t++)
      for (let f = 0; f < features; f++) row.push(at(n, t, f));
    return `${row.join()}>${targets.map((target) => target[n]).join()}`;
  });
}

/** Every place inside the windows that reads like the end of a window with its answer: one feature, one target alone. */
function insides(windows: Windows): Set<string> {
  const { samples, timesteps, at } = windows;
  const steps = Math.min(3, timesteps);
  const keys = new Set<string>();
  for (let n = 0; n < samples; n++) {
    for (let t = 0; t + steps < timesteps; t++) {
      const row = Array.from({ length: steps }, (_, i) => at(n, t + i, 0));
      keys.add(`${row.join()}>${at(n, t + steps, 0)}`);
    }
  }
  return keys;
}

/** Validation examples whose answer stands in the training windows: split after windows were cut and shuffled. */
export const duplicateWindowsAcrossSplit: Rule<DataCase> = {
  code: "duplicate_windows_across_split",
  severity: "warning",
  explainedBy: ["missing_values", "constant_feature", "constant_target", "target_leaks_from_input"],
  look(at) {
    const { windows, validation } = at;
    if (windows === null || validation === null || at.isIndexed || !windows.isSequence) return null;
    const own = answers(windows);
    const distinct = new Set(own);
    // A series that repeats itself exactly has its windows many times over by nature.
    if (distinct.size < 0.9 * own.length) return null;
    const univariate = windows.features === 1 && windows.width === 1;
    const inside = univariate ? insides(windows) : new Set<string>();
    const asked = answers(validation);
    const known = asked.reduce((count, key) => count + (distinct.has(key) || inside.has(key) ? 1 : 0), 0);
    const share = known / asked.length;
    if (!(share > BOUND) || known < 3) return null;
    return {
      title: `${short(100 * share)} % of the validation answers stand in the training windows`,
      evidence: { known, validationSamples: asked.length, share: short(share), bound: BOUND },
      why: "Neighbouring windows share all but one value. Split at random, the training part has seen the value each validation window asks for: the validation loss measures memory, and early stopping never stops.",
      remedy:
        "Split the series in time first, then cut windows from each part: trainTestSplit(series, { testFraction: 0.2 }), with gap: window where windows must not touch; or timeSeriesSplit.",
      picture: bars(
        "Answers of the validation windows",
        [
          ["in training windows too", 100 * share],
          ["new", 100 - 100 * share],
        ],
        {
          x: `share of ${asked.length} validation windows (%)`,
          y: "answer",
          range: PER_CENT,
          marks: { [`bound ${100 * BOUND} %`]: 100 * BOUND },
        },
      ),
    };
  },
};
