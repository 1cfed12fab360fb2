import { FormatError } from "../../errors.js";
import { sizeOf } from "../bytes/elements.js";
import type { ModelSnapshot } from "../description/snapshot.js";
import { keras2 } from "../keras/dialect.js";
import { writeLayer } from "../keras/write-layer.js";

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

/** A model for TensorFlow.js; see `toLayersModel` in formats/index.ts. */
export function writeTfjs(model: ModelSnapshot): LayersModelArtifacts {
  const dialect = keras2(WHERE);
  const batchShape = [model.batchSize ?? null, ...model.inputShape];
  const layers = model.layers.map((layer, i) => {
    const { className, config } = writeLayer(WHERE, dialect, layer);
    const first = i > 0 ? {} : { batch_input_shape: batchShape, dtype: "float32" };
    return { class_name: className, config: { ...adapt(layer.name, config), ...first } };
  });
  const weights = model.layers.flatMap((layer) =>
    layer.weights.map(({ name, shape, data }) => ({ name: `${layer.name}/${name}`, shape, data })),
  );
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
    modelTopology: {
      class_name: "Sequential",
      config: { name: model.name, layers },
      keras_version: "tfjs-layers 4.22.0",
      backend: "tensor_flow.js",
    },
    weightSpecs: weights.map(({ name, shape }) => ({ name, shape: [...shape], dtype: "float32" })),
    weightData,
    format: "layers-model",
    generatedBy: "gateflow",
    convertedBy: null,
  };
}
