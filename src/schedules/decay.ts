import { pow } from "../elementary.js";
import { flag, numberIn, refuseUnknown } from "../options.js";
import { rateIn, type Schedule, stepsIn } from "./schedule.js";

/** Options of `exponentialDecay` and `inverseTimeDecay`. */
export interface DecayOptions {
  /** The rate of the first update. */
  readonly initialLearningRate: number;
  /** Updates in which the rate decays once. */
  readonly decaySteps: number;
  /** How much of the rate is left after `decaySteps` updates. */
  readonly decayRate: number;
  /** Decay at whole multiples of `decaySteps` only; default false. */
  readonly staircase?: boolean;
}

const KNOWN = ["initialLearningRate", "decaySteps", "decayRate", "staircase"] as const;

function decayOptions(where: string, options: DecayOptions): Required<DecayOptions> {
  refuseUnknown(where, options, KNOWN);
  return {
    initialLearningRate: rateIn(where, "initialLearningRate", options.initialLearningRate),
    decaySteps: stepsIn(where, "decaySteps", options.decaySteps),
    decayRate: numberIn(where, "decayRate", options.decayRate, { above: 0 }),
    staircase: flag(where, "staircase", options.staircase ?? false),
  };
}

const progress = ({ decaySteps, staircase }: Required<DecayOptions>, step: number): number =>
  staircase ? Math.floor(step / decaySteps) : step / decaySteps;

/**
 * `initialLearningRate * decayRate ^ (step / decaySteps)`. Source: Keras's ExponentialDecay.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * adam({ learningRate: exponentialDecay({ initialLearningRate: 0.01, decaySteps: 100, decayRate: 0.9 }) });
 */
export function exponentialDecay(options: DecayOptions): Schedule {
  const config = decayOptions("exponentialDecay()", options);
  return {
    name: "exponentialDecay",
    config: { ...config },
    rate: (step) => config.initialLearningRate * pow(config.decayRate, progress(config, step)),
  };
}

/**
 * `initialLearningRate / (1 + decayRate * step / decaySteps)`. Source: Keras's InverseTimeDecay.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * adam({ learningRate: inverseTimeDecay({ initialLearningRate: 0.01, decaySteps: 100, decayRate: 0.5 }) });
 */
export function inverseTimeDecay(options: DecayOptions): Schedule {
  const config = decayOptions("inverseTimeDecay()", options);
  return {
    name: "inverseTimeDecay",
    config: { ...config },
    rate: (step) => config.initialLearningRate / (1 + config.decayRate * progress(config, step)),
  };
}

/** Options of `polynomialDecay`. */
export interface PolynomialDecayOptions {
  /** The rate of the first update. */
  readonly initialLearningRate: number;
  /** Updates over which the rate decays once, at least 1. */
  readonly decaySteps: number;
  /** Default 0.0001. */
  readonly endLearningRate?: number;
  /** Default 1: a straight line. */
  readonly power?: number;
  /** Beyond `decaySteps`, stretch the decay to the next multiple instead of staying at the end; default false. */
  readonly cycle?: boolean;
}

/**
 * From the initial to the end rate along `(1 - step / decaySteps) ^ power`. Source: Keras's PolynomialDecay.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * adam({ learningRate: polynomialDecay({ initialLearningRate: 0.01, decaySteps: 1000 }) });
 */
export function polynomialDecay(options: PolynomialDecayOptions): Schedule {
  const where = "polynomialDecay()";
  refuseUnknown(where, options, [
    "initialLearningRate",
    "decaySteps",
    "endLearningRate",
    "power",
    "cycle",
  ] satisfies (keyof PolynomialDecayOptions)[]);
  const initialLearningRate = rateIn(where, "initialLearningRate", options.initialLearningRate);
  const decaySteps = stepsIn(where, "decaySteps", options.decaySteps);
  const endLearningRate = rateIn(where, "endLearningRate", options.endLearningRate ?? 0.0001);
  const power = numberIn(where, "power", options.power ?? 1, { above: 0 });
  const cycle = flag(where, "cycle", options.cycle ?? false);
  return {
    name: "polynomialDecay",
    config: { initialLearningRate, decaySteps, endLearningRate, power, cycle },
    rate(step) {
      const end = cycle ? decaySteps * Math.max(1, Math.ceil(step / decaySteps)) : decaySteps;
      const remaining = 1 - Math.min(step, end) / end;
      return (initialLearningRate - endLearningRate) * pow(remaining, power) + endLearningRate;
    },
  };
}
