import { BOOL, FLOAT, type GraphWriter } from "./graph-writer.js";
import { find, floats } from "./layers.js";
import { asFactor } from "./masks.js";
import type { Made, Value, WriteMerge } from "./value.js";

/** What Keras takes from the score of a pair that must not look at each other. */
const FAR_BELOW = -1e9;
/** A score that no other is as small as: where all are, all get the same weight. */
const LEAST = -(2 - 2 ** -23) * 2 ** 127;

/** 1 on and below the diagonal of the scores' last two axes: no step looks at one behind it. */
function behind(graph: GraphWriter, scores: string, axes: number): string {
  const shape = graph.op("Shape", [scores]);
  const square = graph.op("Slice", [shape, graph.ints("starts", axes - 2), graph.ints("ends", axes)]);
  return graph.op("Trilu", [graph.op("Expand", [graph.floats("one", 1), square])], { upper: 0 });
}

/**
 * Scores as weights: softmax over the steps that may be looked at. Where none may, or the query does not count, all get the
 * same weight, as in Keras.
 */
function weigh(
  graph: GraphWriter,
  scores: string,
  axes: number,
  { query, keys, causal }: { query: string | undefined; keys: readonly string[]; causal: boolean },
): string {
  const between = Array.from({ length: axes - 3 }, (_, i) => i + 1);
  const parts = [
    ...(causal ? [behind(graph, scores, axes)] : []),
    ...keys.map((mask) => graph.op("Unsqueeze", [mask, graph.ints("axes", ...between, axes - 2)])),
    ...(query === undefined
      ? []
      : [graph.op("Unsqueeze", [query, graph.ints("axes", ...between, axes - 1)])]),
  ];
  if (parts.length === 0) return graph.op("Softmax", [scores], { axis: -1 });
  const allowed = parts.reduce((left, right) => graph.op("Mul", [left, right]));
  const open = graph.op("Cast", [allowed], { to: BOOL });
  const seen = graph.op("Where", [open, scores, graph.floats("least", LEAST)]);
  return graph.op("Softmax", [seen], { axis: -1 });
}

const both = (graph: GraphWriter, name: string, query: Value, scores: string | false): Made[] => {
  const made: Made = { name, mask: query.mask };
  return scores === false ? [made] : [made, { name: graph.op("Identity", [scores]) }];
};

/** `attention` and `additiveAttention`: queries that do not count put out zero. */
export const attention: WriteMerge = (graph, layer, given, call) => {
  const [query, value, key = value] = given as [Value, Value, Value?];
  const [scale, factor] = [find(layer, "scale"), find(layer, "concat_score_weight")];
  const constant = (name: string, weight: { shape: readonly number[]; data: ArrayLike<number> }): string =>
    graph.constant(`${layer.name}_${name}`, weight.shape, Float32Array.from(weight.data));
  const isSum = layer.kind === "additiveAttention" || layer.config.scoreMode === "concat";
  let scores: string;
  if (isSum) {
    let sum = graph.op("Add", [
      graph.op("Unsqueeze", [query.name, graph.ints("axes", 2)]),
      graph.op("Unsqueeze", [key.name, graph.ints("axes", 1)]),
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
    scores = graph.op("MatMul", [query.name, graph.op("Transpose", [key.name], { perm: [0, 2, 1] })]);
    if (scale !== undefined) scores = graph.op("Mul", [scores, constant("scale", scale)]);
  }
  const keys = value.mask === undefined ? [] : [value.mask];
  const causal = call.useCausalMask === true;
  const weights = weigh(graph, scores, 3, { query: query.mask, keys, causal });
  const context = graph.op("MatMul", [weights, value.name]);
  const shown = query.mask === undefined ? context : graph.op("Mul", [context, asFactor(graph, query.mask)]);
  return both(graph, shown, query, call.returnAttentionScores === true && weights);
};

export const multiHeadAttention: WriteMerge = (graph, layer, all, call) => {
  const pairs = call.attentionMask === true ? all.at(-1) : undefined;
  const given = pairs === undefined ? all : all.slice(0, -1);
  const [query, value, key = value] = given as [Value, Value, Value?];
  const { keyDim } = layer.config as { keyDim: number };
  const project = (part: string, { name: x }: Value): string => {
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
    project("query", query),
    graph.floats("scale", Math.fround(1 / Math.sqrt(keyDim))),
  ]);
  let scores = graph.op("MatMul", [scaled, project("key", key)]);
  if (pairs !== undefined) {
    const apart = graph.op("Cast", [graph.op("Equal", [pairs.name, graph.floats("apart", 0)])], {
      to: FLOAT,
    });
    const far = graph.op("Mul", [apart, graph.floats("far", FAR_BELOW)]);
    scores = graph.op("Add", [scores, graph.op("Unsqueeze", [far, graph.ints("axes", 1)])]);
  }
  const keys = [value.mask, given.length > 2 ? key.mask : undefined].filter((mask) => mask !== undefined);
  const weights = weigh(graph, scores, 4, { query: query.mask, keys, causal: call.useCausalMask === true });
  const context = graph.op("MatMul", [weights, project("value", value)]);
  const kernel = find(layer, "attention_output/kernel")!;
  const bias = find(layer, "attention_output/bias");
  const [heads, width, units] = kernel.shape as [number, number, number];
  const joined = graph.op("Reshape", [
    graph.op("Transpose", [context], { perm: [0, 2, 1, 3] }),
    graph.ints("rows", 0, 0, heads * width),
  ]);
  const matrix = graph.constant(`${layer.name}_output_kernel`, [heads * width, units], floats(kernel));
  const product = graph.op("MatMul", [joined, matrix]);
  const y =
    bias === undefined
      ? product
      : graph.op("Add", [product, graph.constant(`${layer.name}_output_bias`, [units], floats(bias))]);
  return both(graph, y, query, call.returnAttentionScores === true && weights);
};
