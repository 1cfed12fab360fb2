import { FormatError } from "../../errors.js";
import type { NamedTensor } from "../../tensor.js";
import { writeZip } from "../bytes/zip.js";
import type { Reference } from "../description/description.js";
import type { LayerSnapshot, ModelSnapshot, NodeSnapshot } from "../description/snapshot.js";
import { folderOf, keras3 } from "./dialect.js";
import { type NewDataset, type NewGroup, writeHdf5 } from "./hdf5-writer.js";
import { layerOfKind } from "./layer-table.js";
import { writeCompile } from "./write-compile.js";
import { asObject, writeLayer } from "./write-layer.js";
import { NodeNames } from "./write-nodes.js";

const WHERE = "toKeras()";
/** The Keras whose layout is written. */
const VERSION = "3.10.0";

const dataset = ({ shape, data }: NamedTensor): NewDataset => ({ shape, data });

const vars = (weights: readonly NamedTensor[]): NewGroup => ({
  children: {
    vars: { children: Object.fromEntries(weights.map((weight, i) => [String(i), dataset(weight)])) },
  },
});

/** A layer's group: weights in `vars`, or in those of the cells and the layer inside. */
function groupOf({ kind, name, weights }: LayerSnapshot): NewGroup {
  const folders = layerOfKind(kind)?.folders;
  if (folders === undefined || weights.length === 0) return vars(weights);
  if (kind === "multiHeadAttention" && weights.length % 4 !== 0) {
    throw new FormatError(`${WHERE}: \`${name}\` has weights Keras has no place for.`);
  }
  const each = weights.length / folders.length;
  const children: Record<string, NewGroup> = { vars: { children: {} } };
  for (const [i, folder] of folders.entries()) {
    const own = vars(weights.slice(i * each, (i + 1) * each));
    const [outer, inner] = folder.split("/") as [string, string?];
    children[outer] = inner === undefined ? own : { children: { [inner]: own, vars: { children: {} } } };
  }
  return { children };
}

/** Groups of a model's layers: folders are numbered by class, in the order in which Keras lists the layers. */
function layersOf(model: ModelSnapshot): NewGroup {
  const counts = new Map<string, number>();
  const layers: Record<string, NewGroup> = {};
  const put = (className: string, group: NewGroup): void => {
    const folder = folderOf(className);
    const count = counts.get(folder) ?? 0;
    counts.set(folder, count + 1);
    layers[count === 0 ? folder : `${folder}_${count}`] = group;
  };
  const putLayer = (layer: LayerSnapshot): void => {
    const { inside, kind } = layer;
    if (inside === undefined) put(layerOfKind(kind)!.className, groupOf(layer));
    else if (kind === "model") put(classOf(inside), layersOf(inside));
    else put("TimeDistributed", { children: { layer: layersOf(inside), vars: { children: {} } } });
  };
  if (model.graph === undefined) {
    put("InputLayer", vars([]));
    model.layers.forEach(putLayer);
  } else {
    for (const { input, layer } of model.graph.listed) {
      if (input !== undefined) put("InputLayer", vars([]));
      else putLayer(model.layers[layer!]!);
    }
  }
  return { children: { layers: { children: layers }, vars: { children: {} } } };
}

const classOf = (model: ModelSnapshot): string => (model.graph === undefined ? "Sequential" : "Functional");

const dialect = keras3(WHERE);
const dtype = asObject("DTypePolicy", { name: "float32" }, "keras");

const inputObject = (name: string, batchShape: readonly (number | null)[], isIndex: boolean) =>
  asObject("InputLayer", {
    batch_shape: batchShape,
    dtype: isIndex ? "int32" : "float32",
    sparse: false,
    name,
  });

/** A layer's class and options; a model that stands as a layer is an object of its own. */
function layerObject(layer: LayerSnapshot): Record<string, unknown> {
  if (layer.kind === "model") return { ...modelObject(layer.inside!), name: layer.name };
  const { className, config } = writeLayer(WHERE, dialect, layer, modelObject);
  return asObject(className, { ...config, dtype });
}

function sequentialObject(model: ModelSnapshot): Record<string, unknown> {
  const batchShape = [model.batchSize ?? null, ...model.inputShape];
  const layers = model.layers.map((layer) => ({
    ...layerObject(layer),
    build_config: { input_shape: [model.batchSize ?? null, ...layer.inputShape] },
  }));
  const input = inputObject("input_layer", batchShape, model.takesIndices);
  return {
    ...asObject(
      "Sequential",
      { name: model.name, trainable: true, dtype, layers: [input, ...layers], build_input_shape: batchShape },
      "keras",
    ),
    build_config: { input_shape: batchShape },
  };
}

