import { ConfigError } from "../errors.js";
import { oneOf } from "../options.js";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} from "./crossentropy.js";
import { customLoss, type LossFunction } from "./custom.js";
import { isLoss, type Loss } from "./loss.js";
import { gaussianNegativeLogLikelihood, quantile } from "./probabilistic.js";
import {
  cosineSimilarity,
  huber,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  poisson,
} from "./regression.js";

/** Losses by name, Keras's short ones included. */
export const lossFactories = {
  meanSquaredError,
  mse: meanSquaredError,
  meanAbsoluteError,
  mae: meanAbsoluteError,
  huber,
  logCosh,
  meanAbsolutePercentageError,
  mape: meanAbsolutePercentageError,
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
  poisson,
  cosineSimilarity,
  gaussianNegativeLogLikelihood,
};

export type LossName = keyof typeof lossFactories;
export type LossLike =
  | LossName
  | Loss
  | LossFunction
  | { readonly name: string; readonly config: Readonly<Record<string, unknown>> };

export const lossNames = Object.keys(lossFactories) as LossName[];

const factories: readonly unknown[] = [...Object.values(lossFactories), quantile];

/**
 * The loss meant by a name, a factory's result, its `{ name, config }` or a function of a user's own.
 * @throws ConfigError for anything else.
 */
export function toLoss(where: string, value: unknown): Loss {
  if (isLoss(value)) return value;
  if (factories.includes(value)) {
    const { name } = value as { name: string };
    throw new ConfigError(
      `${where}: \`loss\` is the factory ${name}. Call it: ${name}(${name === "quantile" ? "{ quantiles: [0.1, 0.5, 0.9] }" : ""}).`,
    );
  }
  if (typeof value === "function") return customLoss(value as LossFunction);
  if (value === "quantile") {
    throw new ConfigError(
      `${where}: the loss "quantile" needs its levels: quantile({ quantiles: [0.1, 0.5, 0.9] }).`,
    );
  }
  if (typeof value === "string") return lossFactories[oneOf(where, "loss", value, lossNames)]();
  if (typeof value === "object" && value !== null && "name" in value) {
    const { name, config = {} } = value as { name: unknown; config?: object };
    if (name === "quantile") return quantile(config as { quantiles: number[] });
    return lossFactories[oneOf(where, "loss", name, lossNames)](config);
  }
  throw new ConfigError(
    `${where}: \`loss\` is ${String(value)}, expected a name (${lossNames.join(", ")}) a loss such as huber({ delta: 1 }), or a function (yTrue, yPred) => ({ loss, gradient }).`,
    { received: value, expected: lossNames },
  );
}
