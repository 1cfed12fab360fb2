import { sizeOf } from "../bytes/elements.js";
import { attention, multiHeadAttention } from "./fuse-attention.js";
import type { OnnxGraph, OnnxNode } from "./read-graph.js";
import { instead, Wiring } from "./wiring.js";

const near = (a: number | undefined, b: number): boolean =>
  a !== undefined && Math.abs(a - b) < 1e-4 * Math.abs(b);

/** x · sigmoid(x). */
function silu(node: OnnxNode, wiring: Wiring): OnnxNode | undefined {
  const [a, b] = node.inputs as [string, string];
  for (const [x, gate] of [
    [a, b],
    [b, a],
  ] as const) {
    if (wiring.made(gate, "Sigmoid")?.inputs[0] === x) return instead(node, "Silu", [x]);
  }
  return undefined;
}

/** What a product is made of, products inside of it taken apart. */
function factorsOf(name: string, wiring: Wiring, depth = 3): string[] {
  const product = depth === 0 ? undefined : wiring.made(name, "Mul");
  if (product === undefined) return [name];
  return product.inputs.flatMap((input) => factorsOf(input, wiring, depth - 1));
}

/** ½ x (1 + erf(x / √2)), its factors in any order. */
function gelu(node: OnnxNode, wiring: Wiring): OnnxNode | undefined {
  const factors = factorsOf(node.outputs[0]!, wiring);
  if (factors.length !== 3 || !factors.some((one) => near(wiring.scalar(one), 0.5))) return undefined;
  for (const sum of factors) {
    const add = wiring.made(sum, "Add");
    const error = add?.inputs.map((one) => wiring.made(one, "Erf")).find((one) => one !== undefined);
    if (add === undefined || error === undefined || !add.inputs.some((one) => near(wiring.scalar(one), 1)))
      continue;
    const [inside] = error.inputs;
    const divided = wiring.made(inside, "Div");
    const scaled = wiring.made(inside, "Mul");
    const x =
      divided !== undefined && near(wiring.scalar(divided.inputs[1]), Math.SQRT2)
        ? divided.inputs[0]
        : scaled !== undefined && near(wiring.scalar(scaled.inputs[1]), Math.SQRT1_2)
          ? scaled.inputs[0]
          : undefined;
    if (x !== undefined && factors.includes(x)) return instead(node, "Gelu", [x]);
  }
  return undefined;
}

/** (x - mean) / √(variance + ε) over the last axis, and the scale and shift behind it: LayerNormalization before set 17. */
function layerNorm(node: OnnxNode, wiring: Wiring): OnnxNode | undefined {
  const [centered, spread] = node.inputs as [string, string];
  const root = wiring.made(spread, "Sqrt");
  const sum = wiring.made(root?.inputs[0], "Add");
  const difference = wiring.made(centered, "Sub");
  if (sum === undefined || difference === undefined) return undefined;
  const epsilon = sum.inputs.map((one) => wiring.scalar(one)).find((one) => one !== undefined);
  const variance = sum.inputs.map((one) => wiring.made(one, "ReduceMean")).find((one) => one !== undefined);
  const mean = wiring.made(difference.inputs[1], "ReduceMean");
  const [x] = difference.inputs;
  if (epsilon === undefined || variance === undefined || mean === undefined || mean.inputs[0] !== x)
    return undefined;
  const square = wiring.made(variance.inputs[0], "Pow") ?? wiring.made(variance.inputs[0], "Mul");
  // The square may be of the same difference computed anew.
  const base = square?.inputs[0];
  const isSquare = base === centered || wiring.made(base, "Sub")?.inputs[0] === x;
  const isOverLast = [mean, variance].every((one) => {
    const axes = (one.attributes.get("axes") ?? wiring.tensor(one.inputs[1])?.read()) as
      | readonly number[]
      | undefined;
    return axes?.length === 1 && (axes[0] === -1 || axes[0] === 2 || axes[0] === 1);
  });
  if (!isSquare || !isOverLast) return undefined;
  let last = node;
  const weight = (op: string): string | undefined => {
    const next = wiring.consumer(last.outputs[0]!);
    if (next?.op !== op) return undefined;
    const constant = next.inputs.find((one) => wiring.tensor(one)?.shape.length === 1);
    if (constant !== undefined) last = next;
    return constant;
  };
  const scale = weight("Mul");
  const shift = scale === undefined ? undefined : weight("Add");
  return instead(
    last,
    "LayerNormalization",
    [x!, scale ?? "", ...(shift === undefined ? [] : [shift])],
    [["epsilon", epsilon]],
  );
}

