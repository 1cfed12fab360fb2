import { numberIn, refuseUnknown } from "../options.js";
import type { Regularizer } from "./regularizer.js";

function sumOfSizes(weights: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += Math.abs(weights[i]!);
  return sum;
}

function sumOfSquares(weights: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i]! * weights[i]!;
  return sum;
}

const lasso = (factor1: number, factor2: number): Pick<Regularizer, "penalty" | "addGradient"> => ({
  penalty: (weights) =>
    // A factor of 0 must not turn an infinite weight into NaN.
    (factor1 === 0 ? 0 : factor1 * sumOfSizes(weights)) +
    (factor2 === 0 ? 0 : factor2 * sumOfSquares(weights)),
  addGradient(weights, _shape, gradient) {
    // The slope of |w| at 0 is taken as 0, as in Keras.
    for (let i = 0; i < weights.length; i++) {
      const w = weights[i]!;
      gradient[i]! += factor1 * Math.sign(w) + 2 * factor2 * w;
    }
  },
});

/** Options of `l1`. */
export interface L1Options {
  /** Default 0.01. */
  readonly l1?: number;
}

/**
 * `l1 * sum |w|`. Drives weights to exactly 0. A number in place of the options is the factor, as in Keras: `l1(0.001)`.
 * @throws ConfigError for an unknown option or a negative factor.
 * @throws ConfigError for an unknown option or a negative factor.
 *
 * @example
 * dense({ units: 8, kernelRegularizer: l1({ l1: 0.001 }) });
 */
export function l1(options: L1Options | number = {}): Regularizer {
  const given = typeof options === "number" ? { l1: options } : options;
  refuseUnknown("l1()", given, ["l1"]);
  const factor = numberIn("l1()", "l1", given.l1 ?? 0.01, { min: 0 });
  return { name: "l1", config: { l1: factor }, ...lasso(factor, 0) };
}

/** Options of `l2`. */
export interface L2Options {
  /** Default 0.01. */
  readonly l2?: number;
}

/**
 * `l2 * sum w²`, without the one half some systems put there (Keras). A number in place of the options is the factor, as in
 * Keras: `l2(0.001)`.
 * @throws ConfigError for an unknown option or a negative factor.
 * @throws ConfigError for an unknown option or a negative factor.
 *
 * @example
 * dense({ units: 8, kernelRegularizer: l2({ l2: 0.001 }) });
 */
export function l2(options: L2Options | number = {}): Regularizer {
  const given = typeof options === "number" ? { l2: options } : options;
  refuseUnknown("l2()", given, ["l2"]);
  const factor = numberIn("l2()", "l2", given.l2 ?? 0.01, { min: 0 });
  return { name: "l2", config: { l2: factor }, ...lasso(0, factor) };
}

/** Options of `l1l2`. */
export interface L1L2Options extends L1Options, L2Options {}

/**
 * `l1 * sum |w| + l2 * sum w²`. A factor left out is 0; with both left out, where Keras 3 would regularize by nothing,
 * both are 0.01.
 * @throws ConfigError for an unknown option or a negative factor.
 *
 * @example
 * dense({ units: 8, kernelRegularizer: l1l2({ l1: 0.001, l2: 0.001 }) });
 */
export function l1l2(options: L1L2Options = {}): Regularizer {
  refuseUnknown("l1l2()", options, ["l1", "l2"]);
  const otherwise = options.l1 === undefined && options.l2 === undefined ? 0.01 : 0;
  const factor1 = numberIn("l1l2()", "l1", options.l1 ?? otherwise, { min: 0 });
  const factor2 = numberIn("l1l2()", "l2", options.l2 ?? otherwise, { min: 0 });
  return { name: "l1l2", config: { l1: factor1, l2: factor2 }, ...lasso(factor1, factor2) };
}
