import { FormatError } from "../../errors.js";
import type { DescribedLayer } from "../description/description.js";
import { transposed } from "../torch/recurrent-weights.js";
import type { FileWeight } from "../weights.js";
import type { OnnxNode, OnnxTensor } from "./read-graph.js";

export function refuse({ op, name }: OnnxNode, what: string): never {
  throw new FormatError(`fromOnnx(): the operator ${op} (\`${name}\`) ${what}.`, { received: op });
}

const kinds: Readonly<Record<string, { readonly kind: string; readonly order: readonly number[] }>> = {
  // i, f, c, o of i, o, f, c.
  LSTM: { kind: "lstm", order: [0, 2, 3, 1] },
  GRU: { kind: "gru", order: [0, 1, 2] },
  RNN: { kind: "simpleRNN", order: [0] },
};

/** @param alpha where it is not the operator's default: only what gateflow computes is told apart. */
function activationOf(
  node: OnnxNode,
  name: string,
  alpha: number | undefined,
  beta: number | undefined,
): string {
  const close = (a: number | undefined, b: number): boolean => a !== undefined && Math.abs(a - b) < 1e-6;
  const key = name.toLowerCase();
  if (key === "hardsigmoid") {
    if (close(alpha ?? 0.2, 0.2) && close(beta ?? 0.5, 0.5)) return "hardSigmoidLegacy";
    if (close(alpha, 1 / 6) && close(beta, 0.5)) return "hardSigmoid";
  }
  if (key === "leakyrelu" && close(alpha, 0.2)) return "leakyRelu";
  if (key === "elu" && close(alpha ?? 1, 1)) return "elu";
  if (key === "affine" && close(alpha, 1) && close(beta ?? 0, 0)) return "linear";
  const plain: Readonly<Record<string, string>> = {
    tanh: "tanh",
    sigmoid: "sigmoid",
    relu: "relu",
    softsign: "softsign",
    softplus: "softplus",
  };
  return plain[key] ?? refuse(node, `has the activation ${name}, which is not computed here`);
}

function activationsOf(node: OnnxNode, directions: number): string[] {
  const given = node.attributes.get("activations") as readonly string[] | undefined;
  if (given === undefined) return [];
  const alphas = [...((node.attributes.get("activation_alpha") as readonly number[] | undefined) ?? [])];
  const betas = [...((node.attributes.get("activation_beta") as readonly number[] | undefined) ?? [])];
  const read = given.map((name) => {
    const key = name.toLowerCase();
    const hasAlpha = ["hardsigmoid", "leakyrelu", "elu", "affine", "thresholdedrelu", "scaledtanh"].includes(
      key,
    );
    const hasBeta = ["hardsigmoid", "affine", "scaledtanh"].includes(key);
    return activationOf(
      node,
      name,
      hasAlpha ? alphas.shift() : undefined,
      hasBeta ? betas.shift() : undefined,
    );
  });
  const each = read.length / directions;
  if (directions === 2 && read.slice(0, each).join() !== read.slice(each).join()) {
    refuse(node, "has other activations in its two directions");
  }
  return read.slice(0, each);
}

/** Rows of gates in Keras's order, then inputs first. */
function kernelOf(name: string, tensor: OnnxTensor, d: number, order: readonly number[]): FileWeight {
  const [, rows, columns] = tensor.shape as [number, number, number];
  return {
    name,
    shape: [columns, rows],
    read() {
      const all = tensor.read() as Float32Array;
      const own = all.subarray(d * rows * columns, (d + 1) * rows * columns);
      return transposed(reorder(own, order), rows, columns);
    },
  };
}

function reorder(data: Float32Array, order: readonly number[]): Float32Array {
  const block = data.length / order.length;
  const output = new Float32Array(data.length);
  order.forEach((from, to) => {
    output.set(data.subarray(from * block, (from + 1) * block), to * block);
  });
  return output;
}

/** A recurrent operator as a layer and its weights; whether its sequence is handed on is found out later. */
export function readCell(
  node: OnnxNode,
  w: OnnxTensor,
  r: OnnxTensor,
  b: OnnxTensor | undefined,
  p: OnnxTensor | undefined,
): { layer: DescribedLayer; weights: FileWeight[]; directions: number; isReverse: boolean } {
  const { kind, order } = kinds[node.op]!;
  const direction = (node.attributes.get("direction") as string | undefined) ?? "forward";
  const directions = direction === "bidirectional" ? 2 : 1;
  const units = r.shape[2] ?? 0;
  const gates = order.length * units;
  const fits =
    w.shape.length === 3 &&
    r.shape.length === 3 &&
    w.shape[0] === directions &&
    r.shape[0] === directions &&
    w.shape[1] === gates &&
    r.shape[1] === gates &&
    (b === undefined || (b.shape[0] === directions && b.shape[1] === 2 * gates)) &&
    (p === undefined || (p.shape[0] === directions && p.shape[1] === 3 * units));
  if (!fits) refuse(node, "has weights whose shapes do not fit each other");
  const own = node.attributes;
  if (own.get("clip") !== undefined) refuse(node, "clips its gates, which is not computed here");
  if ((own.get("input_forget") ?? 0) !== 0) refuse(node, "couples its gates, which is not computed here");
  const isGru = kind === "gru";
  const resetAfter = (own.get("linear_before_reset") ?? 0) !== 0;
  const read = activationsOf(node, directions);
  if (kind === "lstm" && read.length === 3 && read[1] !== read[2])
    refuse(node, "has two activations of the cell");
  const named =
    kind === "simpleRNN" ? { activation: read[0] } : { recurrentActivation: read[0], activation: read[1] };
  const config = {
    units,
    useBias: b !== undefined,
    ...(read.length === 0 ? {} : named),
    ...(isGru ? { resetAfter } : {}),
    ...(kind === "lstm" ? { unitForgetBias: false } : {}),
    ...(p === undefined ? {} : { peepholes: true }),
  };
  const weights: FileWeight[] = [];
  for (let d = 0; d < directions; d++) {
    weights.push(kernelOf(`${node.name}.W`, w, d, order), kernelOf(`${node.name}.R`, r, d, order));
    if (b !== undefined) {
      const both = isGru && resetAfter;
      weights.push({
        name: `${node.name}.B`,
        shape: both ? [2, gates] : [gates],
        read() {
          const all = (b.read() as Float32Array).subarray(d * 2 * gates, (d + 1) * 2 * gates);
          const [input, state] = [
            reorder(all.subarray(0, gates), order),
            reorder(all.subarray(gates), order),
          ];
          if (!both) return input.map((value, i) => value + state[i]!);
          const output = new Float32Array(2 * gates);
          output.set(input);
          output.set(state, gates);
          return output;
        },
      });
    }
    if (p !== undefined) {
      weights.push({
        name: `${node.name}.P`,
        shape: [3 * units],
        // i, f, o of i, o, f.
        read: () =>
          reorder((p.read() as Float32Array).subarray(d * 3 * units, (d + 1) * 3 * units), [0, 2, 1]),
      });
    }
  }
  const layer =
    directions === 2 ? { kind: "bidirectional", config: { layer: { kind, config } } } : { kind, config };
  return { layer, weights, directions, isReverse: direction === "reverse" };
}
