import { constantIn, constantsOf } from "./fold-constants.js";
import type { OnnxGraph, OnnxNode, OnnxTensor } from "./read-graph.js";

/** Columns of a matrix, or elements of a vector. */
export interface Columns {
  readonly tensor: OnnxTensor;
  readonly from: number;
  readonly to: number;
}

/** What a gate adds up before its activation: products of the input and of the last output, and biases. */
export interface Sum {
  readonly input: Columns[];
  readonly state: Columns[];
  readonly biases: Columns[];
}

const activations: Readonly<Record<string, string>> = {
  Sigmoid: "Sigmoid",
  Tanh: "Tanh",
  Relu: "Relu",
  Softsign: "Softsign",
  Softplus: "Softplus",
};

const all = (tensor: OnnxTensor): Columns => ({ tensor, from: 0, to: tensor.shape.at(-1) ?? 1 });

/** The body of a loop over time, looked at from its outputs: what is a constant, a step of the input, a state. */
export class Body {
  readonly #producers = new Map<string, { node: OnnxNode; output: number }>();
  readonly #constants: Map<string, OnnxTensor>;
  /** The sequence whose steps the body takes. */
  sequence: string | undefined;

  constructor(
    body: OnnxGraph,
    outside: ReadonlyMap<string, OnnxTensor>,
    /** Names that count steps. */
    readonly counters: ReadonlySet<string>,
  ) {
    this.#constants = new Map([...outside, ...body.constants]);
    for (const node of body.nodes) {
      node.outputs.forEach((name, output) => {
        this.#producers.set(name, { node, output });
      });
      const own = constantIn(node);
      const inputs = node.inputs.map((name) => this.#constants.get(name));
      const made =
        own !== undefined
          ? [own]
          : inputs.length === 0 || inputs.includes(undefined)
            ? undefined
            : constantsOf(node, inputs as OnnxTensor[]);
      made?.forEach((tensor, i) => {
        this.#constants.set(node.outputs[i] ?? "", tensor);
      });
    }
  }

  constant(name: string | undefined): OnnxTensor | undefined {
    return name === undefined ? undefined : this.#constants.get(name);
  }

  /** The operator behind a value, through those that change nothing. */
  made(name: string | undefined): { node: OnnxNode; output: number } | undefined {
    let found = name === undefined ? undefined : this.#producers.get(name);
    while (found?.node.op === "Identity") found = this.#producers.get(found.node.inputs[0]!);
    return found;
  }

  /** The value itself, through operators that change nothing. */
  origin(name: string): string {
    const found = this.#producers.get(name);
    return found?.node.op === "Identity" ? this.origin(found.node.inputs[0]!) : name;
  }

  /** Both inputs of an operator, in both orders. */
  pairs(name: string | undefined, op: string): readonly (readonly [string, string])[] {
    const node = this.made(name)?.node;
    const [a, b] = node?.inputs ?? [];
    if (node?.op !== op || a === undefined || b === undefined) return [];
    return [
      [a, b],
      [b, a],
    ];
  }

  /** What an activation takes, and which it is. */
  activation(name: string): { of: string; kind: string } | undefined {
    const node = this.made(name)?.node;
    const kind = node === undefined ? undefined : activations[node.op];
    return kind === undefined ? undefined : { of: node!.inputs[0]!, kind };
  }

  #isStep(name: string): boolean {
    const node = this.made(name)?.node;
    const [sequence, place] = node?.inputs ?? [];
    if (node?.op !== "Gather" || sequence === undefined || (node.attributes.get("axis") ?? 0) !== 0)
      return false;
    if (place === undefined || !this.counters.has(this.origin(place))) return false;
    this.sequence ??= sequence;
    return this.sequence === sequence;
  }

  /** The sum a value is, or a part of its columns. @returns undefined where it is something else. */
  sum(name: string, state: string, depth = 12): Sum | undefined {
    if (depth === 0) return undefined;
    const constant = this.constant(name);
    if (constant !== undefined) return { input: [], state: [], biases: [all(constant)] };
    const found = this.made(name);
    if (found === undefined) return undefined;
    const { node, output } = found;
    const [a, b] = node.inputs as [string, string];
    if (node.op === "Add") {
      const [x, y] = [this.sum(a, state, depth - 1), this.sum(b, state, depth - 1)];
      if (x === undefined || y === undefined) return undefined;
      return {
        input: [...x.input, ...y.input],
        state: [...x.state, ...y.state],
        biases: [...x.biases, ...y.biases],
      };
    }
    if (node.op === "MatMul") {
      const kernel = this.constant(b);
      if (kernel?.shape.length !== 2) return undefined;
      if (this.origin(a) === state) return { input: [], state: [all(kernel)], biases: [] };
      return this.#isStep(a) ? { input: [all(kernel)], state: [], biases: [] } : undefined;
    }
    if (node.op === "Gemm") {
      const kernel = this.constant(b);
      const isPlain = ["transA", "transB"].every((key) => (node.attributes.get(key) ?? 0) === 0);
      const rest = node.inputs[2] === undefined ? undefined : this.sum(node.inputs[2], state, depth - 1);
      const isOne = ["alpha", "beta"].every((key) => (node.attributes.get(key) ?? 1) === 1);
      if (!isPlain || !isOne || kernel?.shape.length !== 2 || rest === undefined) return undefined;
      if (this.origin(a) === state) return { ...rest, state: [...rest.state, all(kernel)] };
      return this.#isStep(a) ? { ...rest, input: [...rest.input, all(kernel)] } : undefined;
    }
    // Where the batch is one, its axis is dropped from what is added.
    if (node.op === "Squeeze") return this.sum(a, state, depth - 1);
    const range = this.#range(node, output);
    const whole = range === undefined ? undefined : this.sum(a, state, depth - 1);
    if (whole === undefined) return undefined;
    const cut = (parts: readonly Columns[]): Columns[] =>
      parts.map(({ tensor, from, to }) => {
        const [low, high] = range!(to - from);
        return { tensor, from: from + low, to: from + high };
      });
    return { input: cut(whole.input), state: cut(whole.state), biases: cut(whole.biases) };
  }

  /** Which of the last axis's places an operator takes, by how many there are. */
  #range(node: OnnxNode, output: number): ((width: number) => [number, number]) | undefined {
    if (node.op === "Split") {
      const axis = node.attributes.get("axis");
      const count = node.outputs.length;
      if (axis !== 1 && axis !== -1) return undefined;
      return (width) => [(output * width) / count, ((output + 1) * width) / count];
    }
    if (node.op !== "Slice") return undefined;
    const [starts, ends, axes] = [1, 2, 3].map((i) => this.constant(node.inputs[i])?.read());
    // A slice of both axes leaves that of the batch as it is.
    const place =
      axes === undefined
        ? (starts?.length ?? 0) - 1
        : [...axes].findIndex((axis) => axis === 1 || axis === -1);
    const isWhole = [...(starts ?? [])].every(
      (start, i) => i === place || (start === 0 && Number(ends?.[i]) >= 0x7fffffff),
    );
    const [start, end] = [starts?.[place], ends?.[place]];
    if (start === undefined || end === undefined || !isWhole) return undefined;
    const at = (value: number, width: number): number =>
      Math.min(Math.max(value < 0 ? value + width : value, 0), width);
    return (width) => [at(start, width), at(end, width)];
  }
}
