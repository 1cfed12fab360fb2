import { exp, log1p } from "../elementary.js";

/** The 97.5 % quantile of the standard normal: half the width of a 95 % interval, in standard errors. */
export const Z_95 = 1.959963984540054;

/** Abramowitz & Stegun 26.2.11: all terms positive, so nothing cancels; used for |z| < 3. */
function centralHalf(z: number): number {
  let term = z;
  let total = z;
  for (let k = 3; term > total * 1e-17; k += 2) {
    term *= (z * z) / k;
    total += term;
  }
  return total;
}

/** Mills' ratio as a continued fraction (Abramowitz & Stegun 26.2.14), from its tail; 120 levels suffice from 3 up. */
function millsRatio(z: number): number {
  let tail = z;
  for (let k = 120; k >= 1; k--) tail = z + k / tail;
  return 1 / tail;
}

/** P(Z <= z) for a standard normal, to about 1e-15 relative in the lower tail as well as in the middle. */
export function normalCdf(z: number): number {
  const size = Math.abs(z);
  const density = exp((-size * size) / 2) / Math.sqrt(2 * Math.PI);
  if (size < 3) return z < 0 ? 0.5 - density * centralHalf(size) : 0.5 + density * centralHalf(size);
  const tail = density * millsRatio(size);
  return z < 0 ? tail : 1 - tail;
}

/**
 * The z with P(Z <= z) = probability, for 0 < probability < 1: bisection on {@link normalCdf}, to the last bit but a few.
 */
export function normalQuantile(probability: number): number {
  // Symmetric, and the lower tail is where the distribution function is accurate.
  if (probability > 0.5) return -normalQuantile(1 - probability);
  let [low, high] = [-40, 0];
  for (let round = 0; round < 80; round++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < probability) low = middle;
    else high = middle;
  }
  return high;
}

/** The standard deviation that a raw spread s of gaussianNegativeLogLikelihood stands for: √(log(1 + e^s) + 1e-6). */
export const deviationOfRawSpread = (raw: number): number =>
  Math.sqrt(Math.max(raw, 0) + log1p(exp(-Math.abs(raw))) + 1e-6);
