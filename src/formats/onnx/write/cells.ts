import type { NamedTensor } from "../../../tensor.js";
import type { LayerSnapshot } from "../../description/snapshot.js";
import { transposed } from "../../torch/recurrent-weights.js";
import type { Attribute, GraphWriter } from "./graph-writer.js";

export type Config = Readonly<Record<string, unknown>>;

/** One direction of a recurrent layer. */
export interface Cell {
  readonly kind: string;
  readonly config: Config;
  readonly weights: readonly NamedTensor[];
}

/** ONNX's operators, the places of Keras's gates in its order, in thirds or quarters of the units. */
export const operators: Readonly<Record<string, { readonly op: string; readonly order: readonly number[] }>> =
  {
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

export const findWeight = ({ weights }: Pick<Cell, "weights">, key: string): NamedTensor | undefined =>
  weights.find(({ name }) => name === key || name.endsWith(`/${key}`));

/** Names of a cell's activations, in the order of ONNX's operator. */
function activationsOf({ kind, config }: Cell): string[] {
  const { activation, recurrentActivation } = config as Record<string, string | null | undefined>;
  const own = activation === null ? "linear" : (activation ?? "tanh");
  const gates = recurrentActivation === null ? "linear" : (recurrentActivation ?? "sigmoid");
  if (kind === "lstm") return [gates, own, own];
  return kind === "gru" ? [gates, own] : [own];
}

/** Whether ONNX's operator computes the cell; where not, it is written step by step. */
export const hasOperator = (cell: Cell): boolean =>
  cell.config.projectionUnits == null && activationsOf(cell).every((name) => activations[name] !== undefined);

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
function direction(cell: Cell) {
  const { order } = operators[cell.kind]!;
  const units = cell.config.units as number;
  const rows = (key: string): Float32Array => {
    const { shape, data } = findWeight(cell, key)!;
    const [inputs, gates] = shape as [number, number];
    return reorderRows(transposed(Float32Array.from(data), inputs, gates), order, units * inputs);
  };
  const gates = order.length * units;
  const bias = findWeight(cell, "bias");
  const both = bias === undefined ? new Float32Array(gates) : Float32Array.from(bias.data);
  const input = reorderRows(both.slice(0, gates), order, units);
  // Keras's one bias is the input's; a GRU's second belongs to the state.
  const state = both.length > gates ? reorderRows(both.slice(gates), order, units) : new Float32Array(gates);
  const peephole = findWeight(cell, "peephole_kernel");
  return {
    w: rows("kernel"),
    r: rows("recurrent_kernel"),
    b: join([input, state]),
    // i, o, f of i, f, o.
    p: peephole === undefined ? undefined : reorderRows(Float32Array.from(peephole.data), [0, 2, 1], units),
    features: findWeight(cell, "kernel")!.shape[0]!,
  };
}

function activationAttributes(cells: readonly Cell[]): Record<string, Attribute> {
  const all = cells.flatMap(activationsOf).map((name) => activations[name]!);
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

/** What an operator is told beside its weights. */
export interface OperatorCall {
  readonly direction: "forward" | "reverse" | "bidirectional";
  /** States `[B, H]` it begins in, direction by direction, each h and, of an LSTM, c; none: zeros. */
  readonly initial: readonly string[];
  /** How many of the steps count, `[B]` of int32. */
  readonly lengths?: string | undefined;
  /** Which of its outputs are read: the sequence, h, c. */
  readonly outputs: number | readonly [number];
}

/**
 * ONNX's LSTM, GRU or RNN of one cell or two directions.
 * @param x `[T, B, F]`.
 * @returns as many outputs as are asked for, or the one: `[T, directions, B, H]`, `[directions, B, H]` each.
 */
export function writeOperator(
  graph: GraphWriter,
  { name }: Pick<LayerSnapshot, "name">,
  cells: readonly Cell[],
  x: string,
  { direction: way, initial, lengths = "", outputs }: OperatorCall,
): string[] {
  const { kind, config } = cells[0]!;
  const parts = cells.map(direction);
  const { op, order } = operators[kind]!;
  const units = config.units as number;
  const gates = order.length * units;
  const constant = (stem: string, own: readonly Float32Array[], ...shape: readonly number[]): string =>
    graph.constant(`${name}_${stem}`, [cells.length, ...shape], join(own));
  const inputs = [
    x,
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
  const perDirection = initial.length / cells.length;
  const begin = (part: number): string =>
    initial.length === 0
      ? ""
      : stacked(
          graph,
          cells.map((_, d) => initial[d * perDirection + part]!),
        );
  const peepholes = parts[0]!.p !== undefined;
  if (initial.length > 0 || peepholes) inputs.push(lengths, begin(0), ...(kind === "lstm" ? [begin(1)] : []));
  else if (lengths !== "") inputs.push(lengths);
  if (peepholes)
    inputs.push(
      constant(
        "P",
        parts.map(({ p }) => p!),
        3 * units,
      ),
    );
  const attributes: Record<string, Attribute> = {
    hidden_size: units,
    direction: way,
    ...activationAttributes(cells),
    ...(kind === "gru" ? { linear_before_reset: config.resetAfter === false ? 0 : 1 } : {}),
  };
  return typeof outputs === "number"
    ? graph.ops(op, inputs, attributes, outputs)
    : [graph.op(op, inputs, attributes, outputs[0])];
}
