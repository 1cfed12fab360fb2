import { numberIn } from "../options.js";
import { Optimizer, type OptimizerOptions, type UpdateStep } from "./optimizer.js";

/** Options of `lion`. */
export interface LionOptions extends OptimizerOptions {
  /** Weight of the momentum in the update's sign. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the momentum. Default 0.99. */
  readonly beta2?: number;
}

class Lion extends Optimizer {
  readonly name = "lion";
  protected readonly slotNames = ["momentum"];
  readonly #beta1: number;
  readonly #beta2: number;

  constructor(options: LionOptions) {
    super("lion()", options, ["beta1", "beta2"], { learningRate: 0.001 });
    this.#beta1 = numberIn("lion()", "beta1", options.beta1 ?? 0.9, { above: 0, max: 1 });
    this.#beta2 = numberIn("lion()", "beta2", options.beta2 ?? 0.99, { min: 0, max: 1 });
  }

  protected update({ kernels, weights, gradients, count, learningRate, slots }: UpdateStep): void {
    kernels.lionStep(weights, gradients, slots[0]!, count, learningRate, this.#beta1, this.#beta2);
  }
}

/**
 * Lion (Chen et al. 2023): steps along the sign of a momentum. Use a learning rate three to ten times below Adam's.
 * Default learningRate 0.001, as in Keras.
 * @throws ConfigError for an unknown option, a value out of range, or two clip options.
 *
 * @example
 * model.compile({ optimizer: lion({ learningRate: 0.0003 }), loss: "mse" });
 */
export const lion = (options: LionOptions = {}): Optimizer => new Lion(options);
