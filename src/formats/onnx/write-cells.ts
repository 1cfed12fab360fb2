import { FormatError } from "../../errors.js";
import type { NamedTensor } from "../../tensor.js";
import type { LayerSnapshot } from "../description/snapshot.js";
import { transposed } from "../torch/recurrent-weights.js";
import type { Attribute, GraphWriter } from "./graph-writer.js";

type Config = Readonly<Record<string, unknown>>;

export function refuse({ name, kind }: Pick<LayerSnapshot, "name" | "kind">, what: string): never {
  throw new FormatError(`toOnnx(): \`${name}\` (${kind}) ${what}.`, { received: kind });
}

/** ONNX's operators, the places of Keras's gates in its order, in thirds or quarters of the units. */
const cells: Readonly<Record<string, { readonly op: string; readonly order: readonly number[] }>> = {
  // i, o, f, c of i, f, c, o.
  lstm: { op: "LSTM", order: [0, 3, 1, 2] },
  // z, r, h in both.
  gru: { op: "GRU", order: [0, 1, 2] },
  simpleRNN: { op: "RNN", order: [0] },
};

/** Activations a recurrent operator knows, with alpha and beta where they are not its defaults. */
const activations: Readonly<Record<string, readonly [string, number?, number?]>> = {
  tanh: ["Tanh"],
  sigmoid: ["Sigmoid"],
  relu: ["Relu"],
  linear: ["Affine", 1, 0],
  hardSigmoid: ["HardSigmoid", 1 / 6, 0.5],
  hardSigmoidLegacy: ["HardSigmoid", 0.2, 0.5],
  leakyRelu: ["LeakyRelu", 0.2],
  elu: ["Elu", 1],
  softsign: ["Softsign"],
  softplus: ["Softplus"],
};

/** Blocks of `units` rows in another order. */
function reorderRows(data: Float32Array, order: readonly number[], blockSize: number): Float32Array {
  const output = new Float32Array(data.length);
  order.forEach((from, to) => {
    output.set(data.subarray(from * blockSize, (from + 1) * blockSize), to * blockSize);
  });
  return output;
}

const join = (parts: readonly Float32Array[]): Float32Array => {
  const output = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    output.set(part, at);
    at += part.length;
  }
  return output;
};

/** W, R, B and P of one direction. */
function direction(kind: string, config: Config, weights: readonly NamedTensor[]) {
  const { order } = cells[kind]!;
  const units = config.units as number;
  const find = (key: string): NamedTensor | undefined =>
    weights.find(({ name }) => name === key || name.endsWith(`/${key}`));
  const rows = (key: string): Float32Array => {
    const { shape, data } = find(key)!;
    const [inputs, gates] = shape as [number, number];
    return reorderRows(transposed(Float32Array.from(data), inputs, gates), order, units * inputs);
  };
  const gates = order.length * units;
  const bias = find("bias");
  const both = bias === undefined ? new Float32Array(gates) : Float32Array.from(bias.data);
  const input = reorderRows(both.slice(0, gates), order, units);
  // Keras's one bias is the input's; a GRU's second belongs to the state.
  const state = both.length > gates ? reorderRows(both.slice(gates), order, units) : new Float32Array(gates);
  const peephole = find("peephole_kernel");
  return {
    w: rows("kernel"),
    r: rows("recurrent_kernel"),
    b: join([input, state]),
    // i, o, f of i, f, o.
    p: peephole === undefined ? undefined : reorderRows(Float32Array.from(peephole.data), [0, 2, 1], units),
    features: find("kernel")!.shape[0]!,
  };
}

function activationAttributes(
  layer: LayerSnapshot,
  config: Config,
  kind: string,
  directions: number,
): Record<string, Attribute> {
  const { activation = "tanh", recurrentActivation = "sigmoid" } = config as Record<string, string>;
  const wanted =
    kind === "lstm"
      ? [recurrentActivation, activation, activation]
      : kind === "gru"
        ? [recurrentActivation, activation]
        : [activation];
  const found = wanted.map(
    (name) =>
      activations[name!] ??
      refuse(layer, `has the activation \`${name}\`, which ONNX's ${cells[kind]!.op} has not`),
  );
  const all = Array.from({ length: directions }, () => found).flat();
  const alphas = all.flatMap(([, alpha]) => (alpha === undefined ? [] : [alpha]));
  const betas = all.flatMap(([, , beta]) => (beta === undefined ? [] : [beta]));
  return {
    activations: all.map(([name]) => name),
    ...(alphas.length === 0 ? {} : { activation_alpha: { floats: alphas } }),
    ...(betas.length === 0 ? {} : { activation_beta: { floats: betas } }),
  };
}

/** States `[B, H]` side by side in a new first axis, `[directions, B, H]`. */
const stacked = (graph: GraphWriter, states: readonly string[]): string => {
  const tall = states.map((state) => graph.op("Unsqueeze", [state, graph.ints("axes", 0)]));
  return tall.length === 1 ? tall[0]! : graph.op("Concat", tall, { axis: 0 });
};

/** `[directions, B, H]` as a state a direction. */
function unstacked(graph: GraphWriter, states: string, directions: number): string[] {
  if (directions === 1) return [graph.op("Squeeze", [states, graph.ints("axes", 0)])];
  return [0, 1].map((d) => {
    const place = graph.constant("direction", [], [d]);
    return graph.op("Gather", [states, place], { axis: 0 });
  });
}