/** Arguments of a call, in the form in which each layer of Keras takes its inputs. */
function argumentsOf(layer: LayerSnapshot, tensors: readonly unknown[]): unknown[] {
  // Query, value and key are arguments of their own; other layers take a list.
  if (layer.kind === "multiHeadAttention") return [...tensors];
  const isList = tensors.length > 1 || mergesLists.includes(layer.kind);
  return isList ? [tensors] : [...tensors];
}

const mergesLists: readonly string[] = [
  "add",
  "subtract",
  "multiply",
  "average",
  "maximum",
  "minimum",
  "concatenate",
  "dot",
  "attention",
  "additiveAttention",
];

function functionalObject(model: ModelSnapshot): Record<string, unknown> {
  const graph = model.graph!;
  const names = new NodeNames(model);
  const tensor = (reference: Reference): Record<string, unknown> => ({
    class_name: "__keras_tensor__",
    config: {
      shape: names.shape(reference),
      dtype: names.dtype(reference),
      keras_history: names.triple(reference),
    },
  });
  const call = (layer: LayerSnapshot, node: NodeSnapshot): Record<string, unknown> => {
    const { states = 0, mask, training, useCausalMask, returnAttentionScores } = node;
    const pairs = node.attentionMask === true ? node.inputs.at(-1) : undefined;
    const inputs = pairs === undefined ? node.inputs : node.inputs.slice(0, -1);
    const given = inputs.slice(0, inputs.length - states).map(tensor);
    return {
      args: argumentsOf(layer, given),
      kwargs: {
        ...(states === 0 ? {} : { initial_state: inputs.slice(inputs.length - states).map(tensor) }),
        ...(mask === undefined ? {} : { mask: tensor(mask) }),
        ...(training === undefined ? {} : { training }),
        ...(useCausalMask === undefined ? {} : { use_causal_mask: useCausalMask }),
        ...(returnAttentionScores === undefined ? {} : { return_attention_scores: returnAttentionScores }),
        ...(pairs === undefined ? {} : { attention_mask: tensor(pairs) }),
      },
    };
  };
  const layers = graph.listed.map(({ input, layer }) => {
    if (input !== undefined) {
      const { shape, batchSize, dtype: type } = graph.inputs[input]!;
      const name = names.inputs[input]!;
      return {
        ...inputObject(name, [batchSize ?? null, ...shape], type === "int32"),
        name,
        inbound_nodes: [],
      };
    }
    const own = model.layers[layer!]!;
    return {
      ...layerObject(own),
      name: own.name,
      inbound_nodes: names.nodesOf(layer!).map((node) => call(own, node)),
    };
  });
  const ports = (references: readonly Reference[], own: readonly string[] | null): unknown => {
    const triples = references.map((reference) => names.triple(reference));
    if (own !== null) return Object.fromEntries(triples.map((triple, i) => [own[i]!, triple]));
    return triples.length === 1 ? triples[0] : triples;
  };
  const inputNames = graph.namesInputs ? graph.inputs.map(({ name }) => name) : null;
  return asObject(
    "Functional",
    {
      name: model.name,
      trainable: true,
      layers,
      input_layers: ports(
        graph.inputs.map((_, i) => [i, 0] as const),
        inputNames,
      ),
      output_layers: ports(graph.outputs, graph.namesOutputs ? graph.outputNames : null),
    },
    "keras.src.models.functional",
    "Functional",
  );
}

const modelObject = (model: ModelSnapshot): Record<string, unknown> =>
  model.graph === undefined ? sequentialObject(model) : functionalObject(model);

/** The weights' file with the optimizer's variables: updates, rate, and the moments weight by weight. */
function withOptimizer(file: NewGroup, state: ModelSnapshot["optimizer"]): NewGroup {
  if (state == null) return file;
  const { updates, learningRate, slots } = state;
  const first: NewDataset[] = [
    { shape: [], data: Int32Array.of(updates) },
    { shape: [], data: Float32Array.of(learningRate) },
  ];
  const all = [...first, ...slots.map(({ shape, data }): NewDataset => ({ shape, data }))];
  const children = Object.fromEntries(all.map((own, i) => [String(i), own]));
  return { ...file, children: { ...file.children, optimizer: { children: { vars: { children } } } } };
}

/** A model as a `.keras` archive; see `toKeras` in formats/index.ts. */
export async function writeKeras(
  model: ModelSnapshot,
): Promise<{ bytes: Uint8Array; unsaid: readonly string[] }> {
  const { config: compileConfig, unsaid } = writeCompile(model.compile);
  const config = {
    ...modelObject(model),
    ...(compileConfig === null ? {} : { compile_config: compileConfig }),
  };
  const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const bytes = await writeZip({
    // A fixed date: the same model gives the same bytes.
    "metadata.json": text({ keras_version: VERSION, date_saved: "1980-01-01@00:00:00" }),
    "config.json": text(config),
    "model.weights.h5": writeHdf5(
      withOptimizer(layersOf(model), compileConfig === null ? null : model.optimizer),
    ),
  });
  return { bytes, unsaid };
}
