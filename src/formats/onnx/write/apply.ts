import type { LayerSnapshot, ModelSnapshot, NodeSnapshot } from "../../description/snapshot.js";
import { type GraphWriter, INT32 } from "./graph-writer.js";
import { writerOf } from "./layers.js";
import { keepsMask, maskOfNumbers, maskOfRows } from "./masks.js";
import { asFloats, merges, refuseTraining } from "./merges.js";
import { writeRecurrent } from "./recurrent.js";
import type { CallOptions, Made, Value } from "./value.js";

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

interface Application extends CallOptions {
  readonly given: readonly Value[];
  /** How many of those, the last ones, are initial states. */
  readonly states?: number | undefined;
}

/** Each step a sample of its own, through the layer inside, and back. */
function timeDistributed(graph: GraphWriter, layer: LayerSnapshot, x: Value): string {
  const inner = layer.config.layer as Pick<LayerSnapshot, "kind" | "config">;
  const own: LayerSnapshot = {
    ...layer,
    ...inner,
    inputShape: layer.inputShape.slice(1),
    outputShape: layer.outputShape.slice(1),
  };
  const { shape, isIndex } = x;
  const name = isIndex && !takesIndices(own, 0) ? asFloats(graph, x).name : x.name;
  if (rowwise.includes(inner.kind) && shape.length === 3) return writerOf(own)(graph, own, name);
  const rows = shape.slice(2).map((extent) => extent ?? -1);
  const steps = graph.op("Reshape", [name, graph.ints("steps", -1, ...rows)]);
  const given = { name: steps, shape: [null, ...shape.slice(2)], isIndex };
  const [made] = writeLayer(graph, own, { given: [given] });
  const lead = graph.op("Slice", [graph.op("Shape", [name]), graph.ints("starts", 0), graph.ints("ends", 2)]);
  const extents = own.outputShape.map((extent) => extent ?? -1);
  return graph.op("Reshape", [
    made!.name,
    graph.op("Concat", [lead, graph.ints("extents", ...extents)], { axis: 0 }),
  ]);
}

/** Whether a layer takes indices as they come. */
const takesIndices = ({ kind, config, inside }: LayerSnapshot, input: number): boolean =>
  kind === "embedding" ||
  (kind === "timeDistributed" && (config.layer as { kind: string }).kind === "embedding") ||
  (inside !== undefined &&
    (inside.graph?.inputs[input]?.dtype ?? (inside.takesIndices ? "int32" : "")) === "int32");

/** Which steps of a layer's output count. */
function maskAfter(graph: GraphWriter, layer: LayerSnapshot, x: Value): string | undefined {
  const { kind, config } = layer;
  if (kind === "masking") return maskOfRows(graph, x.name, (config.maskValue as number | undefined) ?? 0);
  if (kind === "embedding")
    return config.maskZero === true ? maskOfNumbers(graph, x) : x.shape.length > 2 ? x.mask : undefined;
  return keepsMask(layer) ? x.mask : undefined;
}

/** A layer applied to values. @returns its outputs. */
function writeLayer(graph: GraphWriter, layer: LayerSnapshot, call: Application): Made[] {
  const { kind, inside } = layer;
  const { states = 0 } = call;
  refuseTraining(layer, call);
  const given = call.given.map((value, i) => (takesIndices(layer, i) ? value : asFloats(graph, value)));
  const [x] = given as [Value, ...Value[]];
  if (kind === "timeDistributed") return [{ name: timeDistributed(graph, layer, x), mask: x.mask }];
  if (kind === "model") return writeModel(graph, inside!, given);
  if (recurrent.includes(kind)) {
    const initial = given.slice(given.length - states).map(({ name }) => name);
    return writeRecurrent(graph, layer, x, initial);
  }
  const merge = Object.hasOwn(merges, kind) ? merges[kind] : undefined;
  if (merge !== undefined) return [merge(graph, layer, given, call)].flat();
  if (kind === "embedding" && x.isIndex !== true) {
    // Whole numbers that another layer put out.
    const indices = { ...x, name: graph.op("Cast", [x.name], { to: INT32 }) };
    return [{ name: writerOf(layer)(graph, layer, indices.name), mask: maskAfter(graph, layer, x) }];
  }
  return [{ name: writerOf(layer)(graph, layer, x.name, x.mask), mask: maskAfter(graph, layer, x) }];
}

function writeChain(graph: GraphWriter, { layers }: ModelSnapshot, input: Value): Value[] {
  let values: Value[] = [input];
  for (const layer of layers) {
    const shape = [null, ...layer.outputShape];
    values = writeLayer(graph, layer, { given: values }).map((made) => ({ ...made, shape }));
  }
  return values;
}

/** A model's layers, one after the other or as a graph. @returns its outputs. */
export function writeModel(graph: GraphWriter, model: ModelSnapshot, inputs: readonly Value[]): Value[] {
  if (model.graph === undefined) return writeChain(graph, model, inputs[0]!);
  const { nodes, outputs } = model.graph;
  const made: Value[][] = inputs.map((value) => [value]);
  const at = ([from, output]: readonly [number, number]): Value => made[from]![output]!;
  nodes.forEach((node: NodeSnapshot) => {
    const layer = model.layers[node.layer]!;
    const given = node.inputs.map(at);
    if (node.mask !== undefined) given[0] = { ...given[0]!, mask: maskOfNumbers(graph, at(node.mask)) };
    const own = writeLayer(graph, layer, { ...node, given });
    made.push(own.map((one, i) => ({ ...one, shape: node.outputShapes[i]! })));
  });
  return outputs.map(at);
}
