import { flag, numberIn } from "../options.js";
import { refuseOtherAxis } from "./axis.js";
import { classTargets } from "./class-targets.js";
import { withoutClass } from "./ignored-class.js";
import { type Loss, type LossOptions, lossArguments, lossMaking } from "./loss.js";

/** Options of the cross-entropies. */
export interface CrossentropyOptions extends LossOptions {
  /** The predictions are pre-activations: leave sigmoid or softmax out of the model. More exact. Default false. */
  readonly fromLogits?: boolean;
  /** Moves the targets so far towards the uniform distribution (Szegedy et al. 2016). Default 0. */
  readonly labelSmoothing?: number;
  /** Where the classes stand: the last axis alone, -1, which is the default. */
  readonly axis?: -1;
}

/** Options of `sparseCategoricalCrossentropy`. */
export interface SparseCrossentropyOptions extends Omit<CrossentropyOptions, "labelSmoothing"> {
  /** Rows with this label count for nothing: neither in the sum nor in what the mean divides by. -1, say, or 0 for padding. Default: none. */
  readonly ignoreClass?: number | null;
}

/** @throws ConfigError for an unknown option or a value that is none. */
function crossentropy(
  name: "binaryCrossentropy" | "categoricalCrossentropy",
  options: CrossentropyOptions,
  more: Pick<Loss, "columnsOf"> | null,
): Loss {
  const where = `${name}()`;
  return lossMaking.make(where, options, ["fromLogits", "labelSmoothing", "axis"], () => {
    const fromLogits = flag(where, "fromLogits", options.fromLogits ?? false);
    const labelSmoothing = numberIn(where, "labelSmoothing", options.labelSmoothing ?? 0, { min: 0, max: 1 });
    refuseOtherAxis(where, options.axis);
    return {
      name,
      ...more,
      label: options.name,
      config: { ...options, fromLogits, labelSmoothing },
      targets: "values",
      targetWidth: (width) => width,
      sum: (batch) =>
        batch.kernels[`${name}Loss`](...lossArguments(batch), fromLogits ? 1 : 0, labelSmoothing),
    };
  });
}

/**
 * Cross-entropy of targets in [0, 1], element by element; probabilities are clipped to [1e-7, 1 - 1e-7], as in Keras.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: binaryCrossentropy({ fromLogits: true }) });
 */
export const binaryCrossentropy = (options: CrossentropyOptions = {}): Loss =>
  crossentropy("binaryCrossentropy", options, { columnsOf: (target) => [target] });

/**
 * Cross-entropy of one-hot (or soft) targets over the last axis. Probabilities are normalized and clipped, as in Keras.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: categoricalCrossentropy() }); // after softmax
 */
export const categoricalCrossentropy = (options: CrossentropyOptions = {}): Loss =>
  crossentropy("categoricalCrossentropy", options, null);

/**
 * Cross-entropy of class indices 0 … classes - 1: one index a row, `[batch]` or `[batch, timesteps]`.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: sparseCategoricalCrossentropy() }); // labels 0, 1, 2 …
 */
export function sparseCategoricalCrossentropy(options: SparseCrossentropyOptions = {}): Loss {
  const where = "sparseCategoricalCrossentropy()";
  return lossMaking.make(where, options, ["fromLogits", "ignoreClass", "axis"], () => {
    const fromLogits = flag(where, "fromLogits", options.fromLogits ?? false);
    refuseOtherAxis(where, options.axis);
    const { ignoreClass } = options;
    const loss: Loss = {
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
    if (ignoreClass == null) return loss;
    return withoutClass(loss, numberIn(where, "ignoreClass", ignoreClass, { integer: true }));
  });
}
