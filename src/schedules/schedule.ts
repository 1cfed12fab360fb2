import { numberIn } from "../options.js";

/** A learning rate as a function of the number of updates made. */
export interface Schedule {
  /** The factory's name, such as `cosineDecay`. */
  readonly name: string;
  /** The options that make this schedule again; plain JSON. */
  readonly config: Record<string, unknown>;
  /** Whether it is a function of a user's own, which no file can hold. */
  readonly isCustom?: boolean;
  /** The rate of the update that follows `step` updates: 0 before the first. */
  rate(step: number): number;
}

/** A user's own schedule. */
export type ScheduleFunction = (step: number) => number;

export function isSchedule(value: unknown): value is Schedule {
  if (typeof value !== "object" || value === null) return false;
  const { name, config, rate } = value as Partial<Schedule>;
  return typeof rate === "function" && typeof name === "string" && typeof config === "object";
}

/** A required rate: a finite number, not negative. */
export const rateIn = (where: string, option: string, value: unknown): number =>
  numberIn(where, option, value, { min: 0 });

/** A required number of updates: whole, at least 1. */
export const stepsIn = (where: string, option: string, value: unknown): number =>
  numberIn(where, option, value, { min: 1, integer: true });
