import { sizeOf } from "../bytes/elements.js";
import { Body, type Columns, type Sum } from "./loop-body.js";
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from "./read-graph.js";

/** A cell's gates in ONNX's order, each with what it adds up; a bias may stand inside the reset gate. */
interface Cell {
  readonly op: "LSTM" | "GRU" | "RNN";
  readonly gates: readonly Sum[];
  readonly inner?: readonly Columns[];
  readonly activations: readonly string[];
  readonly attributes?: readonly (readonly [string, OnnxAttribute])[];
}

/** c' = f · c + i · g, h' = o · act(c'). */
function lstmOf(body: Body, out: string, cellOut: string, state: string, cell: string): Cell | undefined {
  const gate = (name: string): { sum: Sum; kind: string } | undefined => {
    const activation = body.activation(name);
    const sum = activation === undefined ? undefined : body.sum(activation.of, state);
    return sum === undefined ? undefined : { sum, kind: activation!.kind };
  };
  for (const [o, squashed] of body.pairs(out, "Mul")) {
    const squash = body.activation(squashed);
    const output = gate(o);
    if (squash === undefined || output === undefined || body.origin(squash.of) !== body.origin(cellOut))
      continue;
    for (const [kept, fresh] of body.pairs(cellOut, "Add")) {
      for (const [f, last] of body.pairs(kept, "Mul")) {
        const forget = body.origin(last) === cell ? gate(f) : undefined;
        if (forget === undefined) continue;
        for (const [i, g] of body.pairs(fresh, "Mul")) {
          const [input, candidate] = [gate(i), gate(g)];
          if (input === undefined || candidate === undefined) continue;
          // Which factor is the gate is told by the gates whose place is certain.
          if (input.kind !== output.kind || forget.kind !== output.kind) continue;
          const order = [input, output, forget, candidate];
          return {
            op: "LSTM",
            gates: order.map(({ sum }) => sum),
            activations: [output.kind, candidate.kind, squash.kind],
          };
        }
      }
    }
  }
  return undefined;
}

/** h' = z · h + (1 - z) · g, where g = act(x + r · (h R + b)), the reset gate behind the product. */
function gruOf(body: Body, out: string, state: string): Cell | undefined {
  for (const [kept, fresh] of body.pairs(out, "Add")) {
    for (const [z, last] of body.pairs(kept, "Mul")) {
      const update = body.origin(last) === state ? body.activation(z) : undefined;
      const updated = update === undefined ? undefined : body.sum(update.of, state);
      if (updated === undefined) continue;
      for (const [rest, g] of body.pairs(fresh, "Mul")) {
        const [one, same] = body.made(rest)?.node.inputs ?? [];
        const isRest = body.made(rest)?.node.op === "Sub" && Number(body.constant(one)?.read()[0]) === 1;
        const candidate = body.activation(g);
        if (!isRest || same === undefined || body.origin(same) !== body.origin(z) || candidate === undefined)
          continue;
        for (const [x, product] of body.pairs(candidate.of, "Add")) {
          const outer = body.sum(x, state);
          if (outer === undefined || outer.state.length > 0) continue;
          for (const [r, h] of body.pairs(product, "Mul")) {
            const reset = body.activation(r);
            const resetSum = reset === undefined ? undefined : body.sum(reset.of, state);
            const inside = body.sum(h, state);
            const fits = inside !== undefined && inside.input.length === 0 && reset?.kind === update!.kind;
            if (resetSum === undefined || !fits) continue;
            return {
              op: "GRU",
              gates: [updated, resetSum, { ...outer, state: inside.state }],
              inner: inside.biases,
              activations: [update!.kind, candidate.kind],
              attributes: [["linear_before_reset", 1]],
            };
          }
        }
      }
    }
  }
  return undefined;
}

