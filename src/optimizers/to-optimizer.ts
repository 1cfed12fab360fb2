import { type Described, Registry } from "../registry.js";
import { adam, adamw } from "./adam.js";
import { Optimizer } from "./optimizer.js";
import { sgd } from "./sgd.js";

/** Names of optimizers, in Keras's words. */
export type OptimizerName =
  | "sgd"
  | "rmsprop"
  | "adagrad"
  | "adadelta"
  | "adam"
  | "adamw"
  | "adamax"
  | "nadam"
  | "lion";
/** An optimizer, its name, or its description. */
export type OptimizerLike = OptimizerName | Optimizer | Described;

/** Optimizers by name. */
export const optimizers = new Registry<Optimizer>("an optimizer such as adam({ learningRate: 0.001 })", {
  adam,
  adamw,
  sgd,
});

/** The optimizer meant by a name, a factory's result or its `{ name, config }`. @throws ConfigError for anything else. */
export function toOptimizer(where: string, value: unknown): Optimizer {
  if (value instanceof Optimizer) return value;
  return optimizers.make(where, "optimizer", value) ?? optimizers.refuse(where, "`optimizer`", value);
}
