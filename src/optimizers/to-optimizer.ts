import { ConfigError } from "../errors.js";
import { oneOf } from "../options.js";
import { adagrad } from "./adagrad.js";
import { adam, adamw, nadam } from "./adam.js";
import { lion } from "./lion.js";
import { Optimizer } from "./optimizer.js";
import { rmsprop } from "./rmsprop.js";
import { sgd } from "./sgd.js";

const factories = { sgd, rmsprop, adagrad, adam, adamw, nadam, lion };

export type OptimizerName = keyof typeof factories;
export type OptimizerLike =
  | OptimizerName
  | Optimizer
  | { readonly name: string; readonly config: Readonly<Record<string, unknown>> };

const names = Object.keys(factories) as OptimizerName[];

/** The optimizer meant by a name, a factory's result or its `{ name, config }`. @throws ConfigError for anything else. */
export function toOptimizer(where: string, value: unknown): Optimizer {
  if (value instanceof Optimizer) return value;
  if (typeof value === "string") return factories[oneOf(where, "optimizer", value, names)]();
  if (typeof value === "object" && value !== null && "name" in value) {
    const { name, config = {} } = value as { name: unknown; config?: object };
    return factories[oneOf(where, "optimizer", name, names)](config);
  }
  throw new ConfigError(
    `${where}: \`optimizer\` is ${String(value)}, expected a name (${names.join(", ")}) or an optimizer such as adam({ learningRate: 0.001 }).`,
    { received: value, expected: names },
  );
}
