import { ConfigError, FormatError } from "../errors.js";
import { activation } from "./activation.js";
import { elu, leakyReLU } from "./activations/leaky-relu.js";
import { prelu } from "./activations/prelu.js";
import { softmax } from "./activations/softmax.js";
import { additiveAttention, attention } from "./attention/attention.js";
import { multiHeadAttention } from "./attention/multi-head-attention.js";
import { conv1d } from "./convolution/conv-1d.js";
import { customFromConfig } from "./custom/custom-makers.js";
import { dense } from "./dense.js";
import { dropout } from "./dropout.js";
import { embedding } from "./embedding.js";
import { flatten } from "./flatten.js";
import { Layer, type SampleShape } from "./layer.js";
import { layerNormalization } from "./layer-normalization.js";
import { masking } from "./masking.js";
import { add, average, maximum, minimum, multiply, subtract } from "./merge/combine.js";
import { concatenate } from "./merge/concatenate.js";
import { dot } from "./merge/dot.js";
import { gaussianDropout, gaussianNoise } from "./noise/gaussian-noise.js";
import { spatialDropout1D } from "./noise/spatial-dropout-1d.js";
import { batchNormalization } from "./normalization/batch-normalization.js";
import { normalization } from "./normalization/normalization.js";
import { rescaling } from "./normalization/rescaling.js";
import { globalAveragePooling1D, globalMaxPooling1D } from "./pooling/global-pooling-1d.js";
import { averagePooling1D, maxPooling1D } from "./pooling/pooling-1d.js";
import { bidirectional } from "./recurrent/bidirectional.js";
import { gru } from "./recurrent/gru.js";
import { lstm } from "./recurrent/lstm.js";
import { simpleRNN } from "./recurrent/simple-rnn.js";
import { refusalOf } from "./refused-layers.js";
import { repeatVector } from "./repeat-vector.js";
import { cropping1D, zeroPadding1D } from "./shape/margins.js";
import { permute } from "./shape/permute.js";
import { reshape } from "./shape/reshape.js";
import { upSampling1D } from "./shape/up-sampling-1d.js";
import { timeDistributed } from "./time-distributed/time-distributed.js";

/** Layers that carry a state from step to step. */
const recurrent = { lstm, gru, simpleRNN };
/** Layers with a kernel that initializers and regularizers are given for. */
const weighted = { ...recurrent, dense };

/** Factories by kind: what a saved layer is made with again. */
const factories: Record<string, (config: never) => Layer> = {
  ...weighted,
  bidirectional,
  activation,
  dropout,
  embedding,
  masking,
  timeDistributed,
  repeatVector,
  flatten,
  layerNormalization,
  conv1d,
  maxPooling1D,
  averagePooling1D,
  globalMaxPooling1D,
  globalAveragePooling1D,
  leakyReLU,
  elu,
  prelu,
  softmax,
  gaussianNoise,
  gaussianDropout,
  spatialDropout1D,
  batchNormalization,
  normalization,
  rescaling,
  zeroPadding1D,
  cropping1D,
  permute,
  reshape,
  upSampling1D,
  add,
  subtract,
  multiply,
  average,
  maximum,
  minimum,
  concatenate,
  dot,
  attention,
  additiveAttention,
  multiHeadAttention,
  customLayer: customFromConfig,
};

/** Whether a layer of this kind carries a state from step to step; a wrapper such as `bidirectional` does not by itself. */
export const isRecurrentKind = (kind: string): boolean => Object.hasOwn(recurrent, kind);

/** Whether a layer of this kind has a kernel that initializers and regularizers are given for. */
export const isWeightedKind = (kind: string): boolean => Object.hasOwn(weighted, kind);

/** A kind of layer that another room brings along. */
export function registerKind(kind: string, make: (config: never) => Layer): void {
  factories[kind] = make;
}

/** The options with the layer inside a wrapper made again, where there is one. */
function withInnerLayer(config: object): object {
  const made = Object.entries(config).map(([option, value]) => {
    const isLayer = (option === "layer" || option === "backwardLayer") && !(value instanceof Layer);
    return [option, isLayer && value !== undefined ? layerFromConfig(value) : value];
  });
  return Object.fromEntries(made);
}

/**
 * A layer from its kind and its `getConfig()`.
 * @throws ConfigError for a layer of Keras that cannot stand here, with what to take instead; FormatError for any other kind.
 */
export function layerFromConfig({ kind, config }: { kind: string; config: object }): Layer {
  const make = Object.hasOwn(factories, kind) ? factories[kind] : undefined;
  if (make === undefined) {
    const refusal = refusalOf(kind);
    if (refusal !== undefined) {
      throw new ConfigError(`Keras's layer \`${kind}\` ${refusal}.`, { received: kind });
    }
    throw new FormatError(
      `A layer of kind \`${kind}\` is not known here. Known: ${Object.keys(factories).join(", ")}.`,
      {
        received: kind,
      },
    );
  }
  return make(withInnerLayer(config) as never);
}

/** A model's layers, the first of which is told the input's shape. */
export function layersFromConfig(
  layers: readonly { kind: string; config: object }[],
  inputShape: SampleShape,
): Layer[] {
  return layers.map(({ kind, config }, i) =>
    layerFromConfig({ kind, config: i === 0 ? { ...config, inputShape } : config }),
  );
}
