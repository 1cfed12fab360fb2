import { flag, numberIn } from "../options.js";
import { integerPower, Optimizer, type OptimizerOptions, type UpdateStep } from "./optimizer.js";

/** Options of `adam`, `adamw` and `nadam`. */
export interface AdamOptions extends OptimizerOptions {
  /** Decay of the mean of gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients. Default 0.999. */
  readonly beta2?: number;
  /**
   * Keras's place: α √(1-β₂ᵗ)/(1-β₁ᵗ) · m / (√v + ε), Kingma & Ba's «epsilon hat». PyTorch and TensorFlow.js add it to
   * the corrected √v̂ instead, which lets gradients below 1e-6 move faster in the first steps. Default 1e-7.
   */
  readonly epsilon?: number;
}

/** The option `amsgrad`. */
export interface AmsgradOption {
  /** Uses the largest v seen so far (Reddi et al. 2018). Default false. */
  readonly amsgrad?: boolean;
}

const range = { min: 0, below: 1 } as const;

/** Adam and its decoupled-decay form share everything but a default. */
class Adam extends Optimizer {
  protected readonly slotNames: readonly string[];
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #epsilon: number;

  constructor(
    readonly name: "adam" | "adamw",
    options: AdamOptions & AmsgradOption,
    defaults: { learningRate: number; weightDecay?: number },
  ) {
    const where = `${name}()`;
    super(where, options, ["beta1", "beta2", "epsilon", "amsgrad"], defaults);
    this.#beta1 = numberIn(where, "beta1", options.beta1 ?? 0.9, range);
    this.#beta2 = numberIn(where, "beta2", options.beta2 ?? 0.999, range);
    this.#epsilon = numberIn(where, "epsilon", options.epsilon ?? 1e-7, { min: 0 });
    const amsgrad = flag(where, "amsgrad", options.amsgrad ?? false);
    this.slotNames = amsgrad ? ["momentum", "velocity", "velocity_hat"] : ["momentum", "velocity"];
  }

  protected update({ kernels, weights, gradients, count, learningRate, time, slots }: UpdateStep): void {
    const [momentum, velocity, velocityHat] = slots as [number, number, number?];
    const correction = Math.sqrt(1 - integerPower(this.#beta2, time)) / (1 - integerPower(this.#beta1, time));
    const alpha = learningRate * correction;
    if (velocityHat === undefined) {
      kernels.adamStep(
        weights,
        gradients,
        momentum,
        velocity,
        count,
        alpha,
        this.#beta1,
        this.#beta2,
        this.#epsilon,
      );
    } else {
      kernels.adamAmsgradStep(
        weights,
        gradients,
        momentum,
        velocity,
        velocityHat,
        count,
        alpha,
        this.#beta1,
        this.#beta2,
        this.#epsilon,
      );
    }
  }
}

/**
 * Adam (Kingma & Ba 2015), Keras's formulas. Defaults: learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-7.
 * @throws ConfigError for an unknown option, a value out of range, or two clip options.
 *
 * @example
 * model.compile({ optimizer: adam({ learningRate: 0.003, clipnorm: 1 }), loss: "mse" });
 */
export const adam = (options: AdamOptions & AmsgradOption = {}): Optimizer =>
  new Adam("adam", options, { learningRate: 0.001 });

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019); weightDecay 0.004 by default, as in Keras (PyTorch: 0.01).
 * @throws ConfigError as `adam`.
 *
 * @example
 * model.compile({ optimizer: adamw({ weightDecay: 0.01 }), loss: "mse" });
 */
export const adamw = (options: AdamOptions & AmsgradOption = {}): Optimizer =>
  new Adam("adamw", options, { learningRate: 0.001, weightDecay: 0.004 });

class Nadam extends Optimizer {
  readonly name = "nadam";
  protected readonly slotNames = ["momentum", "velocity"];
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #epsilon: number;
  #product = { time: 0, value: 1 };

  constructor(options: AdamOptions) {
    super("nadam()", options, ["beta1", "beta2", "epsilon"], { learningRate: 0.001 });
    this.#beta1 = numberIn("nadam()", "beta1", options.beta1 ?? 0.9, range);
    this.#beta2 = numberIn("nadam()", "beta2", options.beta2 ?? 0.999, range);
    this.#epsilon = numberIn("nadam()", "epsilon", options.epsilon ?? 1e-7, { min: 0 });
  }

  protected update({ kernels, weights, gradients, count, learningRate, time, slots }: UpdateStep): void {
    const [momentum, velocity] = slots as [number, number];
    const product = this.#productOfU(time);
    const next = this.#u(time + 1);
    kernels.nadamStep(
      weights,
      gradients,
      momentum,
      velocity,
      count,
      learningRate,
      this.#beta1,
      this.#beta2,
      this.#epsilon,
      next / (1 - product * next),
      (1 - this.#u(time)) / (1 - product),
      1 / (1 - integerPower(this.#beta2, time)),
    );
  }

  /** u_1 … u_t, going on from the product of the update before. */
  #productOfU(time: number): number {
    if (this.#product.time > time) this.#product = { time: 0, value: 1 };
    while (this.#product.time < time) {
      const next = this.#product.time + 1;
      this.#product = { time: next, value: this.#product.value * this.#u(next) };
    }
    return this.#product.value;
  }

  /** Dozat 2016: u_t = β₁ (1 - ½ 0.96ᵗ). */
  #u(time: number): number {
    return this.#beta1 * (1 - 0.5 * integerPower(0.96, time));
  }
}

/**
 * Adam with Nesterov momentum (Dozat 2016), Keras's formulas and defaults (learningRate 0.001).
 * @throws ConfigError as `adam`.
 *
 * @example
 * model.compile({ optimizer: nadam(), loss: "mse" });
 */
export const nadam = (options: AdamOptions = {}): Optimizer => new Nadam(options);
