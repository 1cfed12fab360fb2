import { type Described, Registry } from "../registry.js";
import type { Regularizer } from "./regularizer.js";

/** Names of regularizers, in Keras's words. */
export type RegularizerName = "l1" | "l2" | "l1l2" | "orthogonal";

/** What is accepted where a regularizer is asked for. */
export type RegularizerLike = RegularizerName | Regularizer | Described;

/** Regularizers by name. */
export const regularizers = new Registry<Regularizer>(
  "a regularizer: an object with penalty and addGradient",
  {},
);

/**
 * The regularizer meant by a name (with its factory's defaults), a factory's result or its `{ name, config }` as JSON,
 * any object with `penalty` and `addGradient`; none for undefined and null.
 * @param where the call as the user wrote it, such as `lstm()`; `option` the option's name.
 * @throws ConfigError for anything else, naming the nearest known name.
 */
export function toRegularizer(where: string, option: string, value: unknown): Regularizer | undefined {
  if (value === undefined || value === null) return undefined;
  const { penalty, addGradient } = value as Partial<Regularizer>;
  if (typeof penalty === "function" && typeof addGradient === "function") return value as Regularizer;
  return regularizers.make(where, option, value) ?? regularizers.refuse(where, `\`${option}\``, value);
}
