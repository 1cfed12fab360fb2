import { numberIn } from "../options.js";
import { Optimizer, type OptimizerOptions, type UpdateStep } from "./optimizer.js";

/** Options of `adadelta`. */
export interface AdadeltaOptions extends OptimizerOptions {
  /** Decay of the means of squared gradients and squared steps. Default 0.95. */
  readonly rho?: number;
  /** Inside of both roots. Default 1e-7. */
  readonly epsilon?: number;
}

class Adadelta extends Optimizer {
  readonly name = "adadelta";
  protected readonly slotNames = ["accumulated_gradient", "accumulated_delta_var"];
  readonly #rho: number;
  readonly #epsilon: number;

  constructor(options: AdadeltaOptions) {
    super("adadelta()", options, ["rho", "epsilon"], { learningRate: 0.001 });
    this.#rho = numberIn("adadelta()", "rho", options.rho ?? 0.95, { min: 0, max: 1 });
    this.#epsilon = numberIn("adadelta()", "epsilon", options.epsilon ?? 1e-7, { min: 0 });
  }

  protected update({ kernels, weights, gradients, count, learningRate, slots }: UpdateStep): void {
    kernels.adadeltaStep(
      weights,
      gradients,
      slots[0]!,
      slots[1]!,
      count,
      learningRate,
      this.#rho,
      this.#epsilon,
    );
  }
}

/**
 * Adadelta (Zeiler 2012), Keras's formulas: steps as long as those before, in the gradient's units. Default learningRate
 * 0.001, as in Keras; the paper's is 1.
 * @throws ConfigError for an unknown option, a value out of range, or two clip options.
 *
 * @example
 * model.compile({ optimizer: adadelta({ learningRate: 1 }), loss: "mse" });
 */
export const adadelta = (options: AdadeltaOptions = {}): Optimizer => new Adadelta(options);
