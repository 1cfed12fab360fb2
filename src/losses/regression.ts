import type { Kernels } from "../engine/kernels.js";
import { numberIn } from "../options.js";
import { refuseOtherAxis } from "./axis.js";
import { type Loss, type LossOptions, lossArguments, lossMaking } from "./loss.js";

type PlainKernel =
  | "meanSquaredErrorLoss"
  | "meanAbsoluteErrorLoss"
  | "logCoshLoss"
  | "meanAbsolutePercentageLoss"
  | "poissonLoss"
  | "cosineSimilarityLoss"
  | "meanSquaredLogarithmicLoss";

const ownColumn = (target: number): readonly number[] => [target];

const plain = (
  name: string,
  kernel: PlainKernel & keyof Kernels,
  options: LossOptions,
  known: readonly string[] = [],
): Loss =>
  lossMaking.make(`${name}()`, options, known, () => ({
    name,
    label: options.name,
    columnsOf: ownColumn,
    config: { ...options },
    targets: "values",
    targetWidth: (width) => width,
    sum: (batch) => batch.kernels[kernel](...lossArguments(batch)),
  }));

/**
 * (target - prediction)², mean over the last axis.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: meanSquaredError() });
 */
export function meanSquaredError(options: LossOptions = {}): Loss {
  return plain("meanSquaredError", "meanSquaredErrorLoss", options);
}

/**
 * |target - prediction|, mean over the last axis; the gradient at 0 is 0.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: meanAbsoluteError() });
 */
export function meanAbsoluteError(options: LossOptions = {}): Loss {
  return plain("meanAbsoluteError", "meanAbsoluteErrorLoss", options);
}

/**
 * ln cosh(prediction - target): squared where small, absolute where large.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: logCosh() });
 */
export function logCosh(options: LossOptions = {}): Loss {
  return plain("logCosh", "logCoshLoss", options);
}

/**
 * 100 |target - prediction| / max(|target|, 1e-7), as Keras.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: meanAbsolutePercentageError() });
 */
export function meanAbsolutePercentageError(options: LossOptions = {}): Loss {
  return plain("meanAbsolutePercentageError", "meanAbsolutePercentageLoss", options);
}

/**
 * (ln(1 + target) - ln(1 + prediction))², both at least 1e-7, as Keras: errors by their ratio, for values above 0.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: meanSquaredLogarithmicError() });
 */
export function meanSquaredLogarithmicError(options: LossOptions = {}): Loss {
  return plain("meanSquaredLogarithmicError", "meanSquaredLogarithmicLoss", options);
}

/**
 * prediction - target · ln(prediction + 1e-7): for counts, with a positive output such as softplus or exponential.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: poisson() }); // counts
 */
export function poisson(options: LossOptions = {}): Loss {
  return plain("poisson", "poissonLoss", options);
}

/** Options of `cosineSimilarity`. */
export interface CosineSimilarityOptions extends LossOptions {
  /** The last axis alone, which is the default: -1. */
  readonly axis?: -1;
}

/**
 * Minus the cosine of the angle between target and prediction over the last axis: -1 is best, as in Keras.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: cosineSimilarity() });
 */
export function cosineSimilarity(options: CosineSimilarityOptions = {}): Loss {
  const { columnsOf: _outputsTogether, ...loss } = plain(
    "cosineSimilarity",
    "cosineSimilarityLoss",
    options,
    ["axis"],
  );
  refuseOtherAxis("cosineSimilarity()", options.axis);
  return loss;
}

/** Options of `huber`. */
export interface HuberOptions extends LossOptions {
  /** Errors up to it are squared, in the targets' unit; above 0. Default 1. */
  readonly delta?: number;
}

/**
 * Squared up to `delta`, linear beyond (Huber 1964).
 * @throws ConfigError unless delta > 0.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: huber({ delta: 0.5 }) });
 */
export function huber(options: HuberOptions = {}): Loss {
  return lossMaking.make("huber()", options, ["delta"], () => {
    const delta = numberIn("huber()", "delta", options.delta ?? 1, { above: 0 });
    return {
      name: "huber",
      label: options.name,
      config: { ...options, delta },
      columnsOf: ownColumn,
      targets: "values",
      targetWidth: (width) => width,
      sum: (batch) => batch.kernels.huberLoss(...lossArguments(batch), delta),
    };
  });
}
