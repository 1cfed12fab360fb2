import { isRecurrentKind } from "../recipe/layer-kinds.js";
import type { DataCase } from "./data-case.js";
import type { Windows } from "./evidence/window-source.js";
import type { Experiments } from "./trials/experiments.js";
import type { LayerConfig, ModelFile } from "./trials/model-copy.js";

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
  readonly fit: { readonly batchSize?: number | undefined; readonly shuffle?: boolean | undefined };
}

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

/** Losses measured, in units of what a constant answer reaches: 1 is nothing learnt, 0 everything. */
export async function unlearnt(at: ModelCase): Promise<number> {
  const { experiments } = at;
  const loss = await experiments.trainLoss();
  if (experiments.constantLoss === null || !(experiments.constantLoss > 0)) return Number.NaN;
  return loss / experiments.constantLoss;
}

/** The same, judged on validation too where there is any: what was learnt by heart is not learnt. */
export async function unlearntOnNew(at: ModelCase): Promise<number> {
  const own = await unlearnt(at);
  const held = await at.experiments.validationLoss();
  return held === null || at.experiments.constantLoss === null
    ? own
    : Math.max(own, held / at.experiments.constantLoss);
}
