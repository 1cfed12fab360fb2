import type { LayerSnapshot } from "../description/snapshot.js";
import { FLOAT, type GraphWriter } from "./graph-writer.js";
import { refuse } from "./write-cells.js";
import { find, floats } from "./write-layers.js";

/** An input of a layer that takes several: its value's name, and its extents with the batch. */
export interface Given {
  readonly value: string;
  readonly shape: readonly (number | null)[];
}

/** A layer of several inputs, as its output's name. */
export type WriteMerge = (
  graph: GraphWriter,
  layer: LayerSnapshot,
  given: readonly Given[],
  call: CallOptions,
) => string;

export interface CallOptions {
  readonly useCausalMask: boolean;
}

/** Values of the same number of axes: Keras puts the axes a row lacks behind the batch. */
function aligned(graph: GraphWriter, given: readonly Given[]): string[] {
  const axes = Math.max(...given.map(({ shape }) => shape.length));
  return given.map(({ value, shape }) => {
    const lacking = Array.from({ length: axes - shape.length }, (_, i) => i + 1);
    return lacking.length === 0 ? value : graph.op("Unsqueeze", [value, graph.ints("axes", ...lacking)]);
  });
}

const folded =
  (op: string): WriteMerge =>
  (graph, _, given) =>
    aligned(graph, given).reduce((left, right) => graph.op(op, [left, right]));

const together =
  (op: string): WriteMerge =>
  (graph, _, given) =>
    graph.op(op, aligned(graph, given));

/** x over its length along an axis. */
function normalized(graph: GraphWriter, x: string, axis: number): string {
  const squares = graph.op("ReduceSum", [graph.op("Mul", [x, x]), graph.ints("axes", axis)], { keepdims: 1 });
  const length = graph.op("Sqrt", [graph.op("Max", [squares, graph.floats("least", 1e-12)])]);
  return graph.op("Div", [x, length]);
}

const dot: WriteMerge = (graph, layer, given) => {
  const { axes, normalize = false } = layer.config as {
    axes: number | [number, number];
    normalize?: boolean;
  };
  const places = given.map(({ shape }, i) => {
    const own = Array.isArray(axes) ? axes[i]! : axes;
    return own < 0 ? own + shape.length : own;
  });
  const [a, b] = given.map(({ value, shape }, i) => {
    const own = normalize ? normalized(graph, value, places[i]!) : value;
    // A row is one step of a sequence whose features are summed over.
    return shape.length === 2 ? graph.op("Unsqueeze", [own, graph.ints("axes", 1)]) : own;
  });
  const isRow = given.map(({ shape }) => shape.length === 2);
  const isLast = given.map((_, i) => isRow[i]! || places[i] === 2);
  const turn = (x: string): string => graph.op("Transpose", [x], { perm: [0, 2, 1] });
  const product = graph.op("MatMul", [isLast[0]! ? a! : turn(a!), isLast[1]! ? turn(b!) : b!]);
  const gone = isRow[0]! ? [1] : isRow[1]! ? [2] : [];
  return gone.length === 0 ? product : graph.op("Squeeze", [product, graph.ints("axes", ...gone)]);
};

/** Scores of steps that lie behind the query's are as good as none. */
function causal(graph: GraphWriter, scores: string, axes: number): string {
  const shape = graph.op("Shape", [scores]);
  const square = graph.op("Slice", [shape, graph.ints("starts", axes - 2), graph.ints("ends", axes)]);
  const ones = graph.op("Expand", [graph.floats("one", 1), square]);
  const seen = graph.op("Trilu", [ones], { upper: 0 });
  const hidden = graph.op("Mul", [graph.op("Sub", [seen, graph.floats("one", 1)]), graph.floats("far", 1e9)]);
  return graph.op("Add", [graph.op("Mul", [scores, seen]), hidden]);
}

const softmax = (graph: GraphWriter, scores: string): string => graph.op("Softmax", [scores], { axis: -1 });

