import { flag, numberIn } from "../options.js";
import { Optimizer, type OptimizerOptions, type UpdateStep } from "./optimizer.js";

/** Options of `rmsprop`. */
export interface RmspropOptions extends OptimizerOptions {
  /** Decay of the mean of squared gradients. Default 0.9. */
  readonly rho?: number;
  /** Default 0. */
  readonly momentum?: number;
  /**
   * Inside of the root, as in Keras: g / √(v + ε); PyTorch's stands outside, g / (√v + ε). Where gradients are smaller
   * than √ε (3e-4 by default) the two differ: for PyTorch's ε = 1e-8 give 1e-16 here. Default 1e-7.
   */
  readonly epsilon?: number;
  /** Divides by the variance of the gradient instead of its second moment (Graves 2013). Default false. */
  readonly centered?: boolean;
}

class Rmsprop extends Optimizer {
  readonly name = "rmsprop";
  protected readonly slotNames: readonly string[];
  readonly #rho: number;
  readonly #momentum: number;
  readonly #epsilon: number;
  readonly #centered: boolean;

  constructor(options: RmspropOptions) {
    super("rmsprop()", options, ["rho", "momentum", "epsilon", "centered"], { learningRate: 0.001 });
    this.#rho = numberIn("rmsprop()", "rho", options.rho ?? 0.9, { min: 0, max: 1 });
    this.#momentum = numberIn("rmsprop()", "momentum", options.momentum ?? 0, { min: 0, max: 1 });
    this.#epsilon = numberIn("rmsprop()", "epsilon", options.epsilon ?? 1e-7, { min: 0 });
    this.#centered = flag("rmsprop()", "centered", options.centered ?? false);
    this.slotNames = [
      "velocity",
      ...(this.#momentum > 0 ? ["momentum"] : []),
      ...(this.#centered ? ["average_gradient"] : []),
    ];
  }

  protected update({ kernels, weights, gradients, count, learningRate, slots }: UpdateStep): void {
    const at = (name: string): number => slots[this.slotNames.indexOf(name)] ?? 0;
    kernels.rmspropStep(
      weights,
      gradients,
      at("velocity"),
      at("momentum"),
      at("average_gradient"),
      count,
      learningRate,
      this.#rho,
      this.#momentum,
      this.#epsilon,
    );
  }
}

/**
 * RMSprop (Tieleman & Hinton 2012), Keras's formulas: v = ρ v + (1-ρ) g², w -= α g / √(v + ε). Default learningRate 0.001.
 * @throws ConfigError for an unknown option, a value out of range, or two clip options.
 *
 * @example
 * model.compile({ optimizer: rmsprop({ momentum: 0.9 }), loss: "mse" });
 */
export const rmsprop = (options: RmspropOptions = {}): Optimizer => new Rmsprop(options);
