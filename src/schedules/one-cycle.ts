import { cos } from "../elementary.js";
import { flag, numberIn, oneOf, refuseUnknown } from "../options.js";
import { rateIn, type Schedule, stepsIn } from "./schedule.js";

/** Options of `oneCycle`. */
export interface OneCycleOptions {
  /** The largest rate, where the rise ends. */
  readonly maxLearningRate: number;
  /** Updates of the whole cycle. */
  readonly totalSteps: number;
  /** Share of the cycle spent rising, default 0.3. */
  readonly pctStart?: number;
  /** Half a cosine or a straight line, default `cos`. */
  readonly annealStrategy?: "cos" | "linear";
  /** The first rate is `maxLearningRate / divFactor`; default 25. */
  readonly divFactor?: number;
  /** The last rate is the first over `finalDivFactor`; default 10000. */
  readonly finalDivFactor?: number;
  /** Fall back to the first rate before falling to the last; default false. */
  readonly threePhase?: boolean;
}

interface Phase {
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Up to `maxLearningRate` and down far below the start. Smith & Topin, *Super-Convergence* (2019). Source: PyTorch's
 * OneCycleLR, its momentum cycle left out; after `totalSteps`, where PyTorch raises an error, the last rate stays.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * adam({ learningRate: oneCycle({ maxLearningRate: 0.01, totalSteps: 1000 }) });
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const where = "oneCycle()";
  refuseUnknown(where, options, [
    "maxLearningRate",
    "totalSteps",
    "pctStart",
    "annealStrategy",
    "divFactor",
    "finalDivFactor",
    "threePhase",
  ] satisfies (keyof OneCycleOptions)[]);
  const maxLearningRate = rateIn(where, "maxLearningRate", options.maxLearningRate);
  const totalSteps = stepsIn(where, "totalSteps", options.totalSteps);
  const threePhase = flag(where, "threePhase", options.threePhase ?? false);
  // Three phases rise and fall alike, so the rise may take no more than half.
  const pctStart = numberIn(where, "pctStart", options.pctStart ?? 0.3, {
    min: 0,
    max: threePhase ? 0.5 : 1,
  });
  const annealStrategy = oneOf(where, "annealStrategy", options.annealStrategy ?? "cos", ["cos", "linear"]);
  const divFactor = numberIn(where, "divFactor", options.divFactor ?? 25, { above: 0 });
  const finalDivFactor = numberIn(where, "finalDivFactor", options.finalDivFactor ?? 1e4, { above: 0 });

  const first = maxLearningRate / divFactor;
  const last = first / finalDivFactor;
  const peak = pctStart * totalSteps - 1;
  const phases: readonly Phase[] = threePhase
    ? [
        { end: peak, from: first, to: maxLearningRate },
        { end: 2 * peak, from: maxLearningRate, to: first },
        { end: totalSteps - 1, from: first, to: last },
      ]
    : [
        { end: peak, from: first, to: maxLearningRate },
        { end: totalSteps - 1, from: maxLearningRate, to: last },
      ];

  const anneal = ({ from, to }: Phase, fraction: number): number =>
    annealStrategy === "cos"
      ? to + ((from - to) / 2) * (1 + cos(Math.PI * fraction))
      : from + (to - from) * fraction;

  return {
    name: "oneCycle",
    config: { maxLearningRate, totalSteps, pctStart, annealStrategy, divFactor, finalDivFactor, threePhase },
    rate(step) {
      let start = 0;
      for (const phase of phases) {
        if (step <= phase.end)
          return anneal(phase, phase.end === start ? 1 : (step - start) / (phase.end - start));
        start = phase.end;
      }
      return last;
    },
  };
}
