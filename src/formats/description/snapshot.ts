import { FormatError } from "../../errors.js";
import { compileConfig } from "../../model/compile-config.js";
import type { Sequential } from "../../model/sequential.js";
import type { NamedTensor } from "../../tensor.js";

/** A layer as plain data, for writers: what it is, its options, its weights in Keras's order. */
export interface LayerSnapshot {
  readonly kind: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Named by the last part, or by `forward_lstm/kernel` in a bidirectional layer. */
  readonly weights: readonly NamedTensor[];
  readonly trainable: boolean;
  /** Shapes of one sample. */
  readonly inputShape: readonly (number | null)[];
  readonly outputShape: readonly (number | null)[];
}

/** A model as plain data. */
export interface ModelSnapshot {
  readonly name: string;
  readonly inputShape: readonly (number | null)[];
  readonly batchSize: number | undefined;
  /** Whether it takes indices. */
  readonly takesIndices: boolean;
  readonly layers: readonly LayerSnapshot[];
  readonly compile: Readonly<Record<string, unknown>> | null;
}

/** @throws StateError before the model knows its input's shape. */
export function snapshotOf(where: string, model: Sequential): ModelSnapshot {
  // Refuses a model that is not built.
  model.countParams();
  const inputShape = model.inputShape!;
  let shape = inputShape;
  const layers = model.layers.map((layer): LayerSnapshot => {
    const snapshot = {
      kind: layer.kind,
      name: layer.name,
      config: layer.getConfig(),
      weights: layer.getWeights().map(({ name, ...tensor }) => ({
        ...tensor,
        name: name.slice(layer.name.length + 1),
      })),
      trainable: layer.trainable,
      inputShape: shape,
      outputShape: layer.outputShape!,
    };
    shape = layer.outputShape!;
    return snapshot;
  });
  if (layers.length === 0) throw new FormatError(`${where}: the model has no layers.`);
  return {
    name: model.name,
    inputShape,
    batchSize: model.batchSize,
    takesIndices: model.layers[0]!.vocabularySize !== undefined,
    layers,
    compile: model.compiled === undefined ? null : compileConfig(model.compiled),
  };
}
