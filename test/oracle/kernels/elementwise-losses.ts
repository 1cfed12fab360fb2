/** The losses of assembly/loss/ that are means over the width, in float64. */
import type { Row, RowLoss } from "./row-loss.js";
import { sigmoid, softplus } from "./simd.js";

const EPSILON = 1e-7;

type Pointwise = (p: number, t: number) => number;

const averaged = (value: Pointwise, gradient: Pointwise): RowLoss => ({
  value: (p: Row, t: Row) => p.reduce((sum, v, j) => sum + value(v, t[j]!), 0) / p.length,
  gradient: (p: Row, t: Row) => p.map((v, j) => gradient(v, t[j]!) / p.length),
});

export const meanSquaredError = averaged(
  (p, t) => (p - t) ** 2,
  (p, t) => 2 * (p - t),
);

export const meanAbsoluteError = averaged(
  (p, t) => Math.abs(p - t),
  (p, t) => Math.sign(p - t),
);

export const huber = (delta: number): RowLoss =>
  averaged(
    (p, t) => {
      const size = Math.abs(p - t);
      return size <= delta ? size ** 2 / 2 : delta * size - delta ** 2 / 2;
    },
    (p, t) => Math.max(-delta, Math.min(delta, p - t)),
  );

export const logCosh = averaged(
  (p, t) => {
    const size = Math.abs(p - t);
    // ln(1 + 2 sinh²(a/2)) where a + ln(1 + e^-2a) - ln 2 would cancel.
    return size < 1
      ? Math.log1p(2 * Math.sinh(size / 2) ** 2)
      : size + Math.log1p(Math.exp(-2 * size)) - Math.LN2;
  },
  (p, t) => Math.tanh(p - t),
);

export const meanAbsolutePercentage = averaged(
  (p, t) => (100 * Math.abs(t - p)) / Math.max(Math.abs(t), EPSILON),
  (p, t) => (100 * Math.sign(p - t)) / Math.max(Math.abs(t), EPSILON),
);

export const poisson = averaged(
  (p, t) => p - t * Math.log(p + EPSILON),
  (p, t) => 1 - t / (p + EPSILON),
);

const logAbove = (x: number): number => Math.log1p(Math.max(x, EPSILON));

export const meanSquaredLogarithmic = averaged(
  (p, t) => (logAbove(p) - logAbove(t)) ** 2,
  (p, t) => (p < EPSILON ? 0 : (2 * (logAbove(p) - logAbove(t))) / (1 + p)),
);

const sign = (t: number, binary: number): number => (binary === 1 ? 2 * t - 1 : t);

export const hinge = (binary: number): RowLoss =>
  averaged(
    (p, t) => Math.max(1 - sign(t, binary) * p, 0),
    (p, t) => (1 - sign(t, binary) * p > 0 ? -sign(t, binary) : 0),
  );

export const squaredHinge = (binary: number): RowLoss =>
  averaged(
    (p, t) => Math.max(1 - sign(t, binary) * p, 0) ** 2,
    (p, t) => -2 * sign(t, binary) * Math.max(1 - sign(t, binary) * p, 0),
  );

const share = (x: number): number => Math.max(EPSILON, Math.min(1, x));

/** A sum over the width, where the others are means. */
export const klDivergence: RowLoss = {
  value: (p, t) => p.reduce((sum, v, j) => sum + share(t[j]!) * Math.log(share(t[j]!) / share(v)), 0),
  gradient: (p, t) => p.map((v, j) => (v < EPSILON || v > 1 ? 0 : -share(t[j]!) / v)),
};

const smoothed = (t: number, smoothing: number): number => t * (1 - smoothing) + smoothing / 2;

/** The upper bound as float32 has it: 1 - 1e-7 is no float. */
const UPPER = Math.fround(1 - EPSILON);

export const binaryCrossentropy = (smoothing: number): RowLoss =>
  averaged(
    (p, target) => {
      const t = smoothed(target, smoothing);
      const q = Math.min(Math.max(p, EPSILON), UPPER);
      return -t * Math.log(q) - (1 - t) * Math.log1p(-q);
    },
    (p, target) => {
      if (p < EPSILON || p > UPPER) return 0;
      return (p - smoothed(target, smoothing)) / (p * (1 - p));
    },
  );

export const binaryCrossentropyFromLogits = (smoothing: number): RowLoss =>
  averaged(
    (z, t) => softplus(z) - z * smoothed(t, smoothing),
    (z, t) => sigmoid(z) - smoothed(t, smoothing),
  );
