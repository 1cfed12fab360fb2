import { exp, log, log1p } from "../../elementary.js";
import type { Loss } from "../../losses/loss.js";
import { leastSquares } from "../../numerics/least-squares.js";
import { mean as meanOf, median, quantile } from "../../numerics/statistics.js";
import type { Windows } from "./window-source.js";

const logarithm = (p: number): number => log(Math.max(p, 1e-7));

/** Losses of one value that are convex in the answer, by the size of the error. */
const errorLosses: Readonly<Record<string, (config: Loss["config"]) => (error: number) => number>> = {
  huber: ({ delta }) => {
    const bend = Number(delta ?? 1);
    return (error) => (Math.abs(error) <= bend ? 0.5 * error * error : bend * (Math.abs(error) - 0.5 * bend));
  },
  // ln cosh e = |e| + ln(1 + e^-2|e|) - ln 2
  logCosh: () => (error) => Math.abs(error) + log1p(exp(-2 * Math.abs(error))) - log(2),
};

const GOLDEN = (Math.sqrt(5) - 1) / 2;
const SECTIONS = 60;

/** The least mean of a convex loss over all constant answers: a golden-section search between the extremes. */
function leastMean(values: Float64Array, loss: (error: number) => number): number {
  const at = (answer: number): number => meanOf(values.map((value) => loss(answer - value)));
  let low = values.reduce((least, value) => Math.min(least, value), Infinity);
  let high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  let best = Math.min(at(low), at(high));
  for (let i = 0; i < SECTIONS && high > low; i++) {
    const [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
    const [ofLeft, ofRight] = [at(left), at(right)];
    best = Math.min(best, ofLeft, ofRight);
    if (ofLeft < ofRight) high = right;
    else low = left;
  }
  return best;
}

/** The loss of the best constant answer: what a model reaches that has learnt nothing but the mean. */
export function constantLoss(windows: Windows, { name: loss, config }: Loss): number | null {
  const { targets, y } = windows;
  if (targets.length === 0) return null;
  const width = y.shape.at(-1)!;
  // Sequence targets share one constant over their steps.
  const perStep = y.shape.length >= 3 ? width : targets.length;
  const columns =
    perStep === targets.length
      ? targets
      : Array.from({ length: perStep }, (_, k) =>
          Float64Array.from(y.data.filter((_, i) => i % width === k)),
        );
  const mean = (of: (values: Float64Array) => number): number => meanOf(columns.map(of));
  switch (loss) {
    case "meanSquaredError":
      return mean((values) => {
        const center = meanOf(values);
        return meanOf(values.map((value) => (value - center) ** 2));
      });
    case "meanAbsoluteError":
      return mean((values) => {
        const center = median(values);
        return meanOf(values.map((value) => Math.abs(value - center)));
      });
    case "binaryCrossentropy":
      return mean((values) => {
        const p = meanOf(values);
        return p < 0 || p > 1 ? Number.NaN : -(p * logarithm(p) + (1 - p) * logarithm(1 - p));
      });
    case "categoricalCrossentropy":
      return -columns.reduce((sum, values) => sum + meanOf(values) * logarithm(meanOf(values)), 0);
    case "sparseCategoricalCrossentropy": {
      const counts = new Map<number, number>();
      for (const label of y.data) counts.set(label, (counts.get(label) ?? 0) + 1);
      return -[...counts.values()].reduce(
        (sum, n) => sum + (n / y.data.length) * logarithm(n / y.data.length),
        0,
      );
    }
    case "quantile": {
      const levels = config.quantiles as readonly number[];
      const pinball = (values: Float64Array, level: number): number => {
        const answer = quantile(values, level);
        return meanOf(
          values.map((value) => Math.max(level * (value - answer), (level - 1) * (value - answer))),
        );
      };
      return mean((values) => meanOf(levels.map((level) => pinball(values, level))));
    }
    default: {
      const ofError = errorLosses[loss]?.(config);
      return ofError === undefined ? null : mean((values) => leastMean(values, ofError));
    }
  }
}

const MOST_COLUMNS = 80;
const MOST_ROWS = 1500;

/**
 * What a linear regression on the window's last values leaves of the targets' variance, degrees of freedom counted; null
 * where there is a target at every step, or too few samples.
 */
export function linearUnexplained(windows: Windows): number | null {
  const { targets, features, timesteps, samples } = windows;
  const rows = Math.min(samples, MOST_ROWS);
  if (targets.length === 0 || targets.length > 8) return null;
  const columns: Float64Array[] = [new Float64Array(rows).fill(1)];
  const most = Math.min(MOST_COLUMNS, Math.floor(rows / 4));
  for (let t = timesteps - 1; t >= 0; t--) {
    for (let f = 0; f < features && columns.length <= most; f++) {
      columns.push(Float64Array.from({ length: rows }, (_, n) => windows.at(n, t, f)));
    }
  }
  const shares = targets.map((target) => {
    const values = target.subarray(0, rows);
    const center = meanOf(values);
    const whole = values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (rows - 1);
    // Dependent columns (constants) end the fit early; those after them are lost, which only makes it more cautious.
    const fit = leastSquares(columns, values);
    return whole > 0 ? fit.residualSum(fit.rank) / Math.max(1, rows - fit.rank) / whole : 1;
  });
  return Math.min(1, meanOf(shares));
}
