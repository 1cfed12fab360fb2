import { isRecurrentKind } from "../layers/from-config.js";
import type { DataCase } from "./data-case.js";
import type { Windows } from "./evidence/window-source.js";
import type { Experiments } from "./trials/experiments.js";
import type { LayerConfig } from "./trials/layer-config.js";
import type { ModelFile } from "./trials/model-copy.js";

/** What model rules look at. */
export interface ModelCase {
  readonly data: DataCase;
  readonly windows: Windows;
  readonly file: ModelFile;
  readonly experiments: Experiments;
  /** Numbers a training has logged, by name; null before any. */
  readonly history: Readonly<Record<string, readonly number[]>> | null;
  /** Whether weights have been trained. */
  readonly isTrained: boolean;
  /** What `fit` was called with, where it is known. */
  readonly fit: {
    readonly batchSize?: number | undefined;
    readonly shuffle?: boolean | undefined;
    readonly classWeight?: Readonly<Record<number, number>> | undefined;
    readonly sampleWeight?: unknown;
  };
}

/** Activations that may grow without end. */
export const unbounded: readonly string[] = [
  "linear",
  "relu",
  "leakyRelu",
  "elu",
  "selu",
  "exponential",
  "softplus",
  "gelu",
  "swish",
  "silu",
];

/** All layers, those inside wrappers in their place. */
export function allLayers(file: ModelFile): LayerConfig[] {
  const unwrap = (layer: LayerConfig): LayerConfig[] => {
    const inner = layer.config.layer as LayerConfig | undefined;
    return inner === undefined
      ? [layer]
      : [{ kind: inner.kind, config: { ...inner.config, name: layer.config.name } }];
  };
  return file.layers.flatMap(unwrap);
}

export const recurrentLayers = (file: ModelFile): LayerConfig[] =>
  allLayers(file).filter(({ kind }) => isRecurrentKind(kind));

/** The activation the model's output goes through. */
export function outputActivation(file: ModelFile): string {
  const last = allLayers(file).findLast(({ kind }) => !["dropout", "flatten", "masking"].includes(kind));
  const { activation } = last?.config ?? {};
  return typeof activation === "string" ? activation : "linear";
}
