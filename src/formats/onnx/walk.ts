import { FormatError } from "../../errors.js";
import { sizeOf } from "../bytes/elements.js";
import { transposed } from "../torch/recurrent-weights.js";
import type { FileWeight } from "../weights.js";
import { readCell, refuse } from "./read-cells.js";
import type { OnnxGraph, OnnxNode, OnnxTensor } from "./read-graph.js";

/** Axes a value has: batch, time, features, directions; the last time step as an axis of one. */
export type Axis = "B" | "T" | "F" | "D" | "L";

/** What flows through the layers; `step` is how many of them it has come through. */
export interface Flow {
  readonly flow: true;
  readonly axes: readonly Axis[];
  readonly step: number;
  /** Straight from the recurrent layer before: its sequence, or its last state. */
  readonly from?: "sequence" | "state";
}

/** A constant, or a vector that speaks of the flow's shape, whose parts may be an axis's extent. */
export interface Known {
  readonly flow: false;
  readonly shape: readonly number[];
  read(): Float32Array | (number | Axis)[];
  readonly tensor?: OnnxTensor;
}

export interface MutableLayer {
  kind: string;
  config: Record<string, unknown>;
  isReverse?: boolean;
  directions?: number;
  weights: FileWeight[];
}

/** How an operator is read; undefined where it names its outputs itself. */
export type Operators = Readonly<Record<string, (walk: Walk, node: OnnxNode) => Flow | Known | undefined>>;

/** The input was taken to be [batch, time, features], and is [time, batch, features]. */
export class WrongAxes extends Error {}

export function known(tensor: OnnxTensor): Known {
  return {
    flow: false,
    shape: tensor.shape,
    read: () => (tensor.isFloat ? (tensor.read() as Float32Array) : (tensor.read() as number[])),
    tensor,
  };
}

export const vector = (
  values: readonly (number | Axis)[],
  shape: readonly number[] = [values.length],
): Known => ({
  flow: false,
  shape,
  read: () => [...values],
});

const isZero = (value: Known): boolean =>
  [...(value.read() as ArrayLike<number> & Iterable<unknown>)].every((one) => one === 0);

/** Goes through a graph once, operator by operator, and writes down the layers it is made of. */
export class Walk {
  readonly values = new Map<string, Flow | Known>();
  readonly layers: MutableLayer[] = [];

  constructor(
    readonly graph: OnnxGraph,
    readonly inputAxes: readonly Axis[],
    readonly inputName: string,
  ) {
    this.values.set(inputName, { flow: true, axes: inputAxes, step: 0 });
    for (const [name, tensor] of graph.constants) this.values.set(name, known(tensor));
  }

  run(operators: Operators): Flow {
    for (const node of this.graph.nodes) this.visit(node, operators);
    const out = this.values.get(this.graph.outputs[0] ?? "");
    if (out === undefined || !out.flow)
      throw new FormatError("fromOnnx(): the graph's output depends on no input.");
    this.head(out, {
      op: "output",
      name: this.graph.outputs[0]!,
      inputs: [],
      outputs: [],
      attributes: new Map(),
    });
    return out;
  }

  visit(node: OnnxNode, operators: Operators): void {
    const run = Object.hasOwn(operators, node.op) ? operators[node.op] : undefined;
    const out = run === undefined ? refuse(node, "is not computed here") : run(this, node);
    if (out !== undefined) this.values.set(node.outputs[0]!, out);
  }

  value(node: OnnxNode, i: number): Flow | Known {
    const name = node.inputs[i];
    return (name === undefined ? undefined : this.values.get(name)) ?? refuse(node, `lacks its input ${i}`);
  }

  has(node: OnnxNode, i: number): boolean {
    return (node.inputs[i] ?? "") !== "";
  }

  flow(node: OnnxNode, i = 0): Flow {
    const value = this.value(node, i);
    return value.flow ? value : refuse(node, "works on a constant, which is not computed here");
  }

