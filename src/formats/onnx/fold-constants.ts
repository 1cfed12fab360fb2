import { FormatError } from "../../errors.js";
import { sizeOf } from "../bytes/elements.js";
import type { OnnxGraph, OnnxNode, OnnxTensor } from "./read-graph.js";

/** Elements that what is computed of constants may have: a few operators can double a tensor again and again. */
const MOST_ELEMENTS = 2 ** 27;

type Data = Float32Array | number[];

/** A tensor whose elements are computed when they are first asked for. */
function lazy(shape: readonly number[], isFloat: boolean, make: () => Data): OnnxTensor {
  if (sizeOf(shape) > MOST_ELEMENTS)
    throw new FormatError(`fromOnnx(): a constant grows to [${shape.join(", ")}], which is too large.`);
  let data: Data | undefined;
  return { shape, isFloat, read: () => (data ??= make()) };
}

/** Strides of a shape whose last axis changes fastest. */
const stridesOf = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));

/** Elements of another tensor, each axis with its own stride. */
function view(
  source: OnnxTensor,
  shape: readonly number[],
  offset: number,
  strides: readonly number[],
): OnnxTensor {
  return lazy(shape, source.isFloat, () => {
    const data = source.read();
    const size = sizeOf(shape);
    const output: Data = source.isFloat ? new Float32Array(size) : new Array<number>(size);
    const place = shape.map(() => 0);
    for (let i = 0, at = offset; i < size; i++) {
      output[i] = data[at]!;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        at += strides[axis]!;
        if (++place[axis]! < shape[axis]!) break;
        at -= strides[axis]! * shape[axis]!;
        place[axis] = 0;
      }
    }
    return output;
  });
}

const reshaped = (source: OnnxTensor, shape: readonly number[]): OnnxTensor =>
  lazy(shape, source.isFloat, () => source.read());

function joined(parts: readonly OnnxTensor[], axis: number): OnnxTensor | undefined {
  const [first] = parts as [OnnxTensor];
  const fits = parts.every(({ shape }) =>
    shape.every((extent, i) => i === axis || extent === first.shape[i]),
  );
  if (!fits || axis >= first.shape.length) return undefined;
  const shape = first.shape.with(
    axis,
    parts.reduce((sum, part) => sum + part.shape[axis]!, 0),
  );
  return lazy(shape, first.isFloat, () => {
    const output: Data = first.isFloat ? new Float32Array(sizeOf(shape)) : [];
    const rows = sizeOf(shape.slice(0, axis));
    const width = sizeOf(shape.slice(axis));
    let column = 0;
    for (const part of parts) {
      const own = sizeOf(part.shape.slice(axis));
      const data = part.read();
      for (let row = 0; row < rows; row++)
        for (let i = 0; i < own; i++) output[row * width + column + i] = data[row * own + i]!;
      column += own;
    }
    return output;
  });
}

const numbers = (value: unknown): readonly number[] | undefined =>
  Array.isArray(value) ? (value as number[]) : typeof value === "number" ? [value] : undefined;

/** Option of an operator that became its input in later sets. */
const option = (node: OnnxNode, key: string, input: OnnxTensor | undefined): readonly number[] | undefined =>
  numbers(node.attributes.get(key)) ?? (input?.read() as number[] | undefined);

function slice(node: OnnxNode, [source, ...more]: readonly OnnxTensor[]): OnnxTensor | undefined {
  const [starts, ends] = [option(node, "starts", more[0]), option(node, "ends", more[1])];
  if (starts === undefined || ends === undefined) return undefined;
  const axes = option(node, "axes", more[2]) ?? starts.map((_, i) => i);
  const steps = option(node, "steps", more[3]) ?? starts.map(() => 1);
  const shape = [...source!.shape];
  const strides = stridesOf(shape);
  let offset = 0;
  for (const [i, given] of axes.entries()) {
    const axis = given < 0 ? given + shape.length : given;
    const extent = source!.shape[axis];
    if (extent === undefined || steps[i] !== 1) return undefined;
    const at = (value: number): number => Math.min(Math.max(value < 0 ? value + extent : value, 0), extent);
    const from = at(starts[i]!);
    offset += from * strides[axis]!;
    shape[axis] = Math.max(at(ends[i]!) - from, 0);
  }
  return view(source!, shape, offset, strides);
}

function split(node: OnnxNode, [source, sizes]: readonly OnnxTensor[]): OnnxTensor[] | undefined {
  const given = (node.attributes.get("axis") ?? 0) as number;
  const axis = given < 0 ? given + source!.shape.length : given;
  const extent = source!.shape[axis];
  const count = node.outputs.length;
  if (extent === undefined) return undefined;
  const parts = option(node, "split", sizes) ?? node.outputs.map(() => extent / count);
  if (parts.length !== count || !parts.every(Number.isInteger)) return undefined;
  const strides = stridesOf(source!.shape);
  let from = 0;
  return parts.map((part) => {
    const own = view(source!, source!.shape.with(axis, part), from * strides[axis]!, strides);
    from += part;
    return own;
  });
}

