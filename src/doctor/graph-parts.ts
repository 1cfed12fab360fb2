import type { Model } from "../model/model.js";
import { type Block, openBlock } from "../recipe/open-block.js";
import { isTensor, type Tensor, type TensorLike } from "../tensor.js";
import type { Several } from "./diagnose-options.js";

/** One input or output. */
export interface Part {
  readonly name: string;
  readonly block: Block;
}

/** Names of a model's inputs or outputs, in their order. */
export const namesOf = ({ topology }: Model, side: "inputs" | "outputs"): readonly string[] =>
  topology[side].map(({ name }, i) => name ?? String(i));

/** Inputs or outputs one by one, whatever way they were given. */
export function partsOf(value: TensorLike | Several, names: readonly string[]): Part[] {
  const named = (values: readonly unknown[]): Part[] =>
    values.map((each, i) => ({ name: names[i] ?? String(i), block: openBlock(each as TensorLike) }));
  if (isTensor(value)) return named([value]);
  if (!Array.isArray(value) && !ArrayBuffer.isView(value))
    return Object.entries(value).map(([name, each]) => ({ name, block: openBlock(each as TensorLike) }));
  const list = value as readonly unknown[];
  return isTensor(list[0]) || (names.length > 1 && list.length === names.length)
    ? named(list)
    : named([value]);
}

/** The only input or output, given by itself, in an array or in a record. */
export const onlyOf = (value: TensorLike | Several): Tensor =>
  (partsOf(value, [])[0]?.block ?? { shape: [0], data: new Float32Array() }) as Tensor;

/** Parts by their names, as a graph takes them. */
export const recordOf = (parts: readonly Part[]): Readonly<Record<string, Tensor>> =>
  Object.fromEntries(parts.map(({ name, block }) => [name, block as Tensor]));

/** Whether a graph has one input and one output, and one of each was given. */
export function isOneToOne(
  model: Model,
  { x, y }: { readonly x: TensorLike | Several; readonly y: TensorLike | Several },
): boolean {
  const { inputs, outputs } = model.topology;
  return (
    inputs.length === 1 && outputs.length === 1 && partsOf(x, []).length === 1 && partsOf(y, []).length === 1
  );
}