const attention: WriteMerge = (graph, layer, [query, value, key = value], { useCausalMask }) => {
  const [scale, factor] = [find(layer, "scale"), find(layer, "concat_score_weight")];
  const constant = (name: string, weight: { shape: readonly number[]; data: ArrayLike<number> }): string =>
    graph.constant(`${layer.name}_${name}`, weight.shape, Float32Array.from(weight.data));
  const isSum = layer.kind === "additiveAttention" || layer.config.scoreMode === "concat";
  let scores: string;
  if (isSum) {
    let sum = graph.op("Add", [
      graph.op("Unsqueeze", [query!.value, graph.ints("axes", 2)]),
      graph.op("Unsqueeze", [key!.value, graph.ints("axes", 1)]),
    ]);
    if (layer.kind === "attention" && scale !== undefined)
      sum = graph.op("Mul", [sum, constant("scale", scale)]);
    let terms = graph.op("Tanh", [sum]);
    if (layer.kind === "additiveAttention" && scale !== undefined) {
      terms = graph.op("Mul", [terms, constant("scale", scale)]);
    }
    scores = graph.op("ReduceSum", [terms, graph.ints("axes", 3)], { keepdims: 0 });
    if (factor !== undefined) scores = graph.op("Mul", [scores, constant("factor", factor)]);
  } else {
    scores = graph.op("MatMul", [query!.value, graph.op("Transpose", [key!.value], { perm: [0, 2, 1] })]);
    if (scale !== undefined) scores = graph.op("Mul", [scores, constant("scale", scale)]);
  }
  if (useCausalMask) scores = causal(graph, scores, 3);
  return graph.op("MatMul", [softmax(graph, scores), value!.value]);
};

const multiHeadAttention: WriteMerge = (graph, layer, [query, value, key = value], { useCausalMask }) => {
  const { keyDim } = layer.config as { keyDim: number };
  const project = (part: string, x: string): string => {
    const kernel = find(layer, `${part}/kernel`)!;
    const bias = find(layer, `${part}/bias`);
    const [features, heads, width] = kernel.shape as [number, number, number];
    const name = `${layer.name}_${part}`;
    const matrix = graph.constant(`${name}_kernel`, [features, heads * width], floats(kernel));
    let y = graph.op("MatMul", [x, matrix]);
    if (bias !== undefined) {
      y = graph.op("Add", [y, graph.constant(`${name}_bias`, [heads * width], floats(bias))]);
    }
    const split = graph.op("Reshape", [y, graph.ints("heads", 0, 0, heads, width)]);
    return graph.op("Transpose", [split], { perm: part === "key" ? [0, 2, 3, 1] : [0, 2, 1, 3] });
  };
  const scaled = graph.op("Mul", [
    project("query", query!.value),
    graph.floats("scale", Math.fround(1 / Math.sqrt(keyDim))),
  ]);
  let scores = graph.op("MatMul", [scaled, project("key", key!.value)]);
  if (useCausalMask) scores = causal(graph, scores, 4);
  const context = graph.op("MatMul", [softmax(graph, scores), project("value", value!.value)]);
  const kernel = find(layer, "attention_output/kernel")!;
  const bias = find(layer, "attention_output/bias");
  const [heads, width, units] = kernel.shape as [number, number, number];
  const joined = graph.op("Reshape", [
    graph.op("Transpose", [context], { perm: [0, 2, 1, 3] }),
    graph.ints("rows", 0, 0, heads * width),
  ]);
  const matrix = graph.constant(`${layer.name}_output_kernel`, [heads * width, units], floats(kernel));
  const y = graph.op("MatMul", [joined, matrix]);
  if (bias === undefined) return y;
  return graph.op("Add", [y, graph.constant(`${layer.name}_output_bias`, [units], floats(bias))]);
};

/** Layers that take several inputs. */
export const merges: Readonly<Record<string, WriteMerge>> = {
  add: folded("Add"),
  subtract: folded("Sub"),
  multiply: folded("Mul"),
  average: (graph, layer, given, call) => {
    const sum = folded("Add")(graph, layer, given, call);
    return graph.op("Mul", [sum, graph.floats("share", 1 / given.length)]);
  },
  maximum: together("Max"),
  minimum: together("Min"),
  concatenate: (graph, { config }, given) =>
    graph.op(
      "Concat",
      given.map(({ value }) => value),
      { axis: (config.axis as number | undefined) ?? -1 },
    ),
  dot,
  attention,
  additiveAttention: attention,
  multiHeadAttention,
};

/** Numbers in place of indices, for layers that compute with them. */
export const asFloats = (graph: GraphWriter, value: string): string =>
  graph.op("Cast", [value], { to: FLOAT });

export function refuseCall(
  layer: LayerSnapshot,
  { mask, training }: { mask?: unknown; training?: boolean | undefined },
): void {
  if (mask !== undefined) refuse(layer, "is applied with a mask, which is not written");
  if (training === true && /dropout|noise|batchNormalization/i.test(layer.kind)) {
    refuse(layer, "is applied with training: true, which ONNX has not");
  }
}
