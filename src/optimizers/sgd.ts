import { ConfigError } from "../errors.js";
import { flag, numberIn } from "../options.js";
import { Optimizer, type OptimizerOptions, type UpdateStep } from "./optimizer.js";

/** Options of `sgd`. */
export interface SgdOptions extends OptimizerOptions {
  /** Default 0. */
  readonly momentum?: number;
  /** Nesterov's look-ahead; needs a momentum. Default false. */
  readonly nesterov?: boolean;
}

class Sgd extends Optimizer {
  readonly name = "sgd";
  protected readonly slotNames: readonly string[];
  readonly #momentum: number;
  readonly #nesterov: boolean;

  constructor(options: SgdOptions) {
    super("sgd()", options, ["momentum", "nesterov"], { learningRate: 0.01 });
    this.#momentum = numberIn("sgd()", "momentum", options.momentum ?? 0, { min: 0, max: 1 });
    this.#nesterov = flag("sgd()", "nesterov", options.nesterov ?? false);
    if (this.#nesterov && this.#momentum === 0) {
      throw new ConfigError("sgd(): `nesterov` needs a momentum above 0, such as 0.9.");
    }
    this.slotNames = this.#momentum > 0 ? ["momentum"] : [];
  }

  protected update({ kernels, weights, gradients, count, learningRate, slots }: UpdateStep): void {
    const [momentum] = slots;
    if (momentum === undefined) kernels.sgdStep(weights, gradients, count, learningRate);
    else {
      kernels.sgdMomentumStep(
        weights,
        gradients,
        momentum,
        count,
        learningRate,
        this.#momentum,
        this.#nesterov ? 1 : 0,
      );
    }
  }
}

/**
 * Stochastic gradient descent: w -= α g; with momentum v = μ v - α g, w += v; Nesterov w += μ v - α g.
 * Default learningRate 0.01. Keras's formulas.
 * @throws ConfigError for an unknown option, a value out of range, or two clip options.
 *
 * @example
 * model.compile({ optimizer: sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }), loss: "mse" });
 */
export const sgd = (options: SgdOptions = {}): Optimizer => new Sgd(options);
