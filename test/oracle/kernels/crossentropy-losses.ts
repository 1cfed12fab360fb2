/** Crossentropies over classes in float64. */
import type { Row, RowLoss } from "./row-loss.js";
import { softmax } from "./softmax.js";

const EPSILON = 1e-7;
const UPPER = Math.fround(1 - EPSILON);

const total = (values: Row): number => values.reduce((sum, v) => sum + v, 0);
const smoothed = (t: Row, smoothing: number): number[] =>
  t.map((v) => v * (1 - smoothing) + smoothing / t.length);

/** l = -Σ t ln clip(p / Σp). */
export const categoricalCrossentropy = (smoothing: number): RowLoss => ({
  value: (p, target) => {
    const t = smoothed(target, smoothing);
    const sum = total(p);
    return -total(p.map((v, j) => t[j]! * Math.log(Math.min(Math.max(v / sum, EPSILON), UPPER))));
  },
  // By the quotient rule: ∂q_k/∂p_j = (δ_jk - q_k) / Σp.
  gradient: (p, target) => {
    const t = smoothed(target, smoothing);
    const sum = total(p);
    const q = p.map((v) => v / sum);
    const slope = q.map((v, k) => (v < EPSILON || v > UPPER ? 0 : -t[k]! / v));
    return p.map((_, j) => total(q.map((v, k) => (slope[k]! * ((j === k ? 1 : 0) - v)) / sum)));
  },
});

/** l = -Σ t ln softmax(z). */
export const categoricalCrossentropyFromLogits = (smoothing: number): RowLoss => ({
  value: (z, target) => {
    const t = smoothed(target, smoothing);
    const top = Math.max(...z);
    const logSum = top + Math.log(total(z.map((v) => Math.exp(v - top))));
    return total(z.map((v, j) => t[j]! * (logSum - v)));
  },
  gradient: (z, target) => {
    const t = smoothed(target, smoothing);
    const weight = total(t);
    return softmax(z).map((y, j) => y * weight - t[j]!);
  },
});

const oneHot = (index: number, width: number): number[] =>
  Array.from({ length: width }, (_, j) => (j === index ? 1 : 0));

/** The same for a class index in place of a row of targets. */
export const sparse = (dense: RowLoss): RowLoss => ({
  value: (p, target) => dense.value(p, oneHot(target[0]!, p.length)),
  gradient: (p, target) => dense.gradient(p, oneHot(target[0]!, p.length)),
});
