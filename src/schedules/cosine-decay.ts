import { cos, pow } from "../elementary.js";
import { ConfigError } from "../errors.js";
import { numberIn, refuseUnknown } from "../options.js";
import { rateIn, type Schedule, stepsIn } from "./schedule.js";

/** 1 at fraction 0, 0 at fraction 1, along half a cosine. */
const halfCosine = (fraction: number): number => 0.5 * (1 + cos(Math.PI * fraction));

/** Options of `cosineDecay`. */
export interface CosineDecayOptions {
  /** The rate the decay begins with; with a warmup, the rate the warmup begins with. */
  readonly initialLearningRate: number;
  /** Updates of the decay, those of the warmup not counted. */
  readonly decaySteps: number;
  /** The lowest rate as a share of the highest, default 0. */
  readonly alpha?: number;
  /** Rate at the end of the warmup; without it there is no warmup. Default: none. */
  readonly warmupTarget?: number;
  /** Default 0. */
  readonly warmupSteps?: number;
}

/**
 * A linear warmup, if asked for, then half a cosine down to `alpha` of the highest rate, where it stays. Loshchilov &
 * Hutter, *SGDR* (2017). Source: Keras's CosineDecay.
 * @throws ConfigError when only one of `warmupTarget` and `warmupSteps` is given.
 *
 * @example
 * adam({ learningRate: cosineDecay({ initialLearningRate: 0.01, decaySteps: 1000 }) });
 */
export function cosineDecay(options: CosineDecayOptions): Schedule {
  const where = "cosineDecay()";
  refuseUnknown(where, options, [
    "initialLearningRate",
    "decaySteps",
    "alpha",
    "warmupTarget",
    "warmupSteps",
  ] satisfies (keyof CosineDecayOptions)[]);
  const initialLearningRate = rateIn(where, "initialLearningRate", options.initialLearningRate);
  const decaySteps = stepsIn(where, "decaySteps", options.decaySteps);
  const alpha = numberIn(where, "alpha", options.alpha ?? 0, { min: 0, max: 1 });
  const warmupSteps = numberIn(where, "warmupSteps", options.warmupSteps ?? 0, { min: 0, integer: true });
  const warms = options.warmupTarget !== undefined;
  if (!warms && warmupSteps > 0) {
    throw new ConfigError(
      `${where}: \`warmupSteps\` is ${warmupSteps} but \`warmupTarget\` is missing. Give the rate the warmup shall reach.`,
      { received: warmupSteps },
    );
  }
  const highest = warms ? rateIn(where, "warmupTarget", options.warmupTarget) : initialLearningRate;
  return {
    name: "cosineDecay",
    config: {
      initialLearningRate,
      decaySteps,
      alpha,
      ...(warms ? { warmupTarget: highest, warmupSteps } : {}),
    },
    rate(step) {
      if (step < warmupSteps)
        return initialLearningRate + (step / warmupSteps) * (highest - initialLearningRate);
      const fraction = Math.min(step - warmupSteps, decaySteps) / decaySteps;
      return highest * ((1 - alpha) * halfCosine(fraction) + alpha);
    },
  };
}

/** Options of `cosineDecayRestarts`. */
export interface CosineDecayRestartsOptions {
  /** The rate of the first update. */
  readonly initialLearningRate: number;
  /** Updates of the first period. */
  readonly firstDecaySteps: number;
  /** Each period is so many times as long as the one before; at least 1, default 2. */
  readonly tMul?: number;
  /** Each period begins with so many times the rate of the one before; default 1. */
  readonly mMul?: number;
  /** The lowest rate as a share of `initialLearningRate`, default 0. */
  readonly alpha?: number;
}

/**
 * Half cosines one after another. Loshchilov & Hutter, *SGDR* (2017). Source: Keras's CosineDecayRestarts.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * adam({ learningRate: cosineDecayRestarts({ initialLearningRate: 0.01, firstDecaySteps: 100 }) });
 */
export function cosineDecayRestarts(options: CosineDecayRestartsOptions): Schedule {
  const where = "cosineDecayRestarts()";
  refuseUnknown(where, options, [
    "initialLearningRate",
    "firstDecaySteps",
    "tMul",
    "mMul",
    "alpha",
  ] satisfies (keyof CosineDecayRestartsOptions)[]);
  const initialLearningRate = rateIn(where, "initialLearningRate", options.initialLearningRate);
  const firstDecaySteps = stepsIn(where, "firstDecaySteps", options.firstDecaySteps);
  const tMul = numberIn(where, "tMul", options.tMul ?? 2, { min: 1 });
  const mMul = numberIn(where, "mMul", options.mMul ?? 1, { above: 0 });
  const alpha = numberIn(where, "alpha", options.alpha ?? 0, { min: 0, max: 1 });
  return {
    name: "cosineDecayRestarts",
    config: { initialLearningRate, firstDecaySteps, tMul, mMul, alpha },
    rate(step) {
      const { restarts, fraction } = periodOf(step / firstDecaySteps, tMul);
      const decayed = pow(mMul, restarts) * halfCosine(fraction);
      return initialLearningRate * ((1 - alpha) * decayed + alpha);
    },
  };
}

/**
 * Where `position`, in first periods, lies. Keras takes a logarithm here, whose rounding can put the first step of a
 * period into the one before; adding up the periods cannot.
 */
function periodOf(position: number, tMul: number): { restarts: number; fraction: number } {
  if (tMul === 1) return { restarts: Math.floor(position), fraction: position - Math.floor(position) };
  let [restarts, start, length] = [0, 0, 1];
  while (position >= start + length) {
    start += length;
    length *= tMul;
    restarts += 1;
  }
  return { restarts, fraction: (position - start) / length };
}
