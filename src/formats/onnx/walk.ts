import { FormatError } from "../../errors.js";
import { sizeOf } from "../bytes/elements.js";
import { transposed } from "../torch/recurrent-weights.js";
import type { FileWeight } from "../weights.js";
import { readCell, refuse } from "./read-cells.js";
import type { OnnxGraph, OnnxNode, OnnxTensor } from "./read-graph.js";

/** Axes a value has: batch, time, features, directions; an axis that is one long; copies of each step. */
export type Axis = "B" | "T" | "F" | "D" | "L" | "C";

/** What of a recurrent layer a value is: its sequence, its last output, its cell; of others there is one thing. */
type Part = "only" | "sequence" | "state" | "cell";

/** What flows through the layers. */
export interface Flow {
  readonly flow: true;
  readonly axes: readonly Axis[];
  /** The layer it comes out of; -1 - i: the input i. */
  readonly layer: number;
  readonly part: Part;
  /** Which direction's state it is, where one was picked. */
  readonly direction?: number;
  /** States laid on top of each other, a direction each. */
  readonly stack?: readonly Flow[];
  /** How often each step stands there, on an axis C. */
  readonly copies?: number;
}

/** A constant, or a vector that speaks of a flow's shape, whose parts may be an axis's extent. */
export interface Known {
  readonly flow: false;
  readonly shape: readonly number[];
  read(): Float32Array | (number | Axis)[];
  readonly tensor?: OnnxTensor;
}

export interface MutableLayer {
  kind: string;
  config: Record<string, unknown>;
  weights: FileWeight[];
  /** What it is applied to: inputs, then initial states. */
  inputs: Flow[];
  states: number;
  isReverse?: boolean;
  directions?: number;
  /** What is taken of a recurrent layer. */
  uses: Set<Part>;
  /** Whether a direction of it is taken by itself. */
  picked?: boolean;
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

/** A weight that is read when it is known where it belongs. */
export const weightOf = (
  name: string,
  tensor: OnnxTensor,
  shape: readonly number[] = tensor.shape,
  turn: (data: Float32Array) => Float32Array = (data) => data,
): FileWeight => ({ name, shape, read: () => turn(Float32Array.from(tensor.read())) });

/** Goes through a graph once, operator by operator, and writes down the layers it is made of and how they are connected. */
export class Walk {
  readonly values = new Map<string, Flow | Known>();
  readonly layers: MutableLayer[] = [];

  /** @param inputAxes axes of each input. */
  constructor(
    readonly graph: OnnxGraph,
    readonly inputAxes: readonly (readonly Axis[])[],
  ) {
    graph.inputs.forEach(({ name }, i) => {
      this.values.set(name, { flow: true, axes: inputAxes[i]!, layer: -1 - i, part: "only" });
    });
    for (const [name, tensor] of graph.constants) this.values.set(name, known(tensor));
  }