  known(node: OnnxNode, i: number): Known {
    const value = this.value(node, i);
    return value.flow ? refuse(node, `needs a constant as its input ${i}`) : value;
  }

  tensor(node: OnnxNode, i: number): OnnxTensor {
    return this.known(node, i).tensor ?? refuse(node, `needs a constant as its input ${i}`);
  }

  ints(node: OnnxNode, key: string, i: number): readonly number[] | undefined {
    const attribute = node.attributes.get(key);
    if (Array.isArray(attribute)) return attribute as readonly number[];
    if (typeof attribute === "number") return [attribute];
    return this.has(node, i) ? (this.known(node, i).read() as number[]) : undefined;
  }

  /** The flow's last value: a layer takes nothing older, models that branch are not read. */
  head(flow: Flow, node: OnnxNode): Flow {
    if (flow.step !== this.layers.length)
      refuse(node, "takes what another operator takes as well; graphs that branch are not read");
    // What a recurrent layer hands on is settled by who takes it.
    const last = this.layers.at(-1);
    if (last !== undefined && flow.from !== undefined) this.settle(last, flow.from, node);
    return flow;
  }

  settle(layer: MutableLayer, from: "sequence" | "state", node: OnnxNode): void {
    const isSequence = from === "sequence";
    const inner =
      layer.kind === "bidirectional"
        ? (layer.config.layer as { config: Record<string, unknown> }).config
        : layer.config;
    if (inner.returnSequences !== undefined && inner.returnSequences !== isSequence)
      refuse(node, "takes the sequence of a layer whose last state is taken as well");
    inner.returnSequences = isSequence;
  }

  add(node: OnnxNode, flow: Flow, layer: Omit<MutableLayer, "weights">, weights: FileWeight[] = []): Flow {
    const head = this.head(flow, node);
    if (head.axes.at(-1) !== "F" && layer.kind !== "embedding")
      refuse(node, "works on other axes than the last");
    this.layers.push({ ...layer, weights });
    return { flow: true, axes: head.axes, step: this.layers.length };
  }

  activation(node: OnnxNode, name: string): Flow {
    const flow = this.flow(node);
    const last = this.layers.at(-1);
    const isOpen =
      last?.kind === "dense" &&
      last.config.activation === undefined &&
      flow.step === this.layers.length &&
      flow.from === undefined;
    if (!isOpen) return this.add(node, flow, { kind: "activation", config: { activation: name } });
    last.config.activation = name;
    return flow;
  }

  dense(node: OnnxNode, kernel: OnnxTensor, isTurned: boolean): Flow {
    if (kernel.shape.length !== 2) refuse(node, "multiplies by what is no matrix");
    const [rows, columns] = kernel.shape as [number, number];
    const weight: FileWeight = {
      name: `${node.name}.weight`,
      shape: isTurned ? [columns, rows] : [rows, columns],
      read: () => {
        const data = Float32Array.from(kernel.read());
        return isTurned ? transposed(data, rows, columns) : data;
      },
    };
    return this.add(
      node,
      this.flow(node),
      { kind: "dense", config: { units: weight.shape[1], useBias: false } },
      [weight],
    );
  }

  bias(node: OnnxNode, flow: Flow, bias: OnnxTensor): Flow {
    const last = this.layers.at(-1);
    const isFresh =
      last?.kind === "dense" &&
      last.config.useBias === false &&
      last.config.activation === undefined &&
      flow.step === this.layers.length;
    if (!isFresh || sizeOf(bias.shape) !== last.config.units)
      return refuse(node, "adds a constant that is no layer's bias");
    last.config.useBias = true;
    last.weights.push({
      name: `${node.name}.bias`,
      shape: [sizeOf(bias.shape)],
      read: () => Float32Array.from(bias.read()),
    });
    return flow;
  }

