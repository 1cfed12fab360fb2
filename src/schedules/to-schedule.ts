import { ConfigError } from "../errors.js";
import { oneOf } from "../options.js";
import { cosineDecay, cosineDecayRestarts } from "./cosine-decay.js";
import { exponentialDecay, inverseTimeDecay, polynomialDecay } from "./decay.js";
import { oneCycle } from "./one-cycle.js";
import { piecewiseConstantDecay } from "./piecewise-constant-decay.js";
import { isSchedule, type Schedule, type ScheduleFunction } from "./schedule.js";
import { warmup } from "./warmup.js";

const factories = {
  exponentialDecay,
  inverseTimeDecay,
  polynomialDecay,
  cosineDecay,
  cosineDecayRestarts,
  piecewiseConstantDecay,
  oneCycle,
  warmup,
};

type ScheduleName = keyof typeof factories;
const names = Object.keys(factories) as ScheduleName[];

/** What is accepted where a schedule is asked for. */
export type ScheduleLike =
  | Schedule
  | ScheduleFunction
  | { readonly name: string; readonly config: Readonly<Record<string, unknown>> };

function fromFunction(where: string, option: string, rate: ScheduleFunction): Schedule {
  return {
    name: rate.name || "custom",
    config: {},
    rate(step) {
      const value = rate(step);
      if (Number.isFinite(value) && value >= 0) return value;
      throw new ConfigError(
        `${where}: the function given as \`${option}\` returned ${String(value)} for step ${step}, expected a finite rate of at least 0.`,
        { received: value },
      );
    },
  };
}

/**
 * The schedule meant by a factory's result, its `{ name, config }` as JSON, or a function `step => rate`.
 * @param where the call as the user wrote it, such as `adam()`; `option` the option's name.
 * @throws ConfigError for anything else, naming the nearest known name.
 */
export function toSchedule(where: string, option: string, value: unknown): Schedule {
  if (isSchedule(value)) return value;
  if (typeof value === "function") return fromFunction(where, option, value as ScheduleFunction);
  if (typeof value === "object" && value !== null && "name" in value && "config" in value) {
    const name = oneOf(where, option, value.name, names);
    const config = { ...(value.config as object) } as { target?: unknown };
    if (name === "warmup" && typeof config.target === "object") {
      config.target = toSchedule(where, `${option}.target`, config.target);
    }
    // Every factory checks its options itself, so that plain JSON may be given to it.
    return (factories[name] as unknown as (options: object) => Schedule)(config);
  }
  throw new ConfigError(
    `${where}: \`${option}\` is ${String(value)}, expected a schedule (${names.join(", ")}) or a function step => rate.`,
    { received: value, expected: names },
  );
}
