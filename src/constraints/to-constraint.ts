import { type Described, Registry } from "../registry.js";
import type { Constraint } from "./constraint.js";

/** Names of constraints, in Keras's words. */
export type ConstraintName = "maxNorm" | "nonNeg" | "unitNorm" | "minMaxNorm";

/** What is accepted where a constraint is asked for. */
export type ConstraintLike = ConstraintName | Constraint | Described;

/** Constraints by name. */
export const constraints = new Registry<Constraint>("a constraint: an object with project", {});

/**
 * The constraint meant by a name (with its factory's defaults), a factory's result or its `{ name, config }` as JSON,
 * any object with `project`; none for undefined and null.
 * @param where the call as the user wrote it, such as `lstm()`; `option` the option's name.
 * @throws ConfigError for anything else, naming the nearest known name.
 */
export function toConstraint(where: string, option: string, value: unknown): Constraint | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof (value as Constraint).project === "function") return value as Constraint;
  return constraints.make(where, option, value) ?? constraints.refuse(where, `\`${option}\``, value);
}
