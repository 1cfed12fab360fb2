import type { OnnxGraph, OnnxNode, OnnxTensor } from "./read-graph.js";

/** Operators that do the same to each row and take nothing but it and constants. */
const rowwise = ["MatMul", "Add", "Mul", "Relu", "Tanh", "Sigmoid", "Identity"];

/** What is done to one step that was taken out of a sequence. */
interface Branch {
  readonly sequence: string;
  readonly step: number;
  readonly axis: number;
  readonly chain: readonly OnnxNode[];
}

const only = (values: readonly number[] | undefined): number | undefined =>
  values?.length === 1 ? values[0] : undefined;

/**
 * A graph in which what is done to each step by itself, with the same weights, is done to the sequence: tf2onnx writes a
 * layer on every step of Keras once a step.
 */
export function joinUnrolledSteps(graph: OnnxGraph): OnnxGraph {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const constants = new Map<string, OnnxTensor>(graph.constants);
  const option = (node: OnnxNode, key: string, i: number): readonly number[] | undefined => {
    const own = node.attributes.get(key);
    const input = node.inputs[i];
    return (
      (own as readonly number[] | undefined) ?? (constants.get(input ?? "")?.read() as number[] | undefined)
    );
  };
  const branchOf = (name: string, axis: number): Branch | undefined => {
    const turn = producers.get(name);
    if (turn?.op !== "Unsqueeze" || only(option(turn, "axes", 1)) !== axis) return undefined;
    const chain: OnnxNode[] = [];
    let node = producers.get(turn.inputs[0]!);
    while (node !== undefined && rowwise.includes(node.op) && chain.length < 20) {
      if (!node.inputs.slice(1).every((input) => constants.has(input))) return undefined;
      chain.unshift(node);
      node = producers.get(node.inputs[0]!);
    }
    const cut = node?.op === "Squeeze" ? producers.get(node.inputs[0]!) : undefined;
    if (
      cut?.op !== "Slice" ||
      only(option(node!, "axes", 1)) !== axis ||
      only(option(cut, "axes", 3)) !== axis
    )
      return undefined;
    const [start, end] = [only(option(cut, "starts", 1)), only(option(cut, "ends", 2))];
    if (start === undefined || start < 0 || end !== start + 1 || chain.length === 0) return undefined;
    return { sequence: cut.inputs[0]!, step: start, axis, chain };
  };
  const isAlike = (a: Branch, b: Branch): boolean =>
    a.sequence === b.sequence &&
    a.chain.length === b.chain.length &&
    a.chain.every(
      ({ op, inputs, attributes }, i) =>
        op === b.chain[i]!.op &&
        attributes.size === 0 &&
        inputs.slice(1).join() === b.chain[i]!.inputs.slice(1).join(),
    );
  const nodes = graph.nodes.flatMap((node): OnnxNode[] => {
    const axis = node.attributes.get("axis");
    if (node.op !== "Concat" || typeof axis !== "number" || axis < 0) return [node];
    const branches = node.inputs.map((input) => branchOf(input, axis));
    const [first] = branches;
    const isWhole = branches.every((branch, step) => branch?.step === step && isAlike(branch, first!));
    if (first === undefined || !isWhole) return [node];
    const prefix = `${node.name}/`;
    const vector = (name: string, value: number): string => {
      constants.set(prefix + name, { shape: [1], isFloat: false, read: () => [value] });
      return prefix + name;
    };
    const taken: OnnxNode = {
      op: "Slice",
      name: `${prefix}steps`,
      inputs: [first.sequence, vector("from", 0), vector("to", branches.length), vector("axis", axis)],
      outputs: [`${prefix}0`],
      attributes: new Map(),
    };
    const chain = first.chain.map(
      (one, i): OnnxNode => ({
        ...one,
        inputs: [`${prefix}${i}`, ...one.inputs.slice(1)],
        outputs: i === first.chain.length - 1 ? node.outputs : [`${prefix}${i + 1}`],
      }),
    );
    return [taken, ...chain];
  });
  return { ...graph, nodes, constants };
}
