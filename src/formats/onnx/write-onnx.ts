import { FormatError } from "../../errors.js";
import type { LayerSnapshot, ModelSnapshot, NodeSnapshot } from "../description/snapshot.js";
import { GraphWriter } from "./graph-writer.js";
import { writeRecurrent } from "./write-cells.js";
import { writerOf } from "./write-layers.js";
import { asFloats, type Given, merges, refuseCall } from "./write-merges.js";

const recurrent: readonly string[] = ["lstm", "gru", "simpleRNN", "bidirectional"];

/** Layers that do to each row what they do to it alone, so that steps need not be told apart. */
const rowwise: readonly string[] = [
  "dense",
  "activation",
  "dropout",
  "layerNormalization",
  "batchNormalization",
  "leakyReLU",
  "elu",
  "softmax",
  "gaussianNoise",
  "gaussianDropout",
  "rescaling",
  "normalization",
];

interface Application {
  readonly given: readonly Given[];
  /** How many of those, the last ones, are initial states. */
  readonly states: number;
  readonly useCausalMask: boolean;
}

/** Each step a sample of its own, through the layer inside, and back. */
function timeDistributed(graph: GraphWriter, layer: LayerSnapshot, { value, shape }: Given): string {
  const inner = layer.config.layer as Pick<LayerSnapshot, "kind" | "config">;
  const own: LayerSnapshot = {
    ...layer,
    ...inner,
    inputShape: layer.inputShape.slice(1),
    outputShape: layer.outputShape.slice(1),
  };
  if (rowwise.includes(inner.kind) && shape.length === 3) return writerOf(own)(graph, own, value);
  const rows = shape.slice(2).map((extent) => extent ?? -1);
  const steps = graph.op("Reshape", [value, graph.ints("steps", -1, ...rows)]);
  const isIndex = inner.kind === "embedding";
  const folded = isIndex ? graph.op("Cast", [steps], { to: 6 }) : steps;
  const [made] = writeLayer(graph, own, {
    given: [{ value: folded, shape: shape.slice(1) }],
    states: 0,
    useCausalMask: false,
  });
  const lead = graph.op("Slice", [
    graph.op("Shape", [value]),
    graph.ints("starts", 0),
    graph.ints("ends", 2),
  ]);
  const extents = own.outputShape.map((extent) => extent ?? -1);
  return graph.op("Reshape", [
    made!,
    graph.op("Concat", [lead, graph.ints("extents", ...extents)], { axis: 0 }),
  ]);
}

/** A layer applied to values. @returns the names of its outputs. */
function writeLayer(
  graph: GraphWriter,
  layer: LayerSnapshot,
  { given, states, useCausalMask }: Application,
): string[] {
  const { kind, inside } = layer;
  const values = given.map(({ value }) => value);
  if (kind === "model") return writeModel(graph, inside!, values);
  if (kind === "timeDistributed") return [timeDistributed(graph, layer, given[0]!)];
  if (recurrent.includes(kind)) {
    return writeRecurrent(graph, layer, values[0]!, values.slice(values.length - states));
  }
  const merge = Object.hasOwn(merges, kind) ? merges[kind] : undefined;
  if (merge !== undefined) return [merge(graph, layer, given, { useCausalMask })];
  return [writerOf(layer)(graph, layer, values[0]!)];
}

/** Whether a layer takes indices as they come. */
const takesIndices = ({ kind, inside }: LayerSnapshot, input: number): boolean =>
  kind === "embedding" ||
  (kind === "model" &&
    (inside!.graph?.inputs[input]?.dtype ?? (inside!.takesIndices ? "int32" : "")) === "int32");

/** A model's layers, one after the other or as a graph. @returns the names of its outputs. */
function writeModel(graph: GraphWriter, model: ModelSnapshot, inputs: readonly string[]): string[] {
  if (model.graph === undefined) {
    let value = inputs[0]!;
    for (const layer of model.layers) {
      const given = [{ value, shape: [null, ...layer.inputShape] }];
      value = writeLayer(graph, layer, { given, states: 0, useCausalMask: false })[0]!;
    }
    return [value];
  }
  const { nodes, outputs, inputs: ports } = model.graph;
  const made: string[][] = inputs.map((name) => [name]);
  const write = (node: NodeSnapshot): void => {
    const layer = model.layers[node.layer]!;
    refuseCall(layer, node);
    const unsaid = (["attentionMask", "returnAttentionScores"] as const).find((word) => node[word]);
    if (unsaid !== undefined) {
      throw new FormatError(`toOnnx(): \`${layer.name}\` is applied with ${unsaid}, which is not written.`);
    }
    const given = node.inputs.map(([from, output], i): Given => {
      const port = ports[from];
      const name = made[from]![output]!;
      const shape =
        port === undefined ? nodes[from - ports.length]!.outputShapes[output]! : [null, ...port.shape];
      const isNumber = port?.dtype === "int32" && !takesIndices(layer, i);
      return { value: isNumber ? asFloats(graph, name) : name, shape };
    });
    made.push(
      writeLayer(graph, layer, {
        given,
        states: node.states ?? 0,
        useCausalMask: node.useCausalMask === true,
      }),
    );
  };
  nodes.forEach(write);
  return outputs.map(([from, output]) => made[from]![output]!);
}

/** A model as an ONNX file; see `toOnnx` in formats/index.ts. */
export async function writeOnnx(model: ModelSnapshot): Promise<Uint8Array> {
  const named = (shape: readonly (number | null)[], time: string): (number | string)[] => [
    "batch",
    ...shape.map((extent) => extent ?? time),
  ];
  const { graph: connections } = model;
  const inputs =
    connections === undefined
      ? [{ name: "x", shape: named(model.inputShape, "time"), isIndex: model.takesIndices }]
      : connections.inputs.map(({ name, shape, dtype }, i) => ({
          name,
          // Lengths of several inputs are independent of each other.
          shape: named(shape, connections.inputs.length === 1 ? "time" : `time_${i}`),
          isIndex: dtype === "int32",
        }));
  const last = model.layers.at(-1)!;
  const taken = new Set(inputs.map(({ name }) => name));
  const outputs =
    connections === undefined
      ? [{ name: "y", shape: named(last.outputShape, "time") }]
      : connections.outputs.map(([from, output], o) => {
          const own = connections.outputNames[o]!;
          // A model may put out what it is given, under the same name.
          const name = taken.has(own) ? `${own}_out` : own;
          const port = connections.inputs[from];
          const shape =
            port === undefined
              ? connections.nodes[from - connections.inputs.length]!.outputShapes[output]!.slice(1)
              : port.shape;
          return { name, shape: named(shape, `time_of_${name}`) };
        });
  const graph = new GraphWriter([...inputs, ...outputs].map(({ name }) => name));
  const values = writeModel(
    graph,
    model,
    inputs.map(({ name }) => name),
  );
  return graph.finish(model.name, inputs, values, outputs);
}
