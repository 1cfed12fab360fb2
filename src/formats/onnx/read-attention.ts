import { FormatError } from "../../errors.js";
import { sizeOf } from "../bytes/elements.js";
import { transposed } from "../torch/recurrent-weights.js";
import type { FileWeight } from "../weights.js";
import { type Axis, type Flow, WrongAxes, weightOf } from "./flow.js";
import { refuse } from "./read-cells.js";
import type { OnnxNode, OnnxTensor } from "./read-graph.js";
import type { Operators, Walk } from "./walk.js";

/** One of several equal parts of a tensor's last axis, times a factor. */
function columns(tensor: OnnxTensor, part: number, parts: number, factor: number): OnnxTensor {
  const width = tensor.shape.at(-1)!;
  const own = width / parts;
  if (!Number.isInteger(own))
    throw new FormatError(`fromOnnx(): ${width} columns are no ${parts} equal parts.`);
  if (parts === 1 && factor === 1) return tensor;
  return {
    shape: tensor.shape.with(-1, own),
    isFloat: true,
    read: () => {
      const data = tensor.read();
      const rows = sizeOf(tensor.shape) / width;
      const taken = new Float32Array(rows * own);
      for (let row = 0; row < rows; row++)
        for (let k = 0; k < own; k++) taken[row * own + k] = data[row * width + part * own + k]! * factor;
      return taken;
    },
  };
}

/** An input as a sequence, batch first as layers have it. */
function sequence(walk: Walk, node: OnnxNode, i: number, order: "BTF" | "TBF" = "BTF"): Flow {
  const rows = walk.rows(node, walk.flow(node, i));
  const key = rows.axes.join("");
  if (key === order) return { ...rows, axes: ["B", "T", "F"] };
  const what = `looks at the axes ${rows.axes.join(", ")}, where ${order.split("").join(", ")} are computed`;
  if (key !== "BTF" && key !== "TBF") return refuse(node, what);
  throw new WrongAxes(`fromOnnx(): the operator ${node.op} (\`${node.name}\`) ${what}.`);
}

/** The layers that `fuse-attention.ts` finds. */
export const attentionOperators: Operators = {
  MultiHeadAttention: (walk, node) => {
    const order = node.attributes.get("time first") === 1 ? "TBF" : "BTF";
    const [query, key, value] = [0, 1, 2].map((i) => sequence(walk, node, i, order)) as [Flow, Flow, Flow];
    const numHeads = node.attributes.get("heads") as number;
    const parts = node.attributes.get("parts") as readonly number[];
    const part = node.attributes.get("part") as readonly number[];
    const factor = node.attributes.get("factor") as number;
    const widthOf = (i: number): number => walk.tensor(node, 3 + 2 * i).shape[1]! / parts[i]! / numHeads;
    const [keyDim, valueDim] = [widthOf(0), widthOf(2)];
    if (![keyDim, valueDim].every(Number.isInteger) || widthOf(1) !== keyDim)
      refuse(node, "has heads of unequal width");
    const output = walk.tensor(node, 9);
    const isTurned = node.attributes.get("turned") === 1;
    const [rows, columnsOut] = output.shape as [number, number];
    const units = isTurned ? rows : columnsOut;
    const bias = [4, 6, 8, 10].map((i) => walk.has(node, i));
    const useBias = bias.some(Boolean);
    // The layer divides by √keyDim; what else the file multiplies by goes into the query's weights.
    const rest = factor * Math.sqrt(keyDim);
    const own = Math.abs(rest - 1) < 1e-5 ? 1 : rest;
    const weights = ["query", "key", "value"].flatMap((name, i): FileWeight[] => {
      const width = i === 2 ? valueDim : keyDim;
      const kernel = columns(walk.tensor(node, 3 + 2 * i), part[i]!, parts[i]!, i === 0 ? own : 1);
      const zeros: OnnxTensor = {
        shape: [numHeads * width],
        isFloat: true,
        read: () => new Float32Array(numHeads * width),
      };
      const shift = bias[i]
        ? columns(walk.tensor(node, 4 + 2 * i), part[i]!, parts[i]!, i === 0 ? own : 1)
        : zeros;
      return [
        weightOf(`${node.name}.${name}`, kernel, [kernel.shape[0]!, numHeads, width]),
        ...(useBias ? [weightOf(`${node.name}.${name}.bias`, shift, [numHeads, width])] : []),
      ];
    });
    const none: OnnxTensor = { shape: [units], isFloat: true, read: () => new Float32Array(units) };
    weights.push(
      weightOf(`${node.name}.output`, output, [numHeads, valueDim, units], (data) =>
        isTurned ? transposed(data, rows, columnsOut) : data,
      ),
      ...(useBias
        ? [weightOf(`${node.name}.output.bias`, bias[3] ? walk.tensor(node, 10) : none, [units])]
        : []),
    );
    const isOne = key.layer === value.layer && key.part === value.part && key.direction === value.direction;
    const made = walk.push(
      { kind: "multiHeadAttention", config: { numHeads, keyDim, valueDim, useBias, outputShape: units } },
      isOne ? [query, value] : [query, value, key],
      weights,
    );
    if (node.attributes.get("causal") === 1) walk.layers[made.layer]!.useCausalMask = true;
    const axes = [...order] as Axis[];
    if (node.attributes.get("folded") !== 1) return { ...made, axes };
    return { ...made, axes: [order === "BTF" ? "N" : "M", "F"] };
  },
  Attention: (walk, node) => {
    const [query, value, key] = [0, 1, 2].map((i) => sequence(walk, node, i)) as [Flow, Flow, Flow];
    const factor = node.attributes.get("factor") as number;
    const useScale = factor !== 1;
    const scale: FileWeight = { name: `${node.name}.scale`, shape: [], read: () => Float32Array.of(factor) };
    const isOne = key.layer === value.layer && key.part === value.part && key.direction === value.direction;
    const made = walk.push(
      { kind: "attention", config: { useScale } },
      isOne ? [query, value] : [query, value, key],
      useScale ? [scale] : [],
    );
    walk.layers[made.layer]!.useCausalMask = true;
    return { ...made, axes: ["B", "T", "F"] };
  },
};