/** Numbers one by one; one of the two may be a single number. */
function calculated(
  a: OnnxTensor,
  b: OnnxTensor,
  of: (x: number, y: number) => number,
): OnnxTensor | undefined {
  const [m, n] = [sizeOf(a.shape), sizeOf(b.shape)];
  if (m !== n && m !== 1 && n !== 1) return undefined;
  if (m === n && a.shape.join() !== b.shape.join() && m !== 1) return undefined;
  const shape = m >= n && a.shape.length >= b.shape.length ? a.shape : b.shape;
  if (sizeOf(shape) !== Math.max(m, n)) return undefined;
  return lazy(shape, a.isFloat, () => {
    const [x, y] = [a.read(), b.read()];
    const values = Array.from({ length: Math.max(m, n) }, (_, i) =>
      of(x[m === 1 ? 0 : i]!, y[n === 1 ? 0 : i]!),
    );
    return a.isFloat ? Float32Array.from(values) : values.map(Math.trunc);
  });
}

const calculations: Readonly<Record<string, (x: number, y: number) => number>> = {
  Add: (x, y) => x + y,
  Sub: (x, y) => x - y,
  Mul: (x, y) => x * y,
  Div: (x, y) => x / y,
};

function placesOf(node: OnnxNode, axes: OnnxTensor | undefined, rank: number): number[] | undefined {
  return option(node, "axes", axes)?.map((axis) => (axis < 0 ? axis + rank : axis));
}

/**
 * What an operator makes of constants: those that only move elements, and sums, products and their like.
 * @returns undefined for an operator that is not computed here.
 */
export function constantsOf(
  node: OnnxNode,
  inputs: readonly OnnxTensor[],
): readonly OnnxTensor[] | undefined {
  const [first, second] = inputs as [OnnxTensor, OnnxTensor | undefined];
  const one = (made: OnnxTensor | undefined): readonly OnnxTensor[] | undefined =>
    made === undefined ? undefined : [made];
  const calculation = calculations[node.op];
  if (calculation !== undefined && second !== undefined) return one(calculated(first, second, calculation));
  switch (node.op) {
    case "Identity":
      return [first];
    case "Cast": {
      const to = node.attributes.get("to");
      const isFloat = to === 1 || to === 10 || to === 11 || to === 16;
      if (isFloat === first.isFloat) return [first];
      return [
        lazy(first.shape, isFloat, () =>
          isFloat ? Float32Array.from(first.read()) : Array.from(first.read(), Math.trunc),
        ),
      ];
    }
    case "Shape":
      return node.attributes.size > 0
        ? undefined
        : [lazy([first.shape.length], false, () => [...first.shape])];
    case "Slice":
      return one(slice(node, inputs));
    case "Split":
      return split(node, inputs);
    case "Concat": {
      const axis = (node.attributes.get("axis") ?? 0) as number;
      return one(joined(inputs, axis < 0 ? axis + first.shape.length : axis));
    }
    case "Unsqueeze": {
      const axes = option(node, "axes", second);
      if (axes === undefined) return undefined;
      const rank = first.shape.length + axes.length;
      const places = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
      return [
        reshaped(
          first,
          places.reduce<readonly number[]>((shape, at) => shape.toSpliced(at, 0, 1), first.shape),
        ),
      ];
    }
    case "Squeeze": {
      const places = placesOf(node, second, first.shape.length);
      const isGone = (extent: number, i: number): boolean => extent === 1 && (places?.includes(i) ?? true);
      return [
        reshaped(
          first,
          first.shape.filter((extent, i) => !isGone(extent, i)),
        ),
      ];
    }
    case "Transpose": {
      const perm =
        numbers(node.attributes.get("perm")) ?? first.shape.map((_, i) => first.shape.length - 1 - i);
      if ([...perm].sort().join() !== first.shape.map((_, i) => i).join()) return undefined;
      const strides = stridesOf(first.shape);
      return [
        view(
          first,
          perm.map((axis) => first.shape[axis]!),
          0,
          perm.map((axis) => strides[axis]!),
        ),
      ];
    }
    case "Reshape": {
      const wanted = (second?.read() as number[] | undefined)?.map((extent, i) =>
        extent === 0 ? (first.shape[i] ?? 0) : extent,
      );
      if (wanted === undefined) return undefined;
      const size = sizeOf(first.shape);
      const known = wanted.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
      const shape = wanted.map((extent) => (extent === -1 ? size / known : extent));
      return sizeOf(shape) === size && shape.every(Number.isInteger) ? [reshaped(first, shape)] : undefined;
    }
    default:
      return undefined;
  }
}

/** The constant an operator `Constant` holds, where it is a tensor. */
export function constantIn(node: OnnxNode): OnnxTensor | undefined {
  const value = node.op === "Constant" ? node.attributes.get("value") : undefined;
  return typeof value === "object" && "read" in value ? (value as OnnxTensor) : undefined;
}

/** A graph without operators whose inputs are all constants: PyTorch cuts and turns an LSTM's weights in the graph. */
export function foldConstants(graph: OnnxGraph): OnnxGraph {
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.filter((node) => {
    const own = constantIn(node);
    if (own !== undefined) {
      constants.set(node.outputs[0] ?? "", own);
      return false;
    }
    const names = node.inputs.filter((name) => name !== "");
    if (names.length === 0 || names.length < node.inputs.length) return true;
    const inputs = names.map((name) => constants.get(name));
    if (inputs.includes(undefined)) return true;
    const made = constantsOf(node, inputs as OnnxTensor[]);
    if (made === undefined) return true;
    made.forEach((tensor, i) => {
      constants.set(node.outputs[i] ?? "", tensor);
    });
    return false;
  });
  return { ...graph, nodes, constants };
}
