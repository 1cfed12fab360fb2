import { ConfigError } from "../errors.js";
import { type CustomMark, compileConfig } from "../model/compile-config.js";
import type { Compiled } from "../model/execution/executor.js";

/** Functions of a user's own by the names a file knows them by. */
// biome-ignore lint/suspicious/noExplicitAny: losses, metrics and schedules take different arguments
export type CustomObjects = Readonly<Record<string, (...given: any[]) => unknown>>;

const isMark = (value: unknown): value is CustomMark =>
  typeof value === "object" && value !== null && typeof (value as Partial<CustomMark>).custom === "string";

/**
 * The compile options as plain JSON, a function as the mark of its name; `custom` where it has none.
 * @throws ConfigError where two functions have one name, since none could be told from the other.
 */
export function withoutCustoms(where: string, compiled: Compiled): Record<string, unknown> {
  const options = compileConfig(compiled);
  const names: string[] = [];
  const seek = (value: unknown): void => {
    if (isMark(value)) names.push(value.custom);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(seek);
  };
  seek(options);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return options;
  throw new ConfigError(
    `${where}: two functions of loss, metrics and rate are called \`${twice}\`, and a file keeps functions by their names. Give each its own: const myLoss = (…) => …`,
    { received: names },
  );
}

/** The options with functions for their marks; null where one is not given. */
export function customized(
  compile: Readonly<Record<string, unknown>>,
  objects: CustomObjects,
): Record<string, unknown> | null {
  let isWhole = true;
  const back = (value: unknown): unknown => {
    if (isMark(value)) {
      const found = Object.hasOwn(objects, value.custom) ? objects[value.custom] : undefined;
      if (found === undefined) isWhole = false;
      return found;
    }
    if (Array.isArray(value)) return value.map(back);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, back(inner)]));
  };
  const options = back(compile) as Record<string, unknown>;
  return isWhole ? options : null;
}
