import { normalQuantile } from "./normal.js";

/**
 * The t with P(T <= t) = probability for Student's distribution: the expansion of Cornish & Fisher about the normal
 * quantile (Abramowitz & Stegun 26.7.5), at levels of 0.01 to 0.99 within 1 % from four degrees of freedom on; with one,
 * 4 % too small at 0.9.
 */
export function studentQuantile(probability: number, freedom: number): number {
  const z = normalQuantile(probability);
  const [z3, z5, z7] = [z ** 3, z ** 5, z ** 7];
  return (
    z +
    (z3 + z) / (4 * freedom) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom ** 3)
  );
}