  recurrent(node: OnnxNode): undefined {
    const flow = this.head(this.flow(node), node);
    const isBatchFirst = (node.attributes.get("layout") ?? 0) === 1;
    const expected = isBatchFirst ? "BTF" : "TBF";
    if (flow.axes.join("") !== expected) throw new WrongAxes();
    if (this.has(node, 4)) refuse(node, "is given lengths of sequences, which are not read");
    for (const i of [5, 6]) {
      if (this.has(node, i) && !isZero(this.known(node, i)))
        refuse(node, "starts in a state that is not zero");
    }
    const optional = (i: number): OnnxTensor | undefined =>
      this.has(node, i) ? this.tensor(node, i) : undefined;
    const { layer, weights, directions, isReverse } = readCell(
      node,
      this.tensor(node, 1),
      this.tensor(node, 2),
      optional(3),
      node.op === "LSTM" ? optional(7) : undefined,
    );
    const config = { ...layer.config } as Record<string, unknown>;
    if (isReverse) config.goBackwards = true;
    this.layers.push({ kind: layer.kind, config, weights, isReverse, directions });
    const step = this.layers.length;
    const [y, h] = node.outputs;
    if (y !== undefined && y !== "")
      this.values.set(y, {
        flow: true,
        axes: isBatchFirst ? ["B", "T", "D", "F"] : ["T", "D", "B", "F"],
        step,
        from: "sequence",
      });
    if (h !== undefined && h !== "")
      this.values.set(h, {
        flow: true,
        axes: isBatchFirst ? ["B", "D", "F"] : ["D", "B", "F"],
        step,
        from: "state",
      });
    return undefined;
  }

  /** One time step of a sequence: of a recurrent layer's, the last it came to. */
  pick(node: OnnxNode, flow: Flow, axis: Axis, index: number): Flow {
    const axes = flow.axes.filter((own) => own !== axis);
    const last = this.layers.at(-1);
    if (axis === "D" && last?.directions === 1 && (index === 0 || index === -1)) return { ...flow, axes };
    const isOfCell = flow.from === "sequence" && flow.step === this.layers.length && last?.directions === 1;
    const isEnd = last?.isReverse === true ? index === 0 : index === -1;
    if (axis !== "T" || !isOfCell || !isEnd)
      return refuse(node, `takes place ${index} of an axis, which is not computed here`);
    return { ...flow, axes, from: "state" };
  }

  without(node: OnnxNode, flow: Flow, places: readonly number[]): Flow {
    const gone = places.map((place) => (place < 0 ? place + flow.axes.length : place));
    for (const place of gone) {
      const isSingle =
        flow.axes[place] === "L" ||
        (flow.axes[place] === "D" && this.layers[flow.step - 1]?.directions === 1);
      if (!isSingle) refuse(node, "drops an axis that is not one long");
    }
    return { ...flow, axes: flow.axes.filter((_, place) => !gone.includes(place)) };
  }

  reshape(node: OnnxNode): Flow | Known {
    const value = this.value(node, 0);
    if (!value.flow) return value;
    const target = this.known(node, 1).read() as (number | Axis)[];
    const axes = value.axes;
    // Both directions beside each other: [B, T, D, F] to [B, T, DF], [B, D, F] to [B, DF].
    if (axes.at(-2) === "D" && target.length === axes.length - 1)
      return { ...value, axes: [...axes.slice(0, -2), "F"] };
    if (target.length === axes.length && axes.at(-1) === "F" && !axes.includes("D")) return value;
    if (axes.join("") === "BTF" && target.length === 2) return this.flatten(node, value);
    return refuse(node, `to [${target.join(", ")}] is not computed here`);
  }

  flatten(node: OnnxNode, flow: Flow): Flow {
    if (flow.axes.join("") === "BF") return flow;
    if (flow.axes.join("") !== "BTF") refuse(node, "works on other axes than [batch, time, features]");
    return { ...this.add(node, flow, { kind: "flatten", config: {} }), axes: ["B", "F"] };
  }
}