  /** The flows of the graph's outputs. */
  run(operators: Operators): Flow[] {
    for (const node of this.graph.nodes) this.visit(node, operators);
    return this.graph.outputs.map((name) => {
      const out = this.values.get(name);
      if (out === undefined || !out.flow) {
        throw new FormatError(`fromOnnx(): the graph's output \`${name}\` depends on no input.`);
      }
      const node = { op: "output", name, inputs: [], outputs: [], attributes: new Map() };
      return this.taken(this.rows(node, out));
    });
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

  /** Notes that something takes a value: what a recurrent layer hands on is settled by that. */
  taken(flow: Flow): Flow {
    this.layers[flow.layer]?.uses.add(flow.part);
    return flow;
  }

  /** A value as rows of features: axes that are one long are left out, features turned to the end. */
  rows(node: OnnxNode, flow: Flow): Flow {
    const directions = this.layers[flow.layer]?.directions ?? 1;
    if (flow.axes.includes("D") && directions === 2) {
      return refuse(node, "takes the two directions of a layer one by one, which is not computed here");
    }
    const axes = flow.axes.filter((axis) => axis !== "L" && axis !== "D");
    const key = axes.join("");
    if (key === "BTF" || key === "BF" || key === "BT" || key === "TBF" || key === "TB")
      return { ...flow, axes };
    if (key !== "BFT")
      return refuse(node, `works on the axes ${axes.join(", ")}, which is not computed here`);
    const turned = this.push({ kind: "permute", config: { dims: [2, 1] } }, [{ ...flow, axes }]);
    return { ...turned, axes: ["B", "T", "F"] };
  }

  push(
    { kind, config }: { kind: string; config: Record<string, unknown> },
    inputs: readonly Flow[],
    weights: readonly FileWeight[] = [],
    states = 0,
  ): Flow {
    for (const flow of inputs) this.taken(flow);
    const layer =
      this.layers.push({
        kind,
        config,
        weights: [...weights],
        inputs: [...inputs],
        states,
        uses: new Set(),
      }) - 1;
    return { flow: true, axes: inputs[0]!.axes, layer, part: "only" };
  }

  /** A layer of one input that works on the last axis. */
  add(
    node: OnnxNode,
    flow: Flow,
    layer: { kind: string; config: Record<string, unknown> },
    weights: readonly FileWeight[] = [],
  ): Flow {
    return this.push(layer, [this.rows(node, flow)], weights);
  }

  /** The layer a value comes out of, where nothing else takes it and `isOpen` says that it may be changed. */
  open(flow: Flow, isOpen: (layer: MutableLayer) => boolean): MutableLayer | undefined {
    const layer = this.layers[flow.layer];
    const isLast = flow.layer === this.layers.length - 1 && layer?.uses.size === 0;
    return layer !== undefined && isLast && isOpen(layer) ? layer : undefined;
  }

  activation(node: OnnxNode, name: string): Flow {
    const flow = this.flow(node);
    const last = this.open(flow, ({ kind, config }) => kind === "dense" && config.activation === undefined);
    if (last === undefined) return this.add(node, flow, { kind: "activation", config: { activation: name } });
    last.config.activation = name;
    return flow;
  }

  dense(node: OnnxNode, kernel: OnnxTensor, isTurned: boolean): Flow {
    if (kernel.shape.length !== 2) refuse(node, "multiplies by what is no matrix");
    const [rows, columns] = kernel.shape as [number, number];
    const shape = isTurned ? [columns, rows] : [rows, columns];
    const weight = weightOf(`${node.name}.weight`, kernel, shape, (data) =>
      isTurned ? transposed(data, rows, columns) : data,
    );
    return this.add(node, this.flow(node), { kind: "dense", config: { units: shape[1], useBias: false } }, [
      weight,
    ]);
  }

  /** A constant added to a value: a dense layer's bias, or an offset. */
  bias(node: OnnxNode, flow: Flow, bias: OnnxTensor): Flow {
    const last = this.open(
      flow,
      ({ kind, config }) => kind === "dense" && config.useBias === false && config.activation === undefined,
    );
    if (last === undefined || sizeOf(bias.shape) !== last.config.units)
      return this.rescaled(node, flow, undefined, bias);
    last.config.useBias = true;
    last.weights.push(weightOf(`${node.name}.bias`, bias, [sizeOf(bias.shape)]));
    return flow;
  }

  /** x · scale + offset, a number or one a feature. */
  rescaled(
    node: OnnxNode,
    flow: Flow,
    scale: OnnxTensor | number | undefined,
    offset: OnnxTensor | undefined,
  ): Flow {
    const option = (given: OnnxTensor | number): number | number[] => {
      if (typeof given === "number") return given;
      const values = [...given.read()].map(Number);
      const isVector = given.shape.slice(0, -1).every((extent) => extent === 1);
      if (values.length > 1 && !isVector)
        refuse(node, "combines a value with a constant that is no vector of features");
      return values.length === 1 ? values[0]! : values;
    };
    const open = this.open(flow, ({ kind, config }) => kind === "rescaling" && config.offset === undefined);
    if (scale === undefined && open !== undefined) {
      open.config.offset = option(offset!);
      return flow;
    }
    return this.add(node, flow, {
      kind: "rescaling",
      config: {
        scale: scale === undefined ? 1 : option(scale),
        ...(offset === undefined ? {} : { offset: option(offset) }),
      },
    });
  }

  /** A layer of several inputs, axes of one length left out. */
  merge(node: OnnxNode, kind: string, flows: readonly Flow[], config: Record<string, unknown> = {}): Flow {
    const all = flows.map((flow) => this.rows(node, flow));
    const longest = all.reduce((a, b) => (b.axes.length > a.axes.length ? b : a));
    return { ...this.push({ kind, config }, all), axes: longest.axes };
  }

  recurrent(node: OnnxNode): undefined {
    const flow = this.flow(node);
    const isBatchFirst = (node.attributes.get("layout") ?? 0) === 1;
    const expected = isBatchFirst ? "BTF" : "TBF";
    if (flow.axes.join("") !== expected) throw new WrongAxes();
    if (this.has(node, 4)) refuse(node, "is given lengths of sequences, which are not read");
    const optional = (i: number): OnnxTensor | undefined =>
      this.has(node, i) ? this.tensor(node, i) : undefined;
    const { layer, weights, directions, isReverse } = readCell(
      node,
      this.tensor(node, 1),
      this.tensor(node, 2),
      optional(3),
      node.op === "LSTM" ? optional(7) : undefined,
    );
    const begin = node.op === "LSTM" ? [5, 6] : [5];
    const parts = begin.map((i) => this.#statesIn(node, i, directions));
    const isGiven = parts.filter((part) => part !== undefined).length;
    if (isGiven > 0 && isGiven < parts.length) refuse(node, "is given one of its two states");
    const states =
      isGiven === 0
        ? []
        : Array.from({ length: directions }, (_, d) => parts.map((part) => part![d]!)).flat();
    const config = { ...layer.config } as Record<string, unknown>;
    if (isReverse) config.goBackwards = true;
    const sequence: Flow = { ...flow, axes: ["B", "T", "F"] };
    const made = this.push({ kind: layer.kind, config }, [sequence, ...states], weights, states.length);
    Object.assign(this.layers[made.layer]!, { isReverse, directions });
    const put = (i: number, part: Part, axes: readonly Axis[]): void => {
      const name = node.outputs[i];
      if (name !== undefined && name !== "")
        this.values.set(name, { flow: true, axes, layer: made.layer, part });
    };
    put(0, "sequence", isBatchFirst ? ["B", "T", "D", "F"] : ["T", "D", "B", "F"]);
    put(1, "state", isBatchFirst ? ["B", "D", "F"] : ["D", "B", "F"]);
    put(2, "cell", isBatchFirst ? ["B", "D", "F"] : ["D", "B", "F"]);
    return undefined;
  }

  /** The states a recurrent operator begins in, one a direction; undefined: zeros. */
  #statesIn(node: OnnxNode, i: number, directions: number): Flow[] | undefined {
    if (!this.has(node, i)) return undefined;
    const value = this.value(node, i);
    if (!value.flow)
      return isZero(value) ? undefined : refuse(node, "starts in a constant state that is not zero");
    if (value.stack !== undefined) return [...value.stack];
    const row: readonly Axis[] = ["B", "F"];
    const own = this.layers[value.layer]?.directions ?? 1;
    if (own !== directions) return refuse(node, "starts in states of another number of directions");
    if (directions === 1) return [{ ...value, axes: row }];
    return [0, 1].map((direction) => ({ ...value, axes: row, direction }));
  }
}
