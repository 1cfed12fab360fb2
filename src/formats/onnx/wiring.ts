import { sizeOf } from "../bytes/elements.js";
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from "./read-graph.js";

/** What a graph's operators are made of, looked up from both ends. */
export class Wiring {
  readonly producers = new Map<string, OnnxNode>();
  readonly #constants: ReadonlyMap<string, OnnxTensor>;
  readonly #consumers = new Map<string, OnnxNode[]>();

  readonly #inputs: ReadonlyMap<string, readonly (number | null)[]>;

  constructor({ nodes, constants, inputs }: Pick<OnnxGraph, "nodes" | "constants" | "inputs">) {
    this.#constants = constants;
    this.#inputs = new Map(inputs.map(({ name, shape }) => [name, shape]));
    for (const node of nodes) {
      for (const output of node.outputs) if (output !== "") this.producers.set(output, node);
      for (const input of node.inputs)
        this.#consumers.set(input, [...(this.#consumers.get(input) ?? []), node]);
    }
  }

  made(name: string | undefined, op: string): OnnxNode | undefined {
    const node = name === undefined ? undefined : this.producers.get(name);
    return node?.op === op ? node : undefined;
  }

  /** The one operator that takes a value; undefined where several do. */
  consumer(name: string): OnnxNode | undefined {
    const all = this.#consumers.get(name) ?? [];
    return all.length === 1 ? all[0] : undefined;
  }

  tensor(name: string | undefined): OnnxTensor | undefined {
    if (name === undefined) return undefined;
    const value = this.#constants.get(name) ?? this.made(name, "Constant")?.attributes.get("value");
    return typeof value === "object" && "read" in value ? value : undefined;
  }

  /** The number a value is, where it is a single constant one. */
  scalar(name: string | undefined): number | undefined {
    const own = name === undefined ? undefined : this.made(name, "Constant")?.attributes.get("value_float");
    if (typeof own === "number") return own;
    const tensor = this.tensor(name);
    return tensor === undefined || sizeOf(tensor.shape) !== 1 ? undefined : Number(tensor.read()[0]);
  }

  /** How many features a value has, where its last axis is said or made by a matrix. */
  width(name: string | undefined, left = 50): number | undefined {
    const tensor = this.tensor(name);
    if (tensor !== undefined) return tensor.shape.at(-1);
    const node = name === undefined ? undefined : this.producers.get(name);
    if (node === undefined) return this.#inputs.get(name ?? "")?.at(-1) ?? undefined;
    if (left === 0) return undefined;
    const { op, inputs, attributes } = node;
    switch (op) {
      case "MatMul":
        return this.tensor(inputs[1])?.shape.at(-1);
      case "Gemm":
        return this.tensor(inputs[1])?.shape.at(attributes.get("transB") === 1 ? 0 : -1);
      case "Transpose": {
        const perm = attributes.get("perm") as readonly number[] | undefined;
        const isLast = perm !== undefined && perm.at(-1) === perm.length - 1;
        return isLast ? this.width(inputs[0], left - 1) : undefined;
      }
      case "Reshape": {
        const target = this.tensor(inputs[1])?.read().at(-1);
        const parts = this.made(inputs[1], "Concat")?.inputs;
        const extent = target ?? this.extent(parts?.at(-1), left - 1);
        return extent === undefined || extent <= 0 ? undefined : extent;
      }
      case "Add":
      case "Sub":
      case "Mul":
      case "Div":
        return this.width(inputs[0], left - 1) ?? this.width(inputs[1], left - 1);
      case "Relu":
      case "LayerNormalization":
      case "Dropout":
      case "Identity":
        return this.width(inputs[0], left - 1);
      default:
        return undefined;
    }
  }

  /** A number that the graph computes of extents, where all of them are known. */
  extent(name: string | undefined, left = 50): number | undefined {
    const number = this.scalar(name);
    if (number !== undefined) return number;
    const node = name === undefined ? undefined : this.producers.get(name);
    if (node === undefined || left === 0) return undefined;
    const { op, inputs } = node;
    if (["Cast", "Unsqueeze", "Squeeze", "Identity"].includes(op)) return this.extent(inputs[0], left - 1);
    if (op === "Gather") {
      const shape = this.made(inputs[0], "Shape");
      const place = this.scalar(inputs[1]);
      // Sequences have three axes.
      return shape !== undefined && (place === -1 || place === 2)
        ? this.width(shape.inputs[0], left - 1)
        : undefined;
    }
    const [a, b] = inputs.map((input) => this.extent(input, left - 1));
    if (a === undefined) return undefined;
    if (op === "Sqrt") return Math.sqrt(a);
    if (op === "Pow") return b === 0.5 ? Math.sqrt(a) : undefined;
    if (b === undefined) return undefined;
    switch (op) {
      case "Add":
        return a + b;
      case "Sub":
        return a - b;
      case "Mul":
        return a * b;
      case "Div":
        return this.#isFloat(name!) ? a / b : Math.trunc(a / b);
      default:
        return undefined;
    }
  }

  /** Whether what is computed of extents and constants is no whole number by its type. */
  #isFloat(name: string, left = 50): boolean {
    const tensor = this.tensor(name);
    if (tensor !== undefined) return tensor.isFloat;
    const node = this.producers.get(name);
    if (node === undefined || node.op === "Shape" || left === 0) return false;
    if (node.op === "Cast") return [1, 10, 11].includes(node.attributes.get("to") as number);
    return node.attributes.has("value_float") || node.inputs.some((input) => this.#isFloat(input, left - 1));
  }
}

/** An operator in place of several, which computes what the last of them did. */
export const instead = (
  last: OnnxNode,
  op: string,
  inputs: readonly string[],
  attributes: readonly (readonly [string, OnnxAttribute])[] = [],
): OnnxNode => ({ op, name: last.name, inputs, outputs: last.outputs, attributes: new Map(attributes) });
