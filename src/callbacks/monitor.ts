import { ConfigError, told } from "../errors.js";
import type { Callback, Logs, TrainingModel, TrainingParams } from "../model/events.js";
import { nearest, oneOf } from "../options.js";

const MODES = ["auto", "min", "max"] as const;
/** Whether less or more of the monitored value is better; `auto` reads it from the name. */
export type MonitorMode = (typeof MODES)[number];
export type Direction = "min" | "max";

/** What every other value is better than. */
export const worst = (direction: Direction): number => (direction === "min" ? Infinity : -Infinity);

/** A best value for JSON, which has no infinity: null where nothing was better than the worst, "none" where nothing came. */
export const finiteOrNull = (best: number | undefined): number | null | "none" =>
  best === undefined ? "none" : Number.isFinite(best) ? best : null;

/** The best value back. */
export const fromNull = <Best extends number | undefined>(value: unknown, direction: Direction): Best =>
  (value === "none" ? undefined : typeof value === "number" ? value : worst(direction)) as Best;

/** Metrics Keras marks as better when larger. As a metric the cosine is positive; as a loss it is called `loss`. */
const LARGER_IS_BETTER = /acc|auc|precision|recall|cosine|^r2|^f1|^fbeta|iou/i;
const SMALLER_IS_BETTER =
  /loss|error|entropy|mae|mse|mape|msle|mase|huber|log_?cosh|poisson|pinball|quantile|likelihood|hinge|divergence/i;

/**
 * The direction of a monitored name.
 * @throws ConfigError for `auto` and a name that does not tell, such as that of a user's own metric (as Keras 3).
 */
export function directionOf(where: string, monitor: unknown, mode: unknown): Direction {
  if (typeof monitor !== "string" || monitor === "") {
    throw new ConfigError(`${where}: \`monitor\` is ${told(monitor)}, expected a name such as "val_loss".`, {
      received: monitor,
    });
  }
  const chosen = oneOf(where, "mode", mode, MODES);
  if (chosen !== "auto") return chosen;
  const name = monitor.replace(/^val_/, "");
  if (LARGER_IS_BETTER.test(name)) return "max";
  if (SMALLER_IS_BETTER.test(name)) return "min";
  throw new ConfigError(
    `${where}: whether less or more of \`${monitor}\` is better cannot be read from its name. Give mode: "min" or mode: "max".`,
    { received: monitor, expected: ["min", "max"] },
  );
}

function unknownMonitor(where: string, monitor: string, names: readonly string[]): ConfigError {
  const near = nearest(monitor, names);
  const remedy =
    monitor.startsWith("val_") && names.includes(monitor.slice(4))
      ? " Give fit() `validationData` or `validationSplit`."
      : near === undefined
        ? ""
        : ` Did you mean \`${near}\`?`;
  return new ConfigError(
    `${where}: \`monitor\` is "${monitor}", which the logs do not hold. They hold: ${names.join(", ") || "nothing"}.${remedy}`,
    { received: monitor, expected: names },
  );
}

/**
 * To be called when training begins, so that an hour's epoch is not lost to a misspelt name.
 * @param inBatches the logs of batches are read, which hold nothing of the validation.
 * @throws ConfigError for a monitor that no log will hold, naming those that will.
 */
export function expectMonitor(
  where: string,
  monitor: string,
  params: TrainingParams | undefined,
  inBatches = false,
): void {
  if (params === undefined || (params.mayLogMore === true && !inBatches)) return;
  const names = params.metrics.filter(
    (name) => !inBatches || !(name.startsWith("val_") || name === "learning_rate"),
  );
  if (!names.includes(monitor)) throw unknownMonitor(where, monitor, names);
}

/**
 * The monitored value; undefined in an epoch that does not log it though others will, as with `validationFreq`. NaN
 * counts as the worst there is: Keras keeps a NaN that comes first as the best for ever, so that nothing improves on it.
 * @throws ConfigError when no log holds it, naming what they hold.
 */
export function monitored(
  where: string,
  monitor: string,
  direction: Direction,
  logs: Logs,
  params?: TrainingParams,
): number | undefined {
  const value = logs[monitor];
  if (value === undefined) {
    if (params?.metrics.includes(monitor)) return undefined;
    throw unknownMonitor(where, monitor, Object.keys(logs));
  }
  return Number.isNaN(value) ? worst(direction) : value;
}

/** Whether `value` is better than `best` by more than `minDelta`; anything is better than nothing. */
export function improves(
  direction: Direction,
  value: number,
  best: number | undefined,
  minDelta: number,
): boolean {
  if (best === undefined) return true;
  return direction === "min" ? value + minDelta < best : value - minDelta > best;
}

/** @throws ConfigError when `fit` did not set the model. */
export function modelOf(where: string, callback: Callback): TrainingModel {
  if (callback.model !== undefined) return callback.model;
  throw new ConfigError(`${where}: no model. Give the callback to fit(), which sets \`model\` on it.`);
}

/** Sets the rate. @throws ConfigError naming the callback when a schedule owns it. */
export function setLearningRate(where: string, model: TrainingModel, rate: number): void {
  try {
    model.optimizer.learningRate = rate;
  } catch (cause) {
    throw new ConfigError(
      `${where}: the learning rate cannot be set: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause, received: rate },
    );
  }
}