function rnnOf(body: Body, out: string, state: string): Cell | undefined {
  const activation = body.activation(out);
  const sum = activation === undefined ? undefined : body.sum(activation.of, state);
  return sum === undefined ? undefined : { op: "RNN", gates: [sum], activations: [activation!.kind] };
}

/** Columns of kernels as ONNX's rows, gate below gate. */
function stacked(gates: readonly Columns[], units: number): OnnxTensor {
  const rows = gates[0]!.tensor.shape[0]!;
  return {
    shape: [1, gates.length * units, rows],
    isFloat: true,
    read() {
      const output = new Float32Array(gates.length * units * rows);
      gates.forEach(({ tensor, from }, gate) => {
        const data = tensor.read();
        const width = tensor.shape[1]!;
        for (let unit = 0; unit < units; unit++)
          for (let row = 0; row < rows; row++)
            output[(gate * units + unit) * rows + row] = data[row * width + from + unit]!;
      });
      return output;
    },
  };
}

function biasOf(cell: Cell, units: number): OnnxTensor {
  const count = cell.gates.length;
  return {
    shape: [1, 2 * count * units],
    isFloat: true,
    read() {
      const output = new Float32Array(2 * count * units);
      const add = (at: number, parts: readonly Columns[]): void => {
        for (const { tensor, from } of parts) {
          const data = tensor.read();
          for (let unit = 0; unit < units; unit++)
            output[at + unit]! += data[data.length === 1 ? 0 : from + unit]!;
        }
      };
      cell.gates.forEach(({ biases }, gate) => {
        add(gate * units, biases);
      });
      add((2 * count - 1) * units, cell.inner ?? []);
      return output;
    },
  };
}

/** Whether every gate has one kernel of each kind, all of the same size. */
function unitsOf({ gates, inner = [] }: Cell): number | undefined {
  const kernels = gates.flatMap(({ input, state }) => [...input, ...state]);
  const units = gates[0]!.state[0]?.tensor.shape[0];
  const isWhole = gates.every(({ input, state }) => input.length === 1 && state.length === 1);
  const fits =
    units !== undefined &&
    kernels.every(({ from, to }) => to - from === units) &&
    gates.every(
      ({ input, state }) =>
        state[0]?.tensor.shape[0] === units &&
        input[0]?.tensor.shape[0] === gates[0]!.input[0]?.tensor.shape[0],
    ) &&
    [...gates.flatMap(({ biases }) => biases), ...inner].every(
      ({ tensor, from, to }) =>
        sizeOf(tensor.shape) === 1 || (to - from === units && sizeOf(tensor.shape) === tensor.shape.at(-1)),
    );
  return isWhole && fits ? units : undefined;
}

/**
 * The operators in place of a loop over time whose body is the cell of a recurrent layer, as tf2onnx writes those of Keras
 * that have no counterpart in ONNX for it; undefined where the body is something else.
 */
