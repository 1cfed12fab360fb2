import { ConfigError } from "../errors.js";
import { oneOf } from "../options.js";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} from "./crossentropy.js";
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
  | { readonly name: string; readonly config: Readonly<Record<string, unknown>> };

export const lossNames = Object.keys(lossFactories) as LossName[];

/** The loss meant by a name, a factory's result or its `{ name, config }`. @throws ConfigError for anything else. */
export function toLoss(where: string, value: unknown): Loss {
  if (isLoss(value)) return value;
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
    `${where}: \`loss\` is ${String(value)}, expected a name (${lossNames.join(", ")}) or a loss such as huber({ delta: 1 }).`,
    { received: value, expected: lossNames },
  );
}
