import { refuseUnknown } from "../options.js";
import { isSchedule, rateIn, type Schedule, stepsIn } from "./schedule.js";

/** Options of `warmup`. */
export interface WarmupOptions {
  /** What comes after: a rate, or a schedule that then begins at its step 0. */
  readonly target: number | Schedule;
  /** Updates the rise takes, at least 1. */
  readonly warmupSteps: number;
  /** Rate of the very first update, default 0. */
  readonly initialLearningRate?: number;
}

/**
 * A straight line from `initialLearningRate` to where `target` begins, in `warmupSteps` updates; then `target`.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * adam({ learningRate: warmup({ warmupSteps: 100, target: 0.01 }) });
 */
export function warmup(options: WarmupOptions): Schedule {
  const where = "warmup()";
  refuseUnknown(where, options, [
    "target",
    "warmupSteps",
    "initialLearningRate",
  ] satisfies (keyof WarmupOptions)[]);
  const { target } = options;
  const warmupSteps = stepsIn(where, "warmupSteps", options.warmupSteps);
  const initial = rateIn(where, "initialLearningRate", options.initialLearningRate ?? 0);
  const after = isSchedule(target) ? target : undefined;
  const constant = after === undefined ? rateIn(where, "target", target) : 0;
  const rateAfter = (step: number): number => after?.rate(step) ?? constant;
  return {
    name: "warmup",
    config: {
      target: after === undefined ? constant : { name: after.name, config: after.config },
      warmupSteps,
      initialLearningRate: initial,
    },
    rate(step) {
      if (step >= warmupSteps) return rateAfter(step - warmupSteps);
      return initial + (step / warmupSteps) * (rateAfter(0) - initial);
    },
  };
}