function unrolled(loop: OnnxNode, constants: Map<string, OnnxTensor>): OnnxNode[] | undefined {
  const body = loop.attributes.get("body");
  if (body === undefined || typeof body !== "object" || !("nodes" in body)) return undefined;
  const given = loop.inputs.slice(2);
  const names = body.inputs.map(({ name }) => name);
  const carried = names.slice(2);
  const outputs = body.outputs.slice(1);
  if (names.length < 3 || given.length !== carried.length || outputs.length < carried.length)
    return undefined;
  const outside = new Map(constants);
  const counters = new Set([names[0]!]);
  const states: number[] = [];
  carried.forEach((name, i) => {
    const constant = constants.get(given[i]!);
    const isSame = outputs[i] === name;
    if (isSame && constant !== undefined) outside.set(name, constant);
    // What begins at zero as a single whole number and goes on by itself counts.
    else if (
      constant !== undefined &&
      sizeOf(constant.shape) === 1 &&
      !constant.isFloat &&
      constant.read()[0] === 0
    )
      counters.add(name);
    else if (!isSame) states.push(i);
  });
  const read = new Body(body, outside, counters);
  const cell =
    states.length === 1
      ? (gruOf(read, outputs[states[0]!]!, carried[states[0]!]!) ??
        rnnOf(read, outputs[states[0]!]!, carried[states[0]!]!))
      : states.length === 2
        ? [states, states.toReversed()]
            .map(([h, c]) => lstmOf(read, outputs[h!]!, outputs[c!]!, carried[h!]!, carried[c!]!))
            .find((one) => one !== undefined)
        : undefined;
  const units = cell === undefined ? undefined : unitsOf(cell);
  const { sequence } = read;
  if (cell === undefined || units === undefined || sequence === undefined) return undefined;
  const [own, prefix] = [new Map<string, OnnxAttribute>(), `${loop.name}/`];
  own.set("hidden_size", units);
  own.set("activations", cell.activations);
  for (const [key, value] of cell.attributes ?? []) own.set(key, value);
  const trips = constants.get(loop.inputs[0]!)?.read()[0];
  if (trips !== undefined && trips < 0x7fffffff) own.set("steps", Number(trips));
  constants.set(
    `${prefix}W`,
    stacked(
      cell.gates.map(({ input }) => input[0]!),
      units,
    ),
  );
  constants.set(
    `${prefix}R`,
    stacked(
      cell.gates.map(({ state }) => state[0]!),
      units,
    ),
  );
  constants.set(`${prefix}B`, biasOf(cell, units));
  constants.set(`${prefix}first`, { shape: [1], isFloat: false, read: () => [0] });
  constants.set(`${prefix}second`, { shape: [1], isFloat: false, read: () => [1] });
  const node = (op: string, name: string, inputs: string[], made: string[]): OnnxNode => ({
    op,
    name: `${prefix}${name}`,
    inputs,
    outputs: made,
    attributes: op === cell.op ? own : new Map(),
  });
  // The last output first, then the cell.
  const order =
    read.origin(outputs[states[0]!]!) === read.origin(hiddenOf(read, cell, outputs, states))
      ? states
      : states.toReversed();
  const nodes = order.map((i, k) =>
    node("Unsqueeze", `begin${k}`, [given[i]!, `${prefix}first`], [`${prefix}begin${k}`]),
  );
  const begins = order.map((_, k) => `${prefix}begin${k}`);
  nodes.push(
    node(
      cell.op,
      "cell",
      [sequence, `${prefix}W`, `${prefix}R`, `${prefix}B`, "", ...begins],
      [`${prefix}all`, ...order.map((_, k) => `${prefix}end${k}`)],
    ),
  );
  order.forEach((i, k) => {
    const name = loop.outputs[i] ?? "";
    if (name !== "") nodes.push(node("Squeeze", `last${k}`, [`${prefix}end${k}`, `${prefix}first`], [name]));
  });
  const hidden = read.origin(outputs[order[0]!]!);
  outputs.slice(carried.length).forEach((output, k) => {
    const name = loop.outputs[carried.length + k] ?? "";
    if (name !== "" && read.origin(output) === hidden)
      nodes.push(node("Squeeze", `steps${k}`, [`${prefix}all`, `${prefix}second`], [name]));
  });
  return nodes;
}

/** Of an LSTM's two states, the body's output that is its output. */
function hiddenOf(body: Body, cell: Cell, outputs: readonly string[], states: readonly number[]): string {
  const first = outputs[states[0]!]!;
  return cell.op !== "LSTM" || body.made(first)?.node.op === "Mul" ? first : outputs[states[1]!]!;
}

/** A graph whose loops over time are recurrent operators, where they are such. */
export function recurrentLoops(graph: OnnxGraph): OnnxGraph {
  if (!graph.nodes.some(({ op }) => op === "Loop")) return graph;
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.flatMap((node) =>
    node.op === "Loop" ? (unrolled(node, constants) ?? [node]) : [node],
  );
  return { ...graph, nodes, constants };
}
