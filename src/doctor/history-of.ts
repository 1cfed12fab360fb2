import { ConfigError } from "../errors.js";
import type { History } from "../model/events.js";
import type { DiagnoseOptions } from "./diagnose-options.js";
import type { ModelCase } from "./model-case.js";

const isHistory = (value: object): value is History => "history" in value && "epoch" in value;

/** Numbers a training has logged, by name, however they were given. @throws ConfigError for what is no list of numbers. */
export function historyOf(where: string, given: DiagnoseOptions["history"]): ModelCase["history"] {
  if (given == null) return null;
  const history = isHistory(given) ? given.history : given;
  for (const [name, values] of Object.entries(history)) {
    if (Array.isArray(values) && values.every((value) => typeof value === "number")) continue;
    throw new ConfigError(
      `${where}: \`history.${name}\` is no list of numbers. Give what fit() returned, or its \`history\`.`,
      { received: values, expected: "number[]" },
    );
  }
  return history;
}
