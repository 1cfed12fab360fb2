import { exp, expm1, log, log1p } from "../../elementary.js";
import { DataError } from "../../errors.js";
import { minimize } from "../../numerics/minimize.js";
import { largestMagnitude, variance } from "../../numerics/statistics.js";
import { flag, oneOf, refuseUnknown } from "../../options.js";
import { createScaler, type Scaler, type ScalerMethod } from "./scaler.js";
import { standardParameters } from "./standard-scaler.js";

/** Options of `powerTransform`. */
export interface PowerTransformOptions {
  /** `"yeo-johnson"` (default) takes every number, `"box-cox"` positive ones only. */
  readonly method?: "yeo-johnson" | "box-cox";
  /** Mean 0 and standard deviation 1 after the power. Default true. */
  readonly standardize?: boolean;
}

export type PowerParameters = { readonly lambda: number; readonly mean: number; readonly scale: number };

/** (e^(lambda u) - 1) / lambda with its limit u at lambda = 0: Box-Cox of x is this of log x. */
const power = (u: number, lambda: number): number => (lambda === 0 ? u : expm1(lambda * u) / lambda);
/** The inverse; NaN where y is outside the image, which is bounded on one side by -1 / lambda. */
const root = (y: number, lambda: number): number => (lambda === 0 ? y : log1p(lambda * y) / lambda);

interface Family {
  apply(x: number, lambda: number): number;
  invert(y: number, lambda: number): number;
  /** log |dy/dx| is (lambda - 1) times this. */
  logJacobian(x: number): number;
}

/** G. E. P. Box & D. R. Cox, *An Analysis of Transformations*, JRSS B 26(2), 1964. */
const boxCox: Family = {
  apply: (x, lambda) => power(log(x), lambda),
  invert: (y, lambda) => exp(root(y, lambda)),
  logJacobian: log,
};

/** I.-K. Yeo & R. A. Johnson, *A new family of power transformations*, Biometrika 87(4), 2000, eq. (2.1). */
const yeoJohnson: Family = {
  apply: (x, lambda) => (x >= 0 ? power(log1p(x), lambda) : -power(log1p(-x), 2 - lambda)),
  invert: (y, lambda) => (y >= 0 ? expm1(root(y, lambda)) : -expm1(root(-y, 2 - lambda))),
  logJacobian: (x) => (x >= 0 ? log1p(x) : -log1p(-x)),
};

/** How finely values tell from each other, relative to the largest: what float64 rounding is measured against. */
const resolution = (values: Float64Array, spread: number): number =>
  Math.sqrt(spread) / largestMagnitude(values);

/** A transform may cost six of float64's sixteen digits; beyond that it could not be inverted any more. */
const LEAST_RESOLUTION = 1e-6;

/**
 * The lambda under which the transformed values look most normal: maximum profile likelihood. Few distinct values have
 * no likeliest lambda but ever more extreme ones, which press them together; the bound on resolution ends that.
 */
function likeliestLambda(values: Float64Array, family: Family): number {
  const logJacobian = values.reduce((sum, x) => sum + family.logJacobian(x), 0) / values.length;
  const least = LEAST_RESOLUTION * resolution(values, variance(values));
  return minimize(
    (lambda) => {
      const transformed = values.map((x) => family.apply(x, lambda));
      const spread = variance(transformed);
      const sound =
        spread < Number.POSITIVE_INFINITY && resolution(transformed, spread) >= least && spread > 0;
      return sound ? log(spread) / 2 - (lambda - 1) * logJacobian : Number.POSITIVE_INFINITY;
    },
    [-2, 2],
  );
}

export function powerMethod(options: PowerTransformOptions): ScalerMethod<PowerParameters> {
  const where = "powerTransform()";
  refuseUnknown(where, options, ["method", "standardize"]);
  const method = oneOf(where, "method", options.method ?? "yeo-johnson", ["yeo-johnson", "box-cox"]);
  const standardize = flag(where, "standardize", options.standardize ?? true);
  const family = method === "box-cox" ? boxCox : yeoJohnson;
  const positive = (x: number, place: string): void => {
    if (method !== "box-cox" || x > 0) return;
    throw new DataError(
      `${where}: ${place} is ${x}, and Box-Cox takes values above zero only. Use method "yeo-johnson".`,
      { received: x, expected: "> 0" },
    );
  };
  return {
    kind: "powerTransform",
    options: { method, standardize },
    parameters: ["lambda", "mean", "scale"],
    learn(values, column) {
      for (const x of values) positive(x, `a value of column ${column}`);
      // Every power of a constant is constant: the likelihood has no maximum, and 1 changes nothing.
      const constant = values.every((x) => x === values[0]);
      const lambda = constant ? 1 : likeliestLambda(values, family);
      if (!standardize) return { lambda, mean: 0, scale: 1 };
      return {
        lambda,
        ...standardParameters(values.map((x) => family.apply(x, lambda))),
      };
    },
    apply(x, { lambda, mean, scale }) {
      positive(x, "a value");
      return (family.apply(x, lambda) - mean) / scale;
    },
    invert: (y, { lambda, mean, scale }) => family.invert(y * scale + mean, lambda),
  };
}

/**
 * Makes each column as nearly normal as a power can: Box-Cox or Yeo-Johnson, the exponent by maximum likelihood, as
 * scikit-learn's `PowerTransformer`.
 *
 * Both transforms have a bounded image for most exponents, so `inverseTransform` may meet a forecast that no value maps
 * to; that is a DataError (scikit-learn gives NaN).
 * @throws DataError in `fit` and `transform` when Box-Cox meets a value that is not above zero.
 *
 * @example
 * powerTransform({ method: "yeo-johnson" }).fitTransform(series);
 */
export const powerTransform = (options: PowerTransformOptions = {}): Scaler =>
  createScaler(powerMethod(options));
