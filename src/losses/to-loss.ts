import { ConfigError } from "../errors.js";
import { type Described, Registry } from "../registry.js";
import { customLoss, type LossFunction } from "./custom.js";
import { isLoss, type Loss } from "./loss.js";
import { huber, meanAbsoluteError, meanSquaredError } from "./regression.js";

/** Keras's short names included. */
export type LossName =
  | "meanSquaredError"
  | "mse"
  | "meanAbsoluteError"
  | "mae"
  | "huber"
  | "logCosh"
  | "meanAbsolutePercentageError"
  | "mape"
  | "meanSquaredLogarithmicError"
  | "msle"
  | "hinge"
  | "squaredHinge"
  | "klDivergence"
  | "binaryCrossentropy"
  | "categoricalCrossentropy"
  | "sparseCategoricalCrossentropy"
  | "poisson"
  | "cosineSimilarity"
  | "gaussianNegativeLogLikelihood";
/** A loss, its name, or a function of one's own. */
export type LossLike = LossName | Loss | LossFunction | Described;

/** Losses by name. */
export const losses = new Registry<Loss>(
  "a loss such as huber({ delta: 1 }), or a function (yTrue, yPred) => ({ loss, gradient })",
  {
    meanSquaredError,
    mse: meanSquaredError,
    meanAbsoluteError,
    mae: meanAbsoluteError,
    huber,
  },
);

/**
 * The loss meant by a name, a factory's result, its `{ name, config }` or a function of a user's own.
 * @throws ConfigError for anything else.
 */
export function toLoss(where: string, value: unknown): Loss {
  if (isLoss(value)) return value;
  if (losses.holds(value)) {
    const { name } = value;
    throw new ConfigError(`${where}: \`loss\` is a factory. Call it: ${name}().`);
  }
  if (typeof value === "function") return customLoss(value as LossFunction);
  return losses.make(where, "loss", value) ?? losses.refuse(where, "`loss`", value);
}
