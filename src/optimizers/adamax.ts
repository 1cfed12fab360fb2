import { numberIn } from "../options.js";
import { integerPower, Optimizer, type OptimizerOptions, type UpdateStep } from "./optimizer.js";

/** Options of `adamax`. */
export interface AdamaxOptions extends OptimizerOptions {
  /** Decay of the mean of gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the largest gradient. Default 0.999. */
  readonly beta2?: number;
  /** Added to the largest gradient. Default 1e-7. */
  readonly epsilon?: number;
}

class Adamax extends Optimizer {
  readonly name = "adamax";
  protected readonly slotNames = ["momentum", "norm"];
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #epsilon: number;

  constructor(options: AdamaxOptions) {
    super("adamax()", options, ["beta1", "beta2", "epsilon"], { learningRate: 0.001 });
    const range = { min: 0, below: 1 } as const;
    this.#beta1 = numberIn("adamax()", "beta1", options.beta1 ?? 0.9, range);
    this.#beta2 = numberIn("adamax()", "beta2", options.beta2 ?? 0.999, range);
    this.#epsilon = numberIn("adamax()", "epsilon", options.epsilon ?? 1e-7, { min: 0 });
  }

  protected update({ kernels, weights, gradients, count, learningRate, time, slots }: UpdateStep): void {
    const [momentum, norm] = slots as [number, number];
    const alpha = learningRate / (1 - integerPower(this.#beta1, time));
    kernels.adamaxStep(
      weights,
      gradients,
      momentum,
      norm,
      count,
      alpha,
      this.#beta1,
      this.#beta2,
      this.#epsilon,
    );
  }
}

/**
 * AdaMax (Kingma & Ba 2015, section 7.1), Keras's formulas: Adam with the largest gradient, slowly forgotten, in place of
 * the root. Default learningRate 0.001.
 * @throws ConfigError for an unknown option, a value out of range, or two clip options.
 *
 * @example
 * model.compile({ optimizer: adamax({ learningRate: 0.002 }), loss: "mse" });
 */
export const adamax = (options: AdamaxOptions = {}): Optimizer => new Adamax(options);
