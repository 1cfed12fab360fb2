import type { Variable } from "../../layers/variable.js";
import type { Optimizer } from "../../optimizers/optimizer.js";
import type { Executor } from "../execution/executor.js";

/** What an update did to the weights. */
export interface UpdateMeasure {
  /** ‖Δw‖ of a weight; 0 where the layer is not trainable. */
  readonly moved: (variable: Variable) => number;
  /** Norm of a weight's gradient after clipping; null where nothing was clipped. */
  readonly clipped: ((variable: Variable) => number) | null;
  /** Norm of all gradients together before clipping and after, as they stood at this update. */
  readonly gradientNorm: { readonly before: number; readonly after: number };
}

/**
 * Makes an update and measures how far the weights went. Where the optimizer only gathers this batch's gradient
 * (`gradientAccumulationSteps`), no weight moves.
 */
export function measureUpdate(executor: Executor, optimizer: Optimizer): UpdateMeasure {
  const { modelMemory } = executor;
  const { parameters } = modelMemory;
  const { kernels, weights, gradients, count } = parameters;
  const trainable = modelMemory.learning;
  if (trainable.length === 0) return { moved: () => 0, clipped: null, gradientNorm: { before: 0, after: 0 } };
  const before = modelMemory.scratch("weights before the update");
  kernels.copyFloats(weights, before, count);
  const applied = optimizer.iterations;
  executor.update(optimizer);
  const distances = new Map<Variable, number>();
  for (const variable of trainable) {
    const address = modelMemory.weights(variable);
    const squared = kernels.squaredDistance(address, before + address - weights, variable.size);
    distances.set(variable, Math.sqrt(squared));
  }
  const norm = (address: number, size: number): number => Math.sqrt(kernels.sumOfSquares(address, size));
  const moved = (variable: Variable): number => distances.get(variable) ?? 0;
  // A gradient that is only gathered is not clipped.
  if (optimizer.iterations === applied) {
    const gathered = norm(gradients, count);
    return { moved, clipped: null, gradientNorm: { before: gathered, after: gathered } };
  }
  const gradientNorm = optimizer.lastGradientNorm;
  if (Object.is(gradientNorm.before, gradientNorm.after)) return { moved, clipped: null, gradientNorm };
  const after = new Map<Variable, number>();
  for (const variable of trainable) {
    const address = modelMemory.gradients(variable);
    after.set(variable, address === 0 ? 0 : norm(address, variable.size));
  }
  return { moved, clipped: (variable) => after.get(variable) ?? 0, gradientNorm };
}

/** Measures the update the optimizer would make, and takes it back: weights, moments and counts are as before. */
export function tryUpdate(executor: Executor, optimizer: Optimizer): UpdateMeasure {
  const { modelMemory } = executor;
  const { kernels, weights, count } = modelMemory.parameters;
  optimizer.bind(modelMemory.parameters);
  const { batches, lastGradientNorm } = optimizer;
  const slots = optimizer.readSlots();
  const kept = modelMemory.scratch("weights to come back to");
  kernels.copyFloats(weights, kept, count);
  try {
    return measureUpdate(executor, optimizer);
  } finally {
    kernels.copyFloats(kept, weights, count);
    modelMemory.weightsVersion += 1;
    optimizer.writeSlots(slots);
    optimizer.batches = batches;
    optimizer.lastGradientNorm = lastGradientNorm;
  }
}
