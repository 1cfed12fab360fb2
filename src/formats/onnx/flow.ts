import { FormatError } from "../../errors.js";
import type { FileWeight } from "../weights.js";
import type { OnnxTensor } from "./read-graph.js";

/**
 * Axes a value has: batch, time, features, directions; an axis that is one long; copies of each step; the steps of all samples,
 * and all samples' of each step, one behind the other.
 */
export type Axis = "B" | "T" | "F" | "D" | "L" | "C" | "N" | "M";

/** Axes of a value whose steps stand one behind the other, as they were before; undefined: they do not. */
export const unfolded = ({ axes }: Pick<Flow, "axes">): readonly Axis[] | undefined =>
  axes[0] === "N" ? ["B", "T", "F"] : axes[0] === "M" ? ["T", "B", "F"] : undefined;

/** What of a recurrent layer a value is: its sequence, its last output, its cell; of others there is one thing. */
export type Part = "only" | "sequence" | "state" | "cell";

/** What flows through the layers. */
export interface Flow {
  readonly flow: true;
  readonly axes: readonly Axis[];
  /** The layer it comes out of; -1 - i: the input i. */
  readonly layer: number;
  readonly part: Part;
  /** Which direction's state it is, where one was picked. */
  readonly direction?: number;
  /** States laid on top of each other, a direction each. */
  readonly stack?: readonly Flow[];
  /** How often each step stands there, on an axis C. */
  readonly copies?: number;
  /** Whether it has one feature whose axis was dropped. */
  readonly isBare?: boolean;
}

/** A constant, or a vector that speaks of a flow's shape, whose parts may be an axis's extent. */
export interface Known {
  readonly flow: false;
  readonly shape: readonly number[];
  read(): Float32Array | (number | Axis)[];
  readonly tensor?: OnnxTensor;
  /** The value whose extents these are. */
  readonly of?: Flow | undefined;
}

export interface MutableLayer {
  kind: string;
  config: Record<string, unknown>;
  weights: FileWeight[];
  /** What it is applied to: inputs, then initial states. */
  inputs: Flow[];
  states: number;
  isReverse?: boolean;
  directions?: number;
  /** What is taken of a recurrent layer. */
  uses: Set<Part>;
  /** Whether no step of the query looks at one behind it. */
  useCausalMask?: boolean;
  /** Whether a direction of it is taken by itself. */
  picked?: boolean;
  /** How many steps and features it puts out, where the graph says so. */
  steps?: number | undefined;
  width?: number | undefined;
}

/** The input's axes were taken for others than they are; it may be read with them in another order. */
export class WrongAxes extends FormatError {}

export function known(tensor: OnnxTensor): Known {
  return {
    flow: false,
    shape: tensor.shape,
    read: () => (tensor.isFloat ? (tensor.read() as Float32Array) : (tensor.read() as number[])),
    tensor,
  };
}

export const vector = (
  values: readonly (number | Axis)[],
  shape: readonly number[] = [values.length],
  of?: Flow,
): Known => ({
  flow: false,
  shape,
  read: () => [...values],
  of,
});

export const isZero = (value: Known): boolean =>
  [...(value.read() as ArrayLike<number> & Iterable<unknown>)].every((one) => one === 0);

/** A weight that is read when it is known where it belongs. */
export const weightOf = (
  name: string,
  tensor: OnnxTensor,
  shape: readonly number[] = tensor.shape,
  turn: (data: Float32Array) => Float32Array = (data) => data,
): FileWeight => ({ name, shape, read: () => turn(Float32Array.from(tensor.read())) });
