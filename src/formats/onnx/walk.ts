import { FormatError } from "../../errors.js";
import { sizeOf } from "../bytes/elements.js";
import { transposed } from "../torch/recurrent-weights.js";
import type { FileWeight } from "../weights.js";
import { type Extents, extentsAfter, extentsOf } from "./extents.js";
import {
  type Axis,
  type Flow,
  isZero,
  type Known,
  known,
  type MutableLayer,
  type Part,
  unfolded,
  WrongAxes,
  weightOf,
} from "./flow.js";
import { readCell, refuse } from "./read-cells.js";
import type { OnnxGraph, OnnxNode, OnnxTensor } from "./read-graph.js";

/** How an operator is read; undefined where it names its outputs itself. */
export type Operators = Readonly<Record<string, (walk: Walk, node: OnnxNode) => Flow | Known | undefined>>;

/** Goes through a graph once, operator by operator, and writes down the layers it is made of and how they are connected. */
export class Walk {
  readonly values = new Map<string, Flow | Known>();
  readonly layers: MutableLayer[] = [];

  /** @param inputAxes axes of each input. */
  constructor(
    readonly graph: OnnxGraph,
    readonly inputAxes: readonly (readonly Axis[])[],
    readonly operators: Operators,
  ) {
    graph.inputs.forEach(({ name }, i) => {
      const axes = inputAxes[i]!;
      const flow: Flow = { flow: true, axes, layer: -1 - i, part: "only" };
      const isTurned = axes.join("") === "BFT";
      // Features before time are turned at the door, so that the model takes what the file takes.
      const value = isTurned ? this.push({ kind: "permute", config: { dims: [2, 1] } }, [flow]) : flow;
      this.values.set(name, { ...value, axes });
    });
    for (const [name, tensor] of graph.constants) this.values.set(name, known(tensor));
  }

  /** The flows of the graph's outputs. */
  run(): Flow[] {
    for (const node of this.graph.nodes) this.visit(node);
    return this.graph.outputs.map((name) => {
      const out = this.values.get(name);
      if (out === undefined || !out.flow) {
        throw new FormatError(`fromOnnx(): the graph's output \`${name}\` depends on no input.`);
      }
      const node = { op: "output", name, inputs: [], outputs: [], attributes: new Map() };
      return this.taken(this.rows(node, out));
    });
  }