/** x · m + (β - mean · m), m = γ / √(variance + ε), all over the last axis: LayerNormalization as tf2onnx writes it. */
function scaledNorm(node: OnnxNode, wiring: Wiring): OnnxNode | undefined {
  for (const [left, right] of [node.inputs, node.inputs.toReversed()]) {
    const product = wiring.made(left, "Mul");
    const shift = wiring.made(right, "Add") ?? wiring.made(right, "Sub");
    if (product === undefined || shift === undefined) continue;
    for (const [x, m] of [product.inputs, product.inputs.toReversed()]) {
      const factor = wiring.made(m, "Mul");
      const root = factor?.inputs
        .map((one) => wiring.made(wiring.made(one, "Reciprocal")?.inputs[0], "Sqrt"))
        .find((one) => one !== undefined);
      const sum = wiring.made(root?.inputs[0], "Add");
      const epsilon = sum?.inputs.map((one) => wiring.scalar(one)).find((one) => one !== undefined);
      const variance = sum?.inputs
        .map((one) => wiring.made(one, "ReduceMean"))
        .find((one) => one !== undefined);
      const difference = wiring.made(wiring.made(variance?.inputs[0], "Mul")?.inputs[0], "Sub");
      const mean = wiring.made(difference?.inputs[1], "ReduceMean");
      const taken = shift.inputs.map((one) => wiring.made(one, "Mul")).find((one) => one !== undefined);
      const isMean = taken?.inputs.some((one) =>
        [one, wiring.made(one, "Neg")?.inputs[0]].includes(mean?.outputs[0]),
      );
      const scale = factor?.inputs.find((one) => wiring.tensor(one) !== undefined);
      const offset = shift.inputs.find((one) => wiring.tensor(one) !== undefined);
      const isOfX =
        difference?.inputs[0] === x && mean?.inputs[0] === x && taken?.inputs.includes(m!) === true;
      const isVector = [scale, offset].every((one) => {
        const { shape } = wiring.tensor(one) ?? { shape: [] };
        return shape.length > 0 && sizeOf(shape) === shape.at(-1);
      });
      if (!isOfX || !isMean || epsilon === undefined || !isVector) continue;
      return instead(node, "LayerNormalization", [x!, scale!, offset!], [["epsilon", epsilon]]);
    }
  }
  return undefined;
}

const wrapping = ["Cast", "Add", "Less", "Not", "Mul", "Where", "Identity"];

/** What an index is made of, where it is an input and what counts a negative one from the end. */
function indexOf(name: string, wiring: Wiring, left = 20): { source: string; wraps: boolean } | undefined {
  const node = wiring.producers.get(name);
  if (node === undefined || !wrapping.includes(node.op) || left === 0) return { source: name, wraps: false };
  const parts = node.inputs
    .filter((input) => wiring.tensor(input) === undefined)
    .map((input) => indexOf(input, wiring, left - 1));
  const [first] = parts;
  if (first === undefined || parts.some((part) => part?.source !== first.source)) return undefined;
  return { source: first.source, wraps: node.op === "Less" || parts.some((part) => part!.wraps) };
}

/** A table looked up by an index that may be counted from the end, as tf2onnx writes embeddings. */
function lookup(node: OnnxNode, wiring: Wiring): OnnxNode | undefined {
  const [table, index] = node.inputs as [string, string];
  if (wiring.tensor(table)?.shape.length !== 2 || wiring.tensor(index) !== undefined) return undefined;
  const found = indexOf(index, wiring);
  if (found?.wraps !== true) return undefined;
  return instead(node, "Gather", [table, found.source], [...node.attributes]);
}

/** Values an operator takes, those that graphs inside of it take included. */
const takenBy = ({ inputs, attributes }: OnnxNode): readonly string[] => [
  ...inputs,
  ...[...attributes.values()].flatMap((value) =>
    typeof value === "object" && "nodes" in value ? [...value.outputs, ...value.nodes.flatMap(takenBy)] : [],
  ),
];

/**
 * A graph with one operator where exporters write several for what a layer computes, and without those that no output needs.
 */
export function fusePatterns(graph: OnnxGraph): OnnxGraph {
  const wiring = new Wiring(graph);
  const replaced = new Map<string, OnnxNode>();
  for (const node of graph.nodes) {
    const made =
      node.op === "Mul"
        ? (silu(node, wiring) ?? gelu(node, wiring))
        : node.op === "Div"
          ? layerNorm(node, wiring)
          : node.op === "Add"
            ? scaledNorm(node, wiring)
            : node.op === "Gather"
              ? lookup(node, wiring)
              : node.op === "Reshape"
                ? multiHeadAttention(node, wiring)
                : node.op === "MatMul"
                  ? attention(node, wiring)
                  : undefined;
    if (made !== undefined) replaced.set(made.outputs[0]!, made);
  }
  const nodes = graph.nodes.map((node) => replaced.get(node.outputs[0] ?? "") ?? node);
  const needed = new Set(graph.outputs);
  const kept = nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => needed.has(output))) return false;
    for (const input of takenBy(node)) needed.add(input);
    return true;
  });
  return { ...graph, nodes: kept.reverse() };
}
