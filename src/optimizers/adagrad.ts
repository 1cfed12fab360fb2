import { numberIn } from "../options.js";
import { Optimizer, type OptimizerOptions, type UpdateStep } from "./optimizer.js";
import type { ParameterBlock } from "./parameter-block.js";

/** Options of `adagrad`. */
export interface AdagradOptions extends OptimizerOptions {
  /** Where the sums of squared gradients start. Default 0.1. */
  readonly initialAccumulatorValue?: number;
  /** Inside the root. Default 1e-7. */
  readonly epsilon?: number;
}

class Adagrad extends Optimizer {
  readonly name = "adagrad";
  protected readonly slotNames = ["accumulator_of_squares"];
  readonly #initial: number;
  readonly #epsilon: number;

  constructor(options: AdagradOptions) {
    super("adagrad()", options, ["initialAccumulatorValue", "epsilon"], { learningRate: 0.001 });
    this.#initial = numberIn("adagrad()", "initialAccumulatorValue", options.initialAccumulatorValue ?? 0.1, {
      min: 0,
    });
    this.#epsilon = numberIn("adagrad()", "epsilon", options.epsilon ?? 1e-7, { min: 0 });
  }

  protected override initializeSlots({ memory, count }: ParameterBlock, [sums]: readonly number[]): void {
    memory.floats(sums!, count).fill(this.#initial);
  }

  protected update({ kernels, weights, gradients, count, learningRate, slots }: UpdateStep): void {
    kernels.adagradStep(weights, gradients, slots[0]!, count, learningRate, this.#epsilon);
  }
}

/**
 * Adagrad (Duchi et al. 2011), Keras's formulas. Default learningRate 0.001.
 * @throws ConfigError for an unknown option, a value out of range, or two clip options.
 *
 * @example
 * model.compile({ optimizer: adagrad({ learningRate: 0.01 }), loss: "mse" });
 */
export const adagrad = (options: AdagradOptions = {}): Optimizer => new Adagrad(options);
