import { ConfigError } from "../errors.js";
import { numberIn, refuseUnknown } from "../options.js";
import { sizeOf } from "../tensor.js";
import type { Initializer } from "./initializer.js";

/**
 * All zero.
 * @throws ConfigError for an option: it has none.
 *
 * @example
 * dense({ units: 1, kernelInitializer: zeros() });
 */
export function zeros(options: Record<string, never> = {}): Initializer {
  refuseUnknown("zeros()", options, []);
  return { name: "zeros", config: {}, initialize: (shape) => new Float32Array(sizeOf(shape)) };
}

/**
 * All one.
 * @throws ConfigError for an option: it has none.
 *
 * @example
 * dense({ units: 1, biasInitializer: ones() });
 */
export function ones(options: Record<string, never> = {}): Initializer {
  refuseUnknown("ones()", options, []);
  return { name: "ones", config: {}, initialize: (shape) => new Float32Array(sizeOf(shape)).fill(1) };
}

/** Options of `constant`. */
export interface ConstantOptions {
  /** Default 0. */
  readonly value?: number;
}

/**
 * All the same value.
 * @throws ConfigError for an unknown option or a value that is no number.
 *
 * @example
 * dense({ units: 1, biasInitializer: constant({ value: 0.5 }) });
 */
export function constant(options: ConstantOptions = {}): Initializer {
  refuseUnknown("constant()", options, ["value"]);
  const value = numberIn("constant()", "value", options.value ?? 0);
  return {
    name: "constant",
    config: { value },
    initialize: (shape) => new Float32Array(sizeOf(shape)).fill(value),
  };
}

/** Options of `identity`. */
export interface IdentityOptions {
  /** Value on the diagonal, default 1. */
  readonly gain?: number;
}

/**
 * `gain` on the main diagonal, 0 elsewhere. Of the recurrent kernel of a simple RNN with relu it is the IRNN of Le,
 * Jaitly & Hinton, *A Simple Way to Initialize Recurrent Networks of Rectified Linear Units* (2015).
 * @throws ConfigError at `initialize` for a shape that is not a matrix.
 *
 * @example
 * simpleRNN({ units: 8, recurrentInitializer: identity() });
 */
export function identity(options: IdentityOptions = {}): Initializer {
  refuseUnknown("identity()", options, ["gain"]);
  const gain = numberIn("identity()", "gain", options.gain ?? 1);
  return {
    name: "identity",
    config: { gain },
    initialize(shape) {
      const [rows, columns] = shape;
      if (shape.length !== 2 || rows === undefined || columns === undefined) {
        throw new ConfigError(`identity(): needs a matrix, got the shape [${shape.join(", ")}].`, {
          received: shape,
        });
      }
      const values = new Float32Array(rows * columns);
      for (let i = 0; i < Math.min(rows, columns); i++) values[i * columns + i] = gain;
      return values;
    },
  };
}
