import { ConfigError } from "../errors.js";
import { oneOf } from "../options.js";
import { l1, l1l2, l2 } from "./l1l2.js";
import { orthogonal } from "./orthogonal.js";
import type { Regularizer } from "./regularizer.js";

const factories = { l1, l2, l1l2, orthogonal };
export type RegularizerName = keyof typeof factories;
const names = Object.keys(factories) as RegularizerName[];

/** What is accepted where a regularizer is asked for. */
export type RegularizerLike =
  | RegularizerName
  | Regularizer
  | { readonly name: string; readonly config: Readonly<Record<string, unknown>> };

/**
 * The regularizer meant by a name (with its factory's defaults), a factory's result or its `{ name, config }` as JSON,
 * any object with `penalty` and `addGradient`; none for undefined and null.
 * @param where the call as the user wrote it, such as `lstm()`; `option` the option's name.
 * @throws ConfigError for anything else, naming the nearest known name.
 */
export function toRegularizer(where: string, option: string, value: unknown): Regularizer | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return factories[oneOf(where, option, value, names)]({});
  if (typeof value === "object") {
    const { penalty, addGradient, name, config } = value as Partial<Regularizer>;
    if (typeof penalty === "function" && typeof addGradient === "function") return value as Regularizer;
    if (typeof name === "string") return factories[oneOf(where, option, name, names)](config ?? {});
  }
  throw new ConfigError(
    `${where}: \`${option}\` is ${String(value)}, expected a name (${names.join(", ")}) or the result of such a factory.`,
    { received: value, expected: names },
  );
}
