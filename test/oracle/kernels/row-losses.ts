/** Losses of whole rows in float64: cosine similarity, quantiles, Gaussian likelihood. */
import type { Row, RowLoss } from "./row-loss.js";
import { sigmoid, softplus } from "./simd.js";

const EPSILON = 1e-7;
const length = (v: Row): number => Math.hypot(...v);
const dot = (a: Row, b: Row): number => a.reduce((sum, v, j) => sum + v * b[j]!, 0);

export const cosineSimilarity: RowLoss = {
  value: (p, t) => -dot(p, t) / (Math.max(length(p), EPSILON) * Math.max(length(t), EPSILON)),
  gradient: (p, t) => {
    const pNorm = Math.max(length(p), EPSILON);
    const tNorm = Math.max(length(t), EPSILON);
    const cosine = dot(p, t) / (pNorm * tNorm);
    const turning = length(p) < EPSILON ? 0 : 1;
    return p.map((v, j) => (-t[j]! / tNorm + (turning * cosine * v) / pNorm) / pNorm);
  },
};

/** Predictions [outputs, levels], targets [outputs]. */
export const quantile = (levels: Row): RowLoss => ({
  value: (p, t) =>
    p.reduce((sum, v, j) => {
      const level = levels[j % levels.length]!;
      const under = t[Math.floor(j / levels.length)]! - v;
      return sum + Math.max(level * under, (level - 1) * under);
    }, 0) / p.length,
  gradient: (p, t) =>
    p.map((v, j) => {
      const level = levels[j % levels.length]!;
      const under = t[Math.floor(j / levels.length)]! - v;
      return (under > 0 ? -level : under < 0 ? 1 - level : 0) / p.length;
    }),
});

/** Predictions: the means, then the raw spreads. */
export const gaussianNegativeLogLikelihood: RowLoss = {
  value: (p, t) => {
    const outputs = p.length / 2;
    return (
      t.reduce((sum, target, j) => {
        const variance = softplus(p[outputs + j]!) + 1e-6;
        return sum + (Math.log(variance) + (p[j]! - target) ** 2 / variance) / 2;
      }, 0) / outputs
    );
  },
  gradient: (p, t) => {
    const outputs = p.length / 2;
    return p.map((_, column) => {
      const j = column % outputs;
      const s = p[outputs + j]!;
      const variance = softplus(s) + 1e-6;
      const difference = p[j]! - t[j]!;
      if (column < outputs) return difference / variance / outputs;
      return ((1 / variance - difference ** 2 / variance ** 2) / 2) * (sigmoid(s) / outputs);
    });
  },
};
