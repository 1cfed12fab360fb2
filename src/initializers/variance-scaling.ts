import { numberIn, oneOf, refuseUnknown } from "../options.js";
import type { Random } from "../random.js";
import { sizeOf } from "../tensor.js";
import { fansOf, type Initializer, type SeedOption, seedOf, streamFor } from "./initializer.js";

const MODES = ["fanIn", "fanOut", "fanAvg"] as const;
const DISTRIBUTIONS = ["truncatedNormal", "untruncatedNormal", "uniform"] as const;
/** What the variance is divided by: what comes in, what goes out, or their mean. */
export type VarianceScalingMode = (typeof MODES)[number];
/** What the values are drawn from. */
export type VarianceScalingDistribution = (typeof DISTRIBUTIONS)[number];

/** Options of `varianceScaling`. */
export interface VarianceScalingOptions extends SeedOption {
  /** Variance times fan, default 1. */
  readonly scale?: number;
  /** Which fan, default `fanIn`. */
  readonly mode?: VarianceScalingMode;
  /** Default `truncatedNormal`. */
  readonly distribution?: VarianceScalingDistribution;
}

/** Standard deviation of a standard normal cut at ±2. */
const TRUNCATED_STDDEV = 0.87962566103423978;

function fanOf(mode: VarianceScalingMode, shape: readonly number[]): number {
  const { fanIn, fanOut } = fansOf(shape);
  const fan = mode === "fanIn" ? fanIn : mode === "fanOut" ? fanOut : (fanIn + fanOut) / 2;
  return Math.max(1, fan);
}

/** One draw of the distribution with the given variance. */
function sampler(distribution: VarianceScalingDistribution, variance: number, random: Random): () => number {
  if (distribution === "uniform") {
    const limit = Math.sqrt(3 * variance);
    return () => limit * (2 * random.uniform() - 1);
  }
  if (distribution === "untruncatedNormal") {
    const stddev = Math.sqrt(variance);
    return () => stddev * random.normal();
  }
  const stddev = Math.sqrt(variance) / TRUNCATED_STDDEV;
  return () => stddev * random.truncatedNormal();
}

const draw = (
  scale: number,
  mode: VarianceScalingMode,
  distribution: VarianceScalingDistribution,
  seed: SeedOption,
) =>
  ((shape, random) => {
    const next = sampler(distribution, scale / fanOf(mode, shape), streamFor(seed, random));
    const values = new Float32Array(sizeOf(shape));
    for (let i = 0; i < values.length; i++) values[i] = next();
    return values;
  }) satisfies Initializer["initialize"];

/**
 * Mean 0 and variance `scale / fan`, so that signals keep their size from layer to layer. Uniform within
 * ±sqrt(3 scale / fan), or normal; the truncated normal is widened so that after its cut the variance is right.
 * Source: Keras's VarianceScaling.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * dense({ units: 8, kernelInitializer: varianceScaling({ scale: 2, mode: "fanIn" }) });
 */
export function varianceScaling(options: VarianceScalingOptions = {}): Initializer {
  const where = "varianceScaling()";
  refuseUnknown(where, options, ["scale", "mode", "distribution", "seed"]);
  const scale = numberIn(where, "scale", options.scale ?? 1, { above: 0 });
  const mode = oneOf(where, "mode", options.mode ?? "fanIn", MODES);
  const distribution = oneOf(where, "distribution", options.distribution ?? "truncatedNormal", DISTRIBUTIONS);
  const seed = seedOf(where, options);
  return {
    name: "varianceScaling",
    config: { scale, mode, distribution, ...seed },
    initialize: draw(scale, mode, distribution, seed),
  };
}

/** A named case of variance scaling; its only option is the seed. */
const named =
  (name: string, scale: number, mode: VarianceScalingMode, distribution: VarianceScalingDistribution) =>
  (options: SeedOption = {}): Initializer => {
    refuseUnknown(`${name}()`, options, ["seed"]);
    const seed = seedOf(`${name}()`, options);
    return { name, config: { ...seed }, initialize: draw(scale, mode, distribution, seed) };
  };

/**
 * Uniform within ±sqrt(6 / (fanIn + fanOut)). Glorot & Bengio (2010).
 * @throws ConfigError for an unknown option or a seed that is none.
 *
 * @example
 * dense({ units: 8, kernelInitializer: glorotUniform({ seed: 1 }) });
 */
export const glorotUniform = /* @__PURE__ */ named("glorotUniform", 1, "fanAvg", "uniform");
/**
 * Truncated normal of variance 2 / (fanIn + fanOut). Glorot & Bengio (2010).
 * @throws ConfigError for an unknown option or a seed that is none.
 *
 * @example
 * dense({ units: 8, kernelInitializer: glorotNormal() });
 */
export const glorotNormal = /* @__PURE__ */ named("glorotNormal", 1, "fanAvg", "truncatedNormal");
/**
 * Uniform within ±sqrt(6 / fanIn), for relu. He et al. (2015).
 * @throws ConfigError for an unknown option or a seed that is none.
 *
 * @example
 * dense({ units: 8, activation: "relu", kernelInitializer: heUniform() });
 */
export const heUniform = /* @__PURE__ */ named("heUniform", 2, "fanIn", "uniform");
/**
 * Truncated normal of variance 2 / fanIn, for relu. He et al. (2015).
 * @throws ConfigError for an unknown option or a seed that is none.
 *
 * @example
 * dense({ units: 8, activation: "relu", kernelInitializer: heNormal() });
 */
export const heNormal = /* @__PURE__ */ named("heNormal", 2, "fanIn", "truncatedNormal");
/**
 * Uniform within ±sqrt(3 / fanIn), for selu. LeCun et al. (1998); Klambauer et al. (2017).
 * @throws ConfigError for an unknown option or a seed that is none.
 *
 * @example
 * dense({ units: 8, kernelInitializer: lecunUniform() });
 */
export const lecunUniform = /* @__PURE__ */ named("lecunUniform", 1, "fanIn", "uniform");
/**
 * Truncated normal of variance 1 / fanIn, for selu. LeCun et al. (1998); Klambauer et al. (2017).
 * @throws ConfigError for an unknown option or a seed that is none.
 *
 * @example
 * dense({ units: 8, activation: "selu", kernelInitializer: lecunNormal() });
 */
export const lecunNormal = /* @__PURE__ */ named("lecunNormal", 1, "fanIn", "truncatedNormal");
