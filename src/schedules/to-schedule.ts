import { ConfigError, told } from "../errors.js";
import { type Described, Registry } from "../registry.js";
import { isSchedule, type Schedule, type ScheduleFunction } from "./schedule.js";

/** Schedules by name, as files and recipes know them. */
export const schedules = new Registry<Schedule>(
  "a schedule: an object with name, config and rate, or a function step => rate",
  {},
);

function fromFunction(where: string, option: string, rate: ScheduleFunction): Schedule {
  return {
    name: rate.name || "custom",
    config: {},
    isCustom: true,
    rate(step) {
      const value = rate(step);
      if (Number.isFinite(value) && value >= 0) return value;
      throw new ConfigError(
        `${where}: the function given as \`${option}\` returned ${told(value)} for step ${step}, expected a finite rate of at least 0.`,
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
  // A name alone is no schedule: every one has options it cannot do without.
  const made = typeof value === "string" ? undefined : schedules.make(where, option, value);
  return made ?? schedules.refuse(where, `\`${option}\``, value, []);
}
