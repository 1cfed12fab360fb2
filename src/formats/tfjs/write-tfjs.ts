import { FormatError } from "../../errors.js";
import type { NamedTensor } from "../../tensor.js";
import { sizeOf } from "../bytes/elements.js";
import type { LayerSnapshot, ModelSnapshot, NodeSnapshot } from "../description/snapshot.js";
import { keras2 } from "../keras/dialect.js";
import { writeLayer } from "../keras/write-layer.js";
import { NodeNames } from "../keras/write-nodes.js";

const WHERE = "toLayersModel()";

/** A model as TensorFlow.js's `io.fromMemory` takes it. */
export interface LayersModelArtifacts {
  readonly modelTopology: Record<string, unknown>;
  readonly weightSpecs: readonly {
    readonly name: string;
    readonly shape: number[];
    readonly dtype: "float32";
  }[];
  readonly weightData: ArrayBuffer;
  readonly format: "layers-model";
  readonly generatedBy: string;
  readonly convertedBy: null;
}

const activations: readonly unknown[] = [
  ...["linear", "tanh", "sigmoid", "hard_sigmoid", "relu", "elu", "selu", "softplus", "softsign", "softmax"],
  ...["swish", "gelu"],
];

/** Keras's layers that TensorFlow.js 4 has no class for. Source: its layers' `className`s. */
const missing: readonly string[] = [
  "Attention",
  "AdditiveAttention",
  "MultiHeadAttention",
  "Subtract",
  "Normalization",
  "UpSampling1D",
  "ZeroPadding1D",
  "Cropping1D",
];

/** TensorFlow.js's words where they are not Keras's. @throws FormatError for what it does not compute. */
function adapt(layer: string, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const refuse = (what: string): never => {
    throw new FormatError(`${WHERE}: \`${layer}\` ${what}, which TensorFlow.js does not compute.`);
  };
  const config: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    if (key === "layer") {
      const inner = value as { class_name: string; config: Record<string, unknown> };
      // It puts the direction before the name itself.
      const name = String(inner.config.name).replace(/^forward_/, "");
      config.layer = { class_name: inner.class_name, config: { ...adapt(layer, inner.config), name } };
    } else if (key === "activation" || key === "recurrent_activation") {
      const name = value === "silu" ? "swish" : value;
      if (!activations.includes(name)) refuse(`has the ${key} \`${String(name)}\``);
      config[key] = name;
    } else if (key === "reset_after") {
      if (value === true) refuse("is a GRU with resetAfter: true");
      config[key] = value;
    } else if (/_(initializer|regularizer|constraint)$/.test(key)) {
      const noun = value as { class_name: string; config: Record<string, unknown> } | null;
      config[key] = noun === null ? null : nounOf(noun.class_name, noun.config);
    } else if (key !== "backward_layer") config[key] = value;
  }
  return config;
}

/** It has one class for both penalties. */
function nounOf(className: string, config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isPenalty = className === "L1" || className === "L2";
  return isPenalty
    ? { class_name: "L1L2", config: { l1: 0, l2: 0, ...config } }
    : { class_name: className, config };
}

const dialect = keras2(WHERE);

/** A layer's class and options. */
function layerOf(layer: LayerSnapshot): { class_name: string; config: Record<string, unknown> } {
  if (layer.kind === "model") {
    const { class_name: className, config } = modelOf(layer.inside!);
    return { class_name: className, config: { ...config, name: layer.name } };
  }
  const { className, config } = writeLayer(WHERE, dialect, layer, (inside) => ({ ...modelOf(inside) }));
  if (missing.includes(className)) {
    throw new FormatError(
      `${WHERE}: \`${layer.name}\` is a ${className}, which TensorFlow.js does not have.`,
      {
        received: className,
      },
    );
  }
  if (layer.config.backwardLayer !== undefined) {
    throw new FormatError(
      `${WHERE}: \`${layer.name}\` has a backwardLayer of its own; TensorFlow.js mirrors the forward one.`,
    );
  }
  return { class_name: className, config: adapt(layer.name, config) };
}

function modelOf(model: ModelSnapshot): { class_name: string; config: Record<string, unknown> } {
  if (model.graph !== undefined) return functionalOf(model);
  const batchShape = [model.batchSize ?? null, ...model.inputShape];
  const layers = model.layers.map((layer, i) => {
    const { class_name: className, config } = layerOf(layer);
    const first = i > 0 ? {} : { batch_input_shape: batchShape, dtype: "float32" };
    return { class_name: className, config: { ...config, ...first } };
  });
  return { class_name: "Sequential", config: { name: model.name, layers } };
}

function functionalOf(model: ModelSnapshot): { class_name: string; config: Record<string, unknown> } {
  const graph = model.graph!;
  const names = new NodeNames(model);
  const callOf = (layer: LayerSnapshot, node: NodeSnapshot): unknown => {
    const { inputs, mask, training } = node;
    const unsaid =
      mask === undefined
        ? (["useCausalMask", "attentionMask", "returnAttentionScores"] as const).find((word) => node[word])
        : "a mask";
    if (unsaid !== undefined) {
      throw new FormatError(
        `${WHERE}: \`${layer.name}\` is applied with ${unsaid}, which a file of TensorFlow.js cannot say.`,
      );
    }
    // Initial states stand behind the input.
    return inputs.map((reference) => [
      ...names.triple(reference),
      training === undefined ? {} : { training },
    ]);
  };
  const layers = graph.listed.map(({ input, layer }) => {
    if (input !== undefined) {
      const { shape, batchSize, dtype } = graph.inputs[input]!;
      const name = names.inputs[input]!;
      const config = { batch_input_shape: [batchSize ?? null, ...shape], dtype, sparse: false, name };
      return { name, class_name: "InputLayer", config, inbound_nodes: [] };
    }
    const own = model.layers[layer!]!;
    return {
      name: own.name,
      ...layerOf(own),
      inbound_nodes: names.nodesOf(layer!).map((node) => callOf(own, node)),
    };
  });
  return {
    class_name: "Functional",
    config: {
      name: model.name,
      layers,
      input_layers: names.inputs.map((name) => [name, 0, 0]),
      output_layers: graph.outputs.map((reference) => names.triple(reference)),
    },
  };
}

/** Weights under the names TensorFlow.js knows them by: the layer's own, whatever model it stands in. */
function weightsOf(model: ModelSnapshot): NamedTensor[] {
  return model.layers.flatMap((layer) => {
    if (layer.inside !== undefined) return weightsOf(layer.inside);
    return layer.weights.map(({ name, shape, data }) => ({ name: `${layer.name}/${name}`, shape, data }));
  });
}

/** A model for TensorFlow.js; see `toLayersModel` in formats/index.ts. */
export function writeTfjs(model: ModelSnapshot): LayersModelArtifacts {
  const topology = modelOf(model);
  const weights = weightsOf(model);
  const names = weights.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new FormatError(
      `${WHERE}: two weights are called \`${twice}\`, one of them in a model inside, and TensorFlow.js tells weights apart by their names. Give the layers names of their own.`,
      { received: twice },
    );
  }
  const weightData = new ArrayBuffer(4 * weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  const view = new DataView(weightData);
  let at = 0;
  for (const { data } of weights) {
    for (const value of data) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return {
    modelTopology: { ...topology, keras_version: "tfjs-layers 4.22.0", backend: "tensor_flow.js" },
    weightSpecs: weights.map(({ name, shape }) => ({ name, shape: [...shape], dtype: "float32" })),
    weightData,
    format: "layers-model",
    generatedBy: "gateflow",
    convertedBy: null,
  };
}
