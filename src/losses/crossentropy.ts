import { flag, numberIn, refuseUnknown } from "../options.js";
import { classTargets } from "./class-targets.js";
import { type Loss, type LossOptions, lossArguments } from "./loss.js";

/** Options of the cross-entropies. */
export interface CrossentropyOptions extends LossOptions {
  /** The predictions are pre-activations: leave sigmoid or softmax out of the model. More exact. Default false. */
  readonly fromLogits?: boolean;
  /** Moves the targets so far towards the uniform distribution (Szegedy et al. 2016). Default 0. */
  readonly labelSmoothing?: number;
}

function optionsOf(
  where: string,
  options: CrossentropyOptions,
): { fromLogits: boolean; labelSmoothing: number } {
  refuseUnknown(where, options, ["fromLogits", "labelSmoothing", "name"]);
  return {
    fromLogits: flag(where, "fromLogits", options.fromLogits ?? false),
    labelSmoothing: numberIn(where, "labelSmoothing", options.labelSmoothing ?? 0, { min: 0, max: 1 }),
  };
}

/**
 * Cross-entropy of targets in [0, 1], element by element; probabilities are clipped to [1e-7, 1 - 1e-7], as in Keras.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: binaryCrossentropy({ fromLogits: true }) });
 */
export function binaryCrossentropy(options: CrossentropyOptions = {}): Loss {
  const { fromLogits, labelSmoothing } = optionsOf("binaryCrossentropy()", options);
  return {
    name: "binaryCrossentropy",
    columnsOf: (target) => [target],
    label: options.name,
    config: { ...options, fromLogits, labelSmoothing },
    targets: "values",
    targetWidth: (width) => width,
    sum: (batch) =>
      batch.kernels.binaryCrossentropyLoss(...lossArguments(batch), fromLogits ? 1 : 0, labelSmoothing),
  };
}

/**
 * Cross-entropy of one-hot (or soft) targets over the last axis. Probabilities are normalized and clipped, as in Keras.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: categoricalCrossentropy() }); // after softmax
 */
export function categoricalCrossentropy(options: CrossentropyOptions = {}): Loss {
  const { fromLogits, labelSmoothing } = optionsOf("categoricalCrossentropy()", options);
  return {
    name: "categoricalCrossentropy",
    label: options.name,
    config: { ...options, fromLogits, labelSmoothing },
    targets: "values",
    targetWidth: (width) => width,
    sum: (batch) =>
      batch.kernels.categoricalCrossentropyLoss(...lossArguments(batch), fromLogits ? 1 : 0, labelSmoothing),
  };
}

/**
 * Cross-entropy of class indices 0 … classes - 1: one index a row, `[batch]` or `[batch, timesteps]`.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: sparseCategoricalCrossentropy() }); // labels 0, 1, 2 …
 */
export function sparseCategoricalCrossentropy(
  options: Omit<CrossentropyOptions, "labelSmoothing"> = {},
): Loss {
  refuseUnknown("sparseCategoricalCrossentropy()", options, ["fromLogits", "name"]);
  const fromLogits = flag("sparseCategoricalCrossentropy()", "fromLogits", options.fromLogits ?? false);
  return {
    name: "sparseCategoricalCrossentropy",
    label: options.name,
    config: { ...options, fromLogits },
    targets: "classes",
    classes: classTargets,
    targetWidth: () => 1,
    sum: (batch) =>
      batch.kernels.sparseCategoricalCrossentropyLoss(
        ...lossArguments(batch),
        batch.targetStride,
        fromLogits ? 1 : 0,
      ),
  };
}
