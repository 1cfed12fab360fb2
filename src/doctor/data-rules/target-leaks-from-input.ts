import { correlation } from "../../numerics/statistics.js";
import type { DataCase } from "../data-case.js";
import { type Finding, type Rule, short } from "../diagnosis.js";
import { isSeries, memoryOf, REMEMBERS_Z } from "../evidence/series-order.js";
import type { Windows } from "../evidence/window-source.js";
import { scatter } from "../pictures/pictures.js";

/** float32 leaves two copies of one number this far apart, relative to their spread, at most. */
const EXACT_SHARE = 1e-5;

const columnOf = (windows: Windows, step: number, feature: number): Float64Array =>
  Float64Array.from(windows.targets[0]!, (_, n) => windows.at(n, step, feature));

/** Root mean square of what a straight line through the column leaves of the target, over the target's deviation. */
function leftOver(windows: Windows, step: number, feature: number): number {
  const [target] = windows.targets as [Float64Array];
  const r = correlation(columnOf(windows, step, feature), target);
  return Math.sqrt(Math.max(0, 1 - r * r));
}

/** Whether the series comes back to itself after that many steps: then an old value is a forecast, not a leak. */
function repeats(values: Float64Array, lag: number): boolean {
  if (lag < 1 || values.length <= lag + 3) return false;
  const r = correlation(values.subarray(lag), values.subarray(0, values.length - lag));
  return 1 - r * r < EXACT_SHARE;
}

/** The feature that is the target at every step of its sample, beside features that are not; null where there is none. */
function labelAmongFeatures(windows: Windows): number | null {
  const { timesteps, features, samples, at } = windows;
  if (timesteps < 2 || features < 2) return null;
  const isConstant = (f: number): boolean => {
    for (let n = 0; n < samples; n++)
      for (let step = 1; step < timesteps; step++) if (at(n, step, f) !== at(n, 0, f)) return false;
    return true;
  };
  for (let f = 0; f < features; f++)
    if (leftOver(windows, timesteps - 1, f) ** 2 <= EXACT_SHARE ** 2 * 10 && isConstant(f)) return f;
  return null;
}

/** The target stands in its own window: an exact copy, whatever its scale. High correlation alone proves nothing. */
export const targetLeaksFromInput: Rule<DataCase> = {
  code: "target_leaks_from_input",
  look(at) {
    const { windows } = at;
    // With a target at each step the model is asked for an echo often enough, as an exercise.
    if (windows === null || windows.targets.length === 0 || windows.samples < 10 || at.isIndexed) return null;
    if (
      windows.isSequence &&
      windows.y.shape.length >= 2 &&
      windows.y.shape[1] === windows.timesteps &&
      windows.timesteps > 1
    )
      return null;
    const label = labelAmongFeatures(windows);
    if (label !== null) return asFeature(windows, label);
    // A mapping of independent samples may well be a copy: there is no future that could leak.
    if (!isSeries(windows)) return null;
    const last = windows.timesteps - 1;
    // Sequences that are no windows of one series may ask for something said early on: that is memory, not a leak.
    const first = windows.stride === 0 ? last : 0;
    for (let step = last; step >= first; step--) {
      for (let f = 0; f < windows.features; f++) {
        const rest = leftOver(windows, step, f);
        if (rest ** 2 > EXACT_SHARE ** 2 * 10) continue;
        const lag = last - step;
        const values = windows.columns[f]!;
        if (windows.stride !== 0 && repeats(values, lag + (at.alignment?.horizon ?? 1))) continue;
        // Of draws that remember nothing no future is forecast: to say again what came before is what is asked.
        if (windows.stride !== 0 && lag > 0 && memoryOf(values) < REMEMBERS_Z) continue;
        // A straight line is a copy of itself at every step.
        if (windows.stride !== 0 && repeats(values, 1)) continue;
        return {
          title: `the target is feature ${f} of its own window, ${lag === 0 ? "at the last step" : `${lag} steps before the last`}`,
          evidence: {
            feature: f,
            timeStep: step,
            stepsBeforeLast: lag,
            correlation: short(Math.sqrt(Math.max(0, 1 - rest * rest))),
            unexplained: short(rest),
            bound: EXACT_SHARE,
          },
          why: "The answer is among the inputs. The model learns to copy it, its test error is far too good, and with real future values it fails, for then the answer is not there.",
          remedy:
            "The target of the window that ends at i - 1 is data[i]: slidingWindows(series, { window, horizon: 1 }) pairs them so. Leave features out that are known only together with the target.",
          picture: scatter(
            "The target against a value of its own window",
            "one sample",
            [`feature ${f} at time step ${step} of ${windows.timesteps}`, columnOf(windows, step, f)],
            ["target", windows.targets[0]!],
          ),
        };
      }
    }
    return null;
  },
};

/** The column of answers was left among the inputs: it stands there at each step, and nothing else need be read. */
const asFeature = (windows: Windows, feature: number): Finding => ({
  title: `feature ${feature} is the target itself, at every step`,
  evidence: {
    feature,
    features: windows.features,
    correlation: 1,
    unexplained: short(leftOver(windows, windows.timesteps - 1, feature)),
    bound: EXACT_SHARE,
  },
  why: "The answer is among the inputs. The model learns to copy it and need not look at anything else; where the answer is asked for in earnest, that column is empty.",
  remedy: `Leave column ${feature} out of x: pick the inputs by name, and the target from a table of its own.`,
  picture: scatter(
    "The target against a feature of its own sample",
    "one sample",
    [`feature ${feature}`, columnOf(windows, 0, feature)],
    ["target", windows.targets[0]!],
  ),
});
