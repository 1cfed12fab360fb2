import { type AnyTensor, sizeOf, type Tensor64, tensor64 } from "./tensor64.js";

/** Adds to the gradients of an operation's inputs, given the gradient of its result. */
export type Propagate = (gradient: Float64Array) => void;

/**
 * A float64 array in a graph of operations. `gradient` is ∂L/∂data after `backward(L)`, zero before.
 * Values never change once made: a graph is built, differentiated and thrown away.
 */
export class Variable implements Tensor64 {
  readonly gradient: Float64Array;
  /** Longest path to a leaf: an operation is always deeper than its inputs, which gives `backward` its order. */
  readonly depth: number;

  constructor(
    readonly shape: readonly number[],
    readonly data: Float64Array,
    readonly inputs: readonly Variable[] = [],
    readonly propagate: Propagate | null = null,
  ) {
    if (sizeOf(shape) !== data.length) {
      throw new RangeError(`oracle: shape [${shape.join(", ")}] does not hold ${data.length} numbers.`);
    }
    this.gradient = new Float64Array(data.length);
    this.depth = inputs.reduce((depth, input) => Math.max(depth, input.depth + 1), 0);
  }

  /** Extent of an axis; negative axes count from the last. */
  extent(axis: number): number {
    return this.shape.at(axis) ?? 1;
  }
}

/** A leaf: a weight, an input or a label, copied into float64. */
export function variable(value: AnyTensor): Variable {
  const { shape, data } = tensor64(value.shape, value.data);
  return new Variable(shape, data);
}

export const constant = (shape: readonly number[], value: number): Variable =>
  new Variable(shape, new Float64Array(sizeOf(shape)).fill(value));

/** The same values, through which no gradient passes. */
export const detach = (x: Variable): Variable => new Variable(x.shape, x.data);

/**
 * Fills `gradient` of everything `loss` was computed from. `loss` must hold one element.
 * Call it once a graph: a second call would add to the first.
 */
export function backward(loss: Variable): void {
  if (loss.data.length !== 1) {
    throw new RangeError(`oracle: backward needs a scalar, got shape [${loss.shape.join(", ")}].`);
  }
  const reached = new Set<Variable>([loss]);
  // A Set iterates over what is added while it is iterated, so this visits the whole graph without recursion.
  for (const node of reached) for (const input of node.inputs) reached.add(input);
  loss.gradient[0] = 1;
  for (const node of [...reached].sort((a, b) => b.depth - a.depth)) node.propagate?.(node.gradient);
}
