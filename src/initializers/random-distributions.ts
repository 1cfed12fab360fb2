import { numberIn, refuseUnknown } from "../options.js";
import { sizeOf } from "../tensor.js";
import { type Initializer, type SeedOption, seedOf, streamFor } from "./initializer.js";

/** Options of `randomUniform`. */
export interface RandomUniformOptions extends SeedOption {
  /** Default -0.05. */
  readonly minval?: number;
  /** Default 0.05. */
  readonly maxval?: number;
}

/**
 * Uniform in [minval, maxval). @throws ConfigError when maxval is below minval.
 *
 * @example
 * dense({ units: 8, kernelInitializer: randomUniform({ minval: -0.1, maxval: 0.1 }) });
 */
export function randomUniform(options: RandomUniformOptions = {}): Initializer {
  const where = "randomUniform()";
  refuseUnknown(where, options, ["minval", "maxval", "seed"]);
  const minval = numberIn(where, "minval", options.minval ?? -0.05);
  const maxval = numberIn(where, "maxval", options.maxval ?? 0.05, { min: minval });
  const seed = seedOf(where, options);
  return {
    name: "randomUniform",
    config: { minval, maxval, ...seed },
    initialize(shape, random) {
      const stream = streamFor(seed, random);
      const values = new Float32Array(sizeOf(shape));
      for (let i = 0; i < values.length; i++) values[i] = minval + (maxval - minval) * stream.uniform();
      return values;
    },
  };
}

/** Options of `randomNormal` and `truncatedNormal`. */
export interface RandomNormalOptions extends SeedOption {
  /** Default 0. */
  readonly mean?: number;
  /** Default 0.05. */
  readonly stddev?: number;
}

function normalOptions(where: string, options: RandomNormalOptions): { mean: number; stddev: number } {
  refuseUnknown(where, options, ["mean", "stddev", "seed"]);
  return {
    mean: numberIn(where, "mean", options.mean ?? 0),
    stddev: numberIn(where, "stddev", options.stddev ?? 0.05, { min: 0 }),
  };
}

/**
 * Normal of the given mean and standard deviation.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * dense({ units: 8, kernelInitializer: randomNormal({ stddev: 0.1 }) });
 */
export function randomNormal(options: RandomNormalOptions = {}): Initializer {
  const { mean, stddev } = normalOptions("randomNormal()", options);
  const seed = seedOf("randomNormal()", options);
  return {
    name: "randomNormal",
    config: { mean, stddev, ...seed },
    initialize(shape, random) {
      const stream = streamFor(seed, random);
      const values = new Float32Array(sizeOf(shape));
      for (let i = 0; i < values.length; i++) values[i] = mean + stddev * stream.normal();
      return values;
    },
  };
}

/**
 * Normal, drawn again while further than two `stddev` from `mean`. As in Keras, `stddev` is that of the normal before
 * the cut; what remains has 0.8796 of it.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * dense({ units: 8, kernelInitializer: truncatedNormal({ stddev: 0.1 }) });
 */
export function truncatedNormal(options: RandomNormalOptions = {}): Initializer {
  const { mean, stddev } = normalOptions("truncatedNormal()", options);
  const seed = seedOf("truncatedNormal()", options);
  return {
    name: "truncatedNormal",
    config: { mean, stddev, ...seed },
    initialize(shape, random) {
      const stream = streamFor(seed, random);
      const values = new Float32Array(sizeOf(shape));
      for (let i = 0; i < values.length; i++) values[i] = mean + stddev * stream.truncatedNormal();
      return values;
    },
  };
}