/**
 * A recurrent layer, one direction or two, from `[B, T, F]` to `[B, T, H]` or `[B, H]`.
 * @param initial states `[B, H]` it begins in, forward then backward, each h and, of an LSTM, c; none: zeros.
 * @returns the output and, with `returnState`, the last states in the same order.
 */
export function writeRecurrent(
  graph: GraphWriter,
  layer: LayerSnapshot,
  x: string,
  initial: readonly string[] = [],
): string[] {
  const isDouble = layer.kind === "bidirectional";
  const inner = isDouble ? (layer.config.layer as { kind: string; config: Config }) : layer;
  const { kind, config } = inner;
  const directions = isDouble ? 2 : 1;
  const units = config.units as number;
  if (config.stateful === true)
    refuse(layer, "is stateful, which ONNX has not: states do not go on from run to run");
  if (config.projectionUnits !== undefined) refuse(layer, "projects its state, which ONNX's LSTM does not");
  const turns = config.goBackwards === true;
  if (isDouble && turns) refuse(layer, "reads backwards first");
  if (isDouble && layer.config.backwardLayer !== undefined)
    refuse(layer, "has a backwardLayer of its own, which ONNX's operator does not");
  if (isDouble && layer.config.mergeMode === null) refuse(layer, "does not merge its directions");
  const half = layer.weights.length / directions;
  const parts = Array.from({ length: directions }, (_, d) =>
    direction(kind, config, layer.weights.slice(d * half, (d + 1) * half)),
  );
  const { op, order } = cells[kind]!;
  const gates = order.length * units;
  const constant = (stem: string, own: readonly Float32Array[], ...shape: readonly number[]): string =>
    graph.constant(`${layer.name}_${stem}`, [directions, ...shape], join(own));
  const inputs = [
    graph.op("Transpose", [x], { perm: [1, 0, 2] }),
    constant(
      "W",
      parts.map(({ w }) => w),
      gates,
      parts[0]!.features,
    ),
    constant(
      "R",
      parts.map(({ r }) => r),
      gates,
      units,
    ),
    constant(
      "B",
      parts.map(({ b }) => b),
      2 * gates,
    ),
  ];
  const perDirection = initial.length / directions;
  const begin = (part: number): string =>
    initial.length === 0
      ? ""
      : stacked(
          graph,
          Array.from({ length: directions }, (_, d) => initial[d * perDirection + part]!),
        );
  if (initial.length > 0 || parts[0]!.p !== undefined) {
    inputs.push("", begin(0), ...(kind === "lstm" ? [begin(1)] : []));
  }
  if (parts[0]!.p !== undefined)
    inputs.push(
      constant(
        "P",
        parts.map(({ p }) => p!),
        3 * units,
      ),
    );
  const attributes: Record<string, Attribute> = {
    hidden_size: units,
    direction: isDouble ? "bidirectional" : turns ? "reverse" : "forward",
    ...activationAttributes(layer, config, kind, directions),
    ...(kind === "gru" ? { linear_before_reset: config.resetAfter === false ? 0 : 1 } : {}),
  };
  const isSequence = config.returnSequences === true;
  if (config.returnState !== true) {
    return [
      outputOf(graph, layer, graph.op(op, inputs, attributes, isSequence ? 0 : 1), {
        isDouble,
        turns,
        isSequence,
        units,
      }),
    ];
  }
  const all = graph.ops(op, inputs, attributes, kind === "lstm" ? 3 : 2);
  const states = all.slice(1).map((state) => unstacked(graph, state, directions));
  return [
    outputOf(graph, layer, all[isSequence ? 0 : 1]!, { isDouble, turns, isSequence, units }),
    ...Array.from({ length: directions }, (_, d) => states.map((part) => part[d]!)).flat(),
  ];
}

/** What Keras puts out of an operator's sequence, or of its last state. */
function outputOf(
  graph: GraphWriter,
  layer: LayerSnapshot,
  y: string,
  {
    isDouble,
    turns,
    isSequence,
    units,
  }: { isDouble: boolean; turns: boolean; isSequence: boolean; units: number },
): string {
  if (isDouble) return merge(graph, layer, y, isSequence, units);
  if (!isSequence) return graph.op("Squeeze", [y, graph.ints("axes", 0)]);
  const own = graph.op("Transpose", [graph.op("Squeeze", [y, graph.ints("axes", 1)])], { perm: [1, 0, 2] });
  if (!turns) return own;
  // Keras hands on a sequence in the order it was read, ONNX in that of time.
  const last = -(2 ** 31);
  return graph.op("Slice", [
    own,
    graph.ints("starts", -1),
    graph.ints("ends", last),
    graph.ints("axes", 1),
    graph.ints("steps", -1),
  ]);
}

/** Both directions' outputs as one. */
function merge(
  graph: GraphWriter,
  layer: LayerSnapshot,
  y: string,
  isSequence: boolean,
  units: number,
): string {
  const side = graph.op("Transpose", [y], { perm: isSequence ? [2, 0, 1, 3] : [1, 0, 2] });
  const mode = layer.config.mergeMode ?? "concat";
  const axis = isSequence ? 2 : 1;
  if (mode === "concat") {
    return graph.op("Reshape", [side, graph.ints("shape", ...(isSequence ? [0, 0] : [0]), 2 * units)]);
  }
  if (mode === "sum") return graph.op("ReduceSum", [side, graph.ints("axes", axis)], { keepdims: 0 });
  return graph.op(mode === "mul" ? "ReduceProd" : "ReduceMean", [side], { axes: [axis], keepdims: 0 });
}
