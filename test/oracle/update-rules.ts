import type { OptimizerName, OptimizerOptions } from "./optimizers.js";

/** One weight's rule with its memory. */
export interface UpdateRule {
  readonly slots: Readonly<Record<string, Float64Array>>;
  /** @param t number of this update, the first is 1. */
  update(w: Float64Array, g: Float64Array, learningRate: number, t: number): void;
}

/** What one element remembers, by slot name. */
type Memory = Record<string, number>;

/** A rule for one element: changes `memory` and gives the new weight. */
type ElementRule = (memory: Memory, w: number, g: number, learningRate: number, t: number) => number;

/** Applies an element's rule to all of them; slots are made at the first update, when their size is known. */
function elementwise(initial: Readonly<Memory>, element: ElementRule): UpdateRule {
  const names = Object.keys(initial);
  const slots: Record<string, Float64Array> = {};
  return {
    slots,
    update(w, g, learningRate, t) {
      for (const name of names) slots[name] ??= new Float64Array(w.length).fill(initial[name]!);
      for (let i = 0; i < w.length; i++) {
        const memory: Memory = Object.fromEntries(names.map((name) => [name, slots[name]![i]!]));
        w[i] = element(memory, w[i]!, g[i]!, learningRate, t);
        for (const name of names) slots[name]![i] = memory[name]!;
      }
    },
  };
}

function sgd({ momentum = 0, nesterov = false }: OptimizerOptions): UpdateRule {
  if (momentum === 0) return elementwise({}, (_, w, g, learningRate) => w - learningRate * g);
  return elementwise({ momentum: 0 }, (memory, w, g, learningRate) => {
    const m = momentum * memory.momentum! - learningRate * g;
    memory.momentum = m;
    return nesterov ? w + momentum * m - learningRate * g : w + m;
  });
}

/** Hinton 2012; ε stands under the root. */
function rmsprop({
  rho = 0.9,
  momentum = 0,
  epsilon = 1e-7,
  centered = false,
}: OptimizerOptions): UpdateRule {
  const slots = {
    velocity: 0,
    ...(momentum > 0 && { momentum: 0 }),
    ...(centered && { average_gradient: 0 }),
  };
  return elementwise(slots, (memory, w, g, learningRate) => {
    memory.velocity = rho * memory.velocity! + (1 - rho) * g * g;
    let denominator = memory.velocity + epsilon;
    if (centered) {
      memory.average_gradient = rho * memory.average_gradient! + (1 - rho) * g;
      denominator -= memory.average_gradient ** 2;
    }
    const increment = (learningRate * g) / Math.sqrt(denominator);
    if (momentum === 0) return w - increment;
    memory.momentum = momentum * memory.momentum! + increment;
    return w - memory.momentum;
  });
}

/** Duchi, Hazan & Singer 2011. */
const adagrad = ({ initialAccumulatorValue = 0.1, epsilon = 1e-7 }: OptimizerOptions): UpdateRule =>
  elementwise({ accumulator: initialAccumulatorValue }, (memory, w, g, learningRate) => {
    memory.accumulator! += g * g;
    return w - (learningRate * g) / Math.sqrt(memory.accumulator! + epsilon);
  });

/** Zeiler 2012. */
const adadelta = ({ rho = 0.95, epsilon = 1e-7 }: OptimizerOptions): UpdateRule =>
  elementwise({ accumulated_gradient: 0, accumulated_delta_var: 0 }, (memory, w, g, learningRate) => {
    memory.accumulated_gradient = rho * memory.accumulated_gradient! + (1 - rho) * g * g;
    const rms = (x: number): number => Math.sqrt(x + epsilon);
    const step = (-rms(memory.accumulated_delta_var!) * g) / rms(memory.accumulated_gradient);
    memory.accumulated_delta_var = rho * memory.accumulated_delta_var! + (1 - rho) * step * step;
    return w + learningRate * step;
  });

/** Kingma & Ba 2015, section 7.1. */
const adamax = ({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }: OptimizerOptions): UpdateRule =>
  elementwise({ momentum: 0, norm: 0 }, (memory, w, g, learningRate, t) => {
    memory.momentum! += (g - memory.momentum!) * (1 - beta1);
    memory.norm = Math.max(beta2 * memory.norm!, Math.abs(g));
    return w - (learningRate * memory.momentum!) / ((1 - beta1 ** t) * (memory.norm + epsilon));
  });

/** Both moments after one more gradient. */
function moments(memory: Memory, g: number, beta1: number, beta2: number): { m: number; v: number } {
  memory.momentum! += (g - memory.momentum!) * (1 - beta1);
  memory.velocity! += (g * g - memory.velocity!) * (1 - beta2);
  return { m: memory.momentum!, v: memory.velocity! };
}

/** Kingma & Ba 2015, with ε̂ of the note before their section 2.1: ε is added to √v before bias correction. */
function adam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, amsgrad = false }: OptimizerOptions): UpdateRule {
  const slots = { momentum: 0, velocity: 0, ...(amsgrad && { velocity_hat: 0 }) };
  return elementwise(slots, (memory, w, g, learningRate, t) => {
    const { m, v } = moments(memory, g, beta1, beta2);
    const alpha = (learningRate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
    if (!amsgrad) return w - (alpha * m) / (Math.sqrt(v) + epsilon);
    memory.velocity_hat = Math.max(memory.velocity_hat!, v);
    return w - (alpha * m) / (Math.sqrt(memory.velocity_hat) + epsilon);
  });
}

/** Kingma & Ba 2015, Algorithm 1: ε is added after bias correction. */
const adamTfjs = ({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }: OptimizerOptions): UpdateRule =>
  elementwise({ momentum: 0, velocity: 0 }, (memory, w, g, learningRate, t) => {
    const { m, v } = moments(memory, g, beta1, beta2);
    return w - (learningRate * m) / (1 - beta1 ** t) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
  });

/** Dozat 2015, with his schedule u_t = β₁ (1 - ½ 0.96^t). */
const nadam = ({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }: OptimizerOptions): UpdateRule =>
  elementwise({ momentum: 0, velocity: 0 }, (memory, w, g, learningRate, t) => {
    const { m, v } = moments(memory, g, beta1, beta2);
    const u = (s: number): number => beta1 * (1 - 0.5 * 0.96 ** s);
    let product = 1;
    for (let s = 1; s <= t; s++) product *= u(s);
    const mHat = (u(t + 1) * m) / (1 - product * u(t + 1)) + ((1 - u(t)) * g) / (1 - product);
    return w - (learningRate * mHat) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
  });

/** Chen et al. 2023. */
const lion = ({ beta1 = 0.9, beta2 = 0.99 }: OptimizerOptions): UpdateRule =>
  elementwise({ momentum: 0 }, (memory, w, g, learningRate) => {
    const direction = Math.sign(memory.momentum! * beta1 + g * (1 - beta1));
    memory.momentum = memory.momentum! * beta2 + g * (1 - beta2);
    return w - learningRate * direction;
  });

export const UPDATE_RULES: Readonly<Record<OptimizerName, (options: OptimizerOptions) => UpdateRule>> = {
  sgd,
  rmsprop,
  adagrad,
  adadelta,
  adamax,
  adam,
  adamw: adam,
  adamTfjs,
  nadam,
  lion,
};
