import { numberIn, refuseUnknown } from "../options.js";
import { type AxisOption, axisOf, type Constraint, rescale } from "./constraint.js";

/** Options of `maxNorm`. */
export interface MaxNormOptions extends AxisOption {
  /** Default 2. */
  readonly maxValue?: number;
}

/**
 * Vectors longer than `maxValue` are shortened to it. Srivastava et al. (2014). Source: Keras's MaxNorm.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * lstm({ units: 8, recurrentConstraint: maxNorm({ maxValue: 3 }) });
 */
export function maxNorm(options: MaxNormOptions = {}): Constraint {
  refuseUnknown("maxNorm()", options, ["maxValue", "axis"]);
  const maxValue = numberIn("maxNorm()", "maxValue", options.maxValue ?? 2, { min: 0 });
  const axis = axisOf("maxNorm()", options);
  return {
    name: "maxNorm",
    config: { maxValue, axis },
    project: (weights, shape) =>
      rescale("maxNorm()", weights, shape, axis, (norm) => Math.min(norm, maxValue)),
  };
}

/**
 * Every vector gets the length 1. Source: Keras's UnitNorm.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * dense({ units: 8, kernelConstraint: unitNorm() });
 */
export function unitNorm(options: AxisOption = {}): Constraint {
  refuseUnknown("unitNorm()", options, ["axis"]);
  const axis = axisOf("unitNorm()", options);
  return {
    name: "unitNorm",
    config: { axis },
    project: (weights, shape) => rescale("unitNorm()", weights, shape, axis, () => 1),
  };
}

/** Options of `minMaxNorm`. */
export interface MinMaxNormOptions extends AxisOption {
  /** Default 0. */
  readonly minValue?: number;
  /** Default 1. */
  readonly maxValue?: number;
  /** Share of the way to the bound that one update goes, in (0, 1]; default 1. */
  readonly rate?: number;
}

/**
 * Lengths between `minValue` and `maxValue`. Source: Keras's MinMaxNorm.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * dense({ units: 8, kernelConstraint: minMaxNorm({ minValue: 0.5, maxValue: 2 }) });
 */
export function minMaxNorm(options: MinMaxNormOptions = {}): Constraint {
  const where = "minMaxNorm()";
  refuseUnknown(where, options, ["minValue", "maxValue", "rate", "axis"]);
  const minValue = numberIn(where, "minValue", options.minValue ?? 0, { min: 0 });
  const maxValue = numberIn(where, "maxValue", options.maxValue ?? 1, { min: minValue });
  const rate = numberIn(where, "rate", options.rate ?? 1, { above: 0, max: 1 });
  const axis = axisOf(where, options);
  return {
    name: "minMaxNorm",
    config: { minValue, maxValue, rate, axis },
    project: (weights, shape) =>
      rescale(
        where,
        weights,
        shape,
        axis,
        (norm) => rate * Math.min(Math.max(norm, minValue), maxValue) + (1 - rate) * norm,
      ),
  };
}
