import { FormatError } from "../errors.js";
import { activation } from "./activation.js";
import { dense } from "./dense.js";
import { dropout } from "./dropout.js";
import { embedding } from "./embedding.js";
import { flatten } from "./flatten.js";
import { Layer, type SampleShape } from "./layer.js";
import { layerNormalization } from "./layer-normalization.js";
import { masking } from "./masking.js";
import { bidirectional } from "./recurrent/bidirectional.js";
import { gru } from "./recurrent/gru.js";
import { lstm } from "./recurrent/lstm.js";
import { simpleRNN } from "./recurrent/simple-rnn.js";
import { repeatVector } from "./repeat-vector.js";
import { timeDistributed } from "./time-distributed.js";

/** Factories by kind: what a saved layer is made with again. */
const factories: Record<string, (config: never) => Layer> = {
  lstm,
  gru,
  simpleRNN,
  bidirectional,
  dense,
  activation,
  dropout,
  embedding,
  masking,
  timeDistributed,
  repeatVector,
  flatten,
  layerNormalization,
};

/** The options with the layer inside a wrapper made again, where there is one. */
function withInnerLayer(config: object): object {
  const { layer } = config as { layer?: { kind: string; config: object } };
  return layer === undefined || layer instanceof Layer
    ? config
    : { ...config, layer: layerFromConfig(layer) };
}

/** A layer from its kind and its `getConfig()`. @throws FormatError for an unknown kind. */
export function layerFromConfig({ kind, config }: { kind: string; config: object }): Layer {
  const make = factories[kind];
  if (make === undefined) {
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
