import { ConfigError } from "../errors.js";
import { oneOf } from "../options.js";
import type { Constraint } from "./constraint.js";
import { nonNeg } from "./non-neg.js";
import { maxNorm, minMaxNorm, unitNorm } from "./norms.js";

const factories = { maxNorm, nonNeg, unitNorm, minMaxNorm };
export type ConstraintName = keyof typeof factories;
const names = Object.keys(factories) as ConstraintName[];

/** What is accepted where a constraint is asked for. */
export type ConstraintLike =
  | ConstraintName
  | Constraint
  | { readonly name: string; readonly config: Readonly<Record<string, unknown>> };

/**
 * The constraint meant by a name (with its factory's defaults), a factory's result or its `{ name, config }` as JSON,
 * any object with `project`; none for undefined and null.
 * @param where the call as the user wrote it, such as `lstm()`; `option` the option's name.
 * @throws ConfigError for anything else, naming the nearest known name.
 */
export function toConstraint(where: string, option: string, value: unknown): Constraint | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return factories[oneOf(where, option, value, names)]({});
  if (typeof value === "object") {
    const { project, name, config } = value as Partial<Constraint>;
    if (typeof project === "function") return value as Constraint;
    if (typeof name === "string") {
      return (factories[oneOf(where, option, name, names)] as (options: object) => Constraint)(config ?? {});
    }
  }
  throw new ConfigError(
    `${where}: \`${option}\` is ${String(value)}, expected a name (${names.join(", ")}) or the result of such a factory.`,
    { received: value, expected: names },
  );
}
