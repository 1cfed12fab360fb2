import type { Kernels } from "../engine/kernels.js";
import { numberIn, refuseUnknown } from "../options.js";
import { type Loss, lossArguments } from "./loss.js";

type PlainKernel =
  | "meanSquaredErrorLoss"
  | "meanAbsoluteErrorLoss"
  | "logCoshLoss"
  | "meanAbsolutePercentageLoss"
  | "poissonLoss"
  | "cosineSimilarityLoss"
  | "meanSquaredLogarithmicLoss";

const ownColumn = (target: number): readonly number[] => [target];

const plain = (name: string, kernel: PlainKernel & keyof Kernels): Loss => ({
  name,
  columnsOf: ownColumn,
  config: {},
  targets: "values",
  targetWidth: (width) => width,
  sum: (batch) => batch.kernels[kernel](...lossArguments(batch)),
});

const noOptions = (name: string, options: object): void => refuseUnknown(`${name}()`, options, []);

/**
 * (target - prediction)², mean over the last axis.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: meanSquaredError() });
 */
export function meanSquaredError(options: object = {}): Loss {
  noOptions("meanSquaredError", options);
  return plain("meanSquaredError", "meanSquaredErrorLoss");
}

/**
 * |target - prediction|, mean over the last axis; the gradient at 0 is 0.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: meanAbsoluteError() });
 */
export function meanAbsoluteError(options: object = {}): Loss {
  noOptions("meanAbsoluteError", options);
  return plain("meanAbsoluteError", "meanAbsoluteErrorLoss");
}

/**
 * ln cosh(prediction - target): squared where small, absolute where large.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: logCosh() });
 */
export function logCosh(options: object = {}): Loss {
  noOptions("logCosh", options);
  return plain("logCosh", "logCoshLoss");
}

/**
 * 100 |target - prediction| / max(|target|, 1e-7), as Keras.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: meanAbsolutePercentageError() });
 */
export function meanAbsolutePercentageError(options: object = {}): Loss {
  noOptions("meanAbsolutePercentageError", options);
  return plain("meanAbsolutePercentageError", "meanAbsolutePercentageLoss");
}

/**
 * (ln(1 + target) - ln(1 + prediction))², both at least 1e-7, as Keras: errors by their ratio, for values above 0.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: meanSquaredLogarithmicError() });
 */
export function meanSquaredLogarithmicError(options: object = {}): Loss {
  noOptions("meanSquaredLogarithmicError", options);
  return plain("meanSquaredLogarithmicError", "meanSquaredLogarithmicLoss");
}

/**
 * prediction - target · ln(prediction + 1e-7): for counts, with a positive output such as softplus or exponential.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: poisson() }); // counts
 */
export function poisson(options: object = {}): Loss {
  noOptions("poisson", options);
  return plain("poisson", "poissonLoss");
}

/**
 * Minus the cosine of the angle between target and prediction over the last axis: -1 is best, as in Keras.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: cosineSimilarity() });
 */
export function cosineSimilarity(options: object = {}): Loss {
  noOptions("cosineSimilarity", options);
  const { columnsOf: _outputsTogether, ...loss } = plain("cosineSimilarity", "cosineSimilarityLoss");
  return loss;
}

/**
 * Squared up to `delta`, linear beyond (Huber 1964).
 * @param options delta: default 1, in the targets' unit.
 * @throws ConfigError unless delta > 0.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: huber({ delta: 0.5 }) });
 */
export function huber(options: { delta?: number } = {}): Loss {
  refuseUnknown("huber()", options, ["delta"]);
  const delta = numberIn("huber()", "delta", options.delta ?? 1, { above: 0 });
  return {
    name: "huber",
    config: { delta },
    columnsOf: ownColumn,
    targets: "values",
    targetWidth: (width) => width,
    sum: (batch) => batch.kernels.huberLoss(...lossArguments(batch), delta),
  };
}