  visit(node: OnnxNode): void {
    const { operators } = this;
    const run = Object.hasOwn(operators, node.op) ? operators[node.op] : undefined;
    const holds = [...node.attributes.values()].some(
      (value) => typeof value === "object" && "nodes" in value,
    );
    if (run === undefined && holds) refuse(node, "holds a graph of its own, which is not computed here");
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

  /** Whether the graph is written for one sequence at a time. */
  get isSingle(): boolean {
    return this.graph.inputs.every(({ shape }, i) => shape[this.inputAxes[i]!.indexOf("B")] === 1);
  }

  /** How many steps and features a value has, where the graph says so. */
  extents(flow: Flow): Extents {
    const layer = this.layers[flow.layer];
    if (layer !== undefined) return extentsOf(layer, flow);
    const input = -1 - flow.layer;
    const { shape } = this.graph.inputs[input]!;
    const axes = this.inputAxes[input]!;
    const extent = (axis: Axis): number | undefined => shape[axes.indexOf(axis)] ?? undefined;
    // One that is turned at the door is here as it came, its features where steps are.
    return axes.join("") === "BFT"
      ? { steps: extent("F"), width: extent("T") }
      : { steps: extent("T"), width: extent("F") };
  }

  /** Part of a sequence's features, or of a row's. */
  features(flow: Flow, from: number, to: number, width: number): Flow {
    const isRow = !flow.axes.includes("T");
    const [around, back] = isRow
      ? [
          { kind: "reshape", config: { targetShape: [width, 1] } },
          { kind: "flatten", config: {} },
        ]
      : [
          { kind: "permute", config: { dims: [2, 1] } },
          { kind: "permute", config: { dims: [2, 1] } },
        ];
    const turned = this.push(around, [{ ...flow, axes: isRow ? ["B", "F"] : ["B", "T", "F"] }]);
    const cut = this.push({ kind: "cropping1D", config: { cropping: [from, width - to] } }, [turned]);
    return { ...this.push(back, [cut]), axes: flow.axes };
  }

  /** Rows that were laid on top of each other are the steps of a sequence, where they are taken as one. */
  asSteps(flow: Flow): Flow {
    const { stack, ...only } = flow;
    if (stack === undefined || stack.length === 1) return only;
    const steps = stack.map((row) => {
      const { width } = this.extents(row);
      return this.push({ kind: "reshape", config: { targetShape: [1, width ?? -1] } }, [row]);
    });
    const joined = this.push({ kind: "concatenate", config: { axis: 1 } }, steps);
    return { ...joined, axes: flow.axes.map((axis) => (axis === "D" ? "T" : axis)) };
  }

  /** A value as rows of features: axes that are one long are left out, features turned to the end. */
  rows(node: OnnxNode, given: Flow): Flow {
    const flow = this.asSteps(given);
    const directions = this.layers[flow.layer]?.directions ?? 1;
    if (flow.axes.includes("D") && directions === 2) {
      return refuse(node, "takes the two directions of a layer one by one, which is not computed here");
    }
    const all: readonly Axis[] = flow.isBare === true ? [...flow.axes, "F"] : flow.axes;
    const axes = all.filter((axis) => axis !== "L" && axis !== "D");
    const key = axes.join("");
    if (flow.isBare === true) return this.rows(node, { ...flow, axes, isBare: false });
    if (flow.part === "sequence" && flow.direction !== undefined) {
      const { direction, ...both } = flow;
      const { width } = this.extents(flow);
      if (width === undefined) return refuse(node, "takes one direction of a layer whose width is not said");
      return this.rows(
        node,
        this.features({ ...both, axes }, direction * width, (direction + 1) * width, 2 * width),
      );
    }
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
    const after = extentsAfter(
      { kind, config },
      inputs.slice(0, inputs.length - states).map((flow) => this.extents(flow)),
    );
    const layer =
      this.layers.push({
        kind,
        config,
        weights: [...weights],
        inputs: [...inputs],
        states,
        uses: new Set(),
        ...after,
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
    const steps = unfolded(flow);
    if (steps === undefined) return this.push(layer, [this.rows(node, flow)], weights);
    // The same is done to each row, wherever it stands.
    return { ...this.push(layer, [{ ...flow, axes: steps }], weights), axes: flow.axes };
  }

  /** A layer that does the same to every element, wherever its axes stand; softmax does not. */
  each(node: OnnxNode, flow: Flow, layer: { kind: string; config: Record<string, unknown> }): Flow {
    const isTurned = flow.axes.join("") === "BFT" && layer.config.activation !== "softmax";
    if (!isTurned) return this.add(node, flow, layer);
    return { ...this.push(layer, [{ ...flow, axes: ["B", "T", "F"] }]), axes: flow.axes };
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
    if (last === undefined)
      return this.each(node, flow, { kind: "activation", config: { activation: name } });
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
    if (kind !== "concatenate" && flows.every(({ axes }) => axes.join("") === "BFT")) {
      const made = this.push(
        { kind, config },
        flows.map((flow) => ({ ...flow, axes: ["B", "T", "F"] as const })),
      );
      return { ...made, axes: ["B", "F", "T"] };
    }
    const folded = unfolded(flows[0]!);
    if (folded !== undefined && flows.every(({ axes }) => axes.join() === flows[0]!.axes.join())) {
      const steps = flows.map((flow) => ({ ...flow, axes: folded }));
      return { ...this.push({ kind, config }, steps), axes: flows[0]!.axes };
    }
    const all = flows.map((flow) => this.rows(node, flow));
    const longest = all.reduce((a, b) => (b.axes.length > a.axes.length ? b : a));
    return { ...this.push({ kind, config }, all), axes: longest.axes };
  }

  recurrent(node: OnnxNode): undefined {
    const flow = this.asSteps(this.flow(node));
    const isBatchFirst = (node.attributes.get("layout") ?? 0) === 1;
    const expected = isBatchFirst ? "BTF" : "TBF";
    if (flow.axes.join("") !== expected) {
      throw new WrongAxes(
        `fromOnnx(): the operator ${node.op} (\`${node.name}\`) works on the axes ${flow.axes.join(", ")}; ${expected.split("").join(", ")} are computed here.`,
      );
    }
    if (this.has(node, 4)) this.#checkLengths(node, flow);
    const [steps, own] = [node.attributes.get("steps"), this.extents(flow).steps];
    if (steps !== undefined && own !== undefined && steps !== own)
      refuse(node, `takes ${String(steps)} of ${own} steps, which is not computed here`);
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

  /** Lengths of the sequences may be given where all are whole. */
  #checkLengths(node: OnnxNode, flow: Flow): void {
    const { steps } = this.extents(flow);
    const lengths = this.value(node, 4);
    const isWhole =
      !lengths.flow && [...lengths.read()].every((length) => length === "T" || length === steps);
    if (!isWhole) refuse(node, "is given lengths of sequences, which are not read");
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
