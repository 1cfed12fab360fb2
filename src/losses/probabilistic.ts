import { ConfigError, ShapeError } from "../errors.js";
import { numberIn } from "../options.js";
import { type Loss, type LossOptions, lossArguments, lossMaking } from "./loss.js";

/** Options of `quantile`. */
export interface QuantileOptions extends LossOptions {
  /** Levels between 0 and 1, such as [0.1, 0.5, 0.9]. */
  readonly quantiles: readonly number[];
}

/**
 * Mean pinball loss (Koenker & Bassett 1978). For targets `[…, O]` the model predicts `[…, O · quantiles]`: all quantiles
 * of the first output, then those of the second.
 * @throws ConfigError for a level outside (0, 1) or an empty list.
 *
 * @example
 * const model = sequential([lstm({ units: 8, inputShape: [20, 1] }), dense({ units: 3 })]); // one a quantile
 * model.compile({ optimizer: "adam", loss: quantile({ quantiles: [0.1, 0.5, 0.9] }) });
 */
export function quantile(options: QuantileOptions): Loss {
  return lossMaking.make("quantile()", options, ["quantiles"], () => quantileOf(options));
}

function quantileOf(options: QuantileOptions): Loss {
  const { quantiles } = options;
  if (!Array.isArray(quantiles) || quantiles.length === 0) {
    throw new ConfigError("quantile(): `quantiles` is missing, expected levels such as [0.1, 0.5, 0.9].", {
      received: quantiles,
    });
  }
  for (const level of quantiles) numberIn("quantile()", "quantiles", level, { above: 0, below: 1 });
  return {
    name: "quantile",
    label: options.name,
    config: { ...options, quantiles: [...quantiles] },
    columnsOf: (target) => quantiles.map((_, q) => target * quantiles.length + q),
    targets: "values",
    targetWidth(width) {
      if (width % quantiles.length === 0) return width / quantiles.length;
      throw new ShapeError(
        `quantile(): the model predicts ${width} values a row, which ${quantiles.length} quantiles do not divide. Its last layer needs outputs × quantiles units.`,
        { received: width, expected: `a multiple of ${quantiles.length}` },
      );
    },
    sum(batch) {
      const { kernels, memory, targetStride } = batch;
      const levels = memory.take(quantiles.length);
      try {
        memory.floats(levels, quantiles.length).set(quantiles);
        return kernels.quantileLoss(...lossArguments(batch), levels, quantiles.length, targetStride);
      } finally {
        memory.give(levels);
      }
    },
  };
}

/**
 * Negative log-likelihood of a normal distribution, ½ (ln v + (target - mean)² / v), without the constant ½ ln 2π
 * (PyTorch's GaussianNLLLoss). For targets `[…, O]` the model predicts `[…, 2 O]`: the means, then the raw spreads s, with
 * v = softplus(s) + 1e-6.
 * @throws ConfigError for an unknown option; ShapeError where the model has another number of outputs.
 *
 * @example
 * const model = sequential([lstm({ units: 8, inputShape: [20, 1] }), dense({ units: 2 })]); // mean and spread
 * model.compile({ optimizer: "adam", loss: gaussianNegativeLogLikelihood() });
 */
export function gaussianNegativeLogLikelihood(options: LossOptions = {}): Loss {
  return lossMaking.make("gaussianNegativeLogLikelihood()", options, [], () => ({
    name: "gaussianNegativeLogLikelihood",
    label: options.name,
    columnsOf: (target, width) => [target, target + width / 2],
    config: { ...options },
    targets: "values",
    targetWidth(width) {
      if (width % 2 === 0) return width / 2;
      throw new ShapeError(
        `gaussianNegativeLogLikelihood(): the model predicts ${width} values a row, but needs a mean and a spread for each output. Its last layer needs 2 × outputs units.`,
        { received: width, expected: "an even number" },
      );
    },
    sum: (batch) =>
      batch.kernels.gaussianNegativeLogLikelihoodLoss(...lossArguments(batch), batch.targetStride),
  }));
}
