import { exp, log } from "../elementary.js";
import type { Distribution } from "./space.js";

/** Half a step to each side, so that the outermost values are as likely as the others. */
const HALF = 0.5;

/** How many values a distribution has; Infinity for a real number. */
export function countOf(distribution: Distribution): number {
  if (distribution.distribution === "choice") return distribution.options.length;
  if (distribution.distribution === "int") return distribution.high - distribution.low + 1;
  if (distribution.distribution === "uniform" && distribution.step !== undefined) {
    // 0.1 is no binary fraction: (0.5 - 0) / 0.1 must count as five.
    return Math.floor((distribution.high - distribution.low) / distribution.step + 1e-9) + 1;
  }
  return Number.POSITIVE_INFINITY;
}

/** The value with an index, of a distribution that has countably many. */
export function valueAt(distribution: Distribution, index: number): unknown {
  if (distribution.distribution === "choice") return distribution.options[index];
  const step = distribution.distribution === "uniform" ? distribution.step! : 1;
  return Math.min(distribution.high, distribution.low + index * step);
}

/** A point of [0, 1) as a value: equal shares of the interval are equally likely. */
export function fromUnit(distribution: Distribution, u: number): unknown {
  if (distribution.distribution === "logUniform") {
    const [low, high] = [log(distribution.low), log(distribution.high)];
    return clamp(exp(low + u * (high - low)), distribution);
  }
  if (distribution.distribution === "int" && distribution.log) {
    const [low, high] = [log(distribution.low - HALF), log(distribution.high + HALF)];
    return clamp(Math.round(exp(low + u * (high - low))), distribution);
  }
  const count = countOf(distribution);
  if (count < Number.POSITIVE_INFINITY)
    return valueAt(distribution, Math.min(count - 1, Math.floor(u * count)));
  const { low, high } = distribution as { low: number; high: number };
  return clamp(low + u * (high - low), { low, high });
}

export const clamp = (
  value: number,
  { low, high }: { readonly low: number; readonly high: number },
): number => Math.min(high, Math.max(low, value));
