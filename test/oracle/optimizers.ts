import { type ClipOptions, clipGradients } from "./clipping.js";
import { UPDATE_RULES } from "./update-rules.js";

export type OptimizerName =
  | "sgd"
  | "rmsprop"
  | "adagrad"
  | "adadelta"
  | "adamax"
  | "adam"
  | "adamw"
  | "nadam"
  | "lion"
  | "adamTfjs";

/** Options in Keras's words; an option an optimizer does not have is not read. */
export interface OptimizerOptions extends ClipOptions {
  /** A number, or a schedule of the number of updates made before this one. */
  readonly learningRate?: number | ((iteration: number) => number);
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly amsgrad?: boolean;
  readonly rho?: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly centered?: boolean;
  readonly initialAccumulatorValue?: number;
  readonly weightDecay?: number;
  readonly useEma?: boolean;
  readonly emaMomentum?: number;
  readonly emaOverwriteFrequency?: number;
  readonly gradientAccumulationSteps?: number;
}

export interface OracleOptimizer {
  /** Changes the weights in place. With accumulation only every n-th call does. */
  step(gradients: readonly ArrayLike<number>[]): void;
  /** Updates made so far. */
  readonly iterations: number;
  /** Moving averages of the weights; empty without `useEma`. */
  readonly averages: readonly Float64Array[];
  /** What the update rule remembers of weight `i`, by Keras's slot names. */
  slots(i: number): Readonly<Record<string, Float64Array>>;
}

/**
 * Keras 3's optimizers in float64.
 *
 * One update: mean of the accumulated gradients, clipping, decoupled decay `w -= w λ α` of every weight, the rule, the
 * moving average. `adamTfjs` is Adam with ε added to √v̂ after bias correction, as TensorFlow.js and PyTorch do.
 * @param weights changed in place by `step`.
 */
export function oracleOptimizer(
  name: OptimizerName,
  weights: readonly Float64Array[],
  options: OptimizerOptions = {},
): OracleOptimizer {
  const makeRule = UPDATE_RULES[name];
  const rules = weights.map(() => makeRule(options));
  const every = options.gradientAccumulationSteps ?? 1;
  const decay = options.weightDecay ?? (name === "adamw" ? 0.004 : 0);
  const rate = options.learningRate ?? (name === "sgd" ? 0.01 : 0.001);
  const accumulated = weights.map((w) => new Float64Array(w.length));
  const averages = options.useEma ? weights.map((w) => new Float64Array(w.length)) : [];
  let calls = 0;

  const update = (iteration: number): void => {
    const gradients = clipGradients(
      accumulated.map((sum) => sum.map((g) => g / every)),
      options,
    );
    const learningRate = typeof rate === "number" ? rate : rate(iteration);
    weights.forEach((w, i) => {
      for (let j = 0; j < w.length; j++) w[j]! -= w[j]! * decay * learningRate;
      rules[i]!.update(w, gradients[i]!, learningRate, iteration + 1);
      accumulated[i]!.fill(0);
    });
  };

  // Keras averages on every call, also on those that only accumulate, and copies while the count of updates is 0.
  const average = (iteration: number): void => {
    const momentum = iteration === 0 ? 0 : (options.emaMomentum ?? 0.99);
    averages.forEach((mean, i) => {
      for (let j = 0; j < mean.length; j++) mean[j] = momentum * mean[j]! + (1 - momentum) * weights[i]![j]!;
      const frequency = options.emaOverwriteFrequency;
      if (frequency !== undefined && (iteration + 1) % frequency === 0) weights[i]!.set(mean);
    });
  };

  return {
    averages,
    get iterations() {
      return Math.floor(calls / every);
    },
    slots: (i) => rules[i]!.slots,
    step(gradients) {
      gradients.forEach((gradient, i) => {
        const sum = accumulated[i]!;
        if (gradient.length !== sum.length) {
          throw new RangeError(`oracle: gradient ${i} has ${gradient.length} elements, not ${sum.length}.`);
        }
        for (let j = 0; j < sum.length; j++) sum[j]! += gradient[j]!;
      });
      const iteration = Math.floor(calls / every);
      if ((calls + 1) % every === 0) update(iteration);
      average(iteration);
      calls++;
    },
  };
}
