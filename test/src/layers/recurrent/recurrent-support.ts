import type { Sequential } from "../../../../src/index.js";
import type { OracleLayerSpec } from "../../../oracle/layers/apply.js";
import { type OracleModel, oracleModel } from "../../../oracle/model.js";
import { modelOf } from "../../model/support.js";
import { randomize } from "../agreement.js";

/**
 * float32 against float64, in norm: sums of some ten terms over some ten steps leave a few 1e-7; the absolute part is a
 * rounding of what was summed, where a gradient nearly cancels.
 */
export const RELATIVE = 1e-5;
export const ABSOLUTE = 1e-7;

export interface Twins {
  readonly model: Sequential;
  readonly oracle: OracleModel;
}

/** A model and its float64 twin with the same random weights. */
export function twinsOf(layers: readonly OracleLayerSpec[]): Twins {
  const model = modelOf(layers);
  randomize(model, 100);
  return { model, oracle: oracleModel(layers, model.getWeights()) };
}
