import {
  bidirectional,
  dense,
  gru,
  type Layer,
  lstm,
  type Sequential,
  type SequentialOptions,
  sequential,
  simpleRNN,
  type Tensor,
} from "../../../src/index.js";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { type OracleModel, oracleModel } from "../../oracle/model.js";
import { expectNear, values } from "../model/support.js";

/**
 * float32 against float64, in norm: sums of some ten terms over some ten steps leave a few 1e-7; the absolute part is a
 * rounding of what was summed, where a gradient nearly cancels.
 */
export const RELATIVE = 1e-5;
export const ABSOLUTE = 1e-7;

const factories: Readonly<Record<string, (options: never) => Layer>> = {
  lstm,
  gru,
  simpleRNN,
  bidirectional,
  dense,
};

/** The layer an oracle's specification describes. */
export function layerOf({ kind, ...options }: OracleLayerSpec): Layer {
  const factory = factories[kind];
  if (factory === undefined) throw new Error(`no layer ${kind}`);
  if (!("layer" in options)) return factory(options as never);
  return factory({ ...options, layer: layerOf(options.layer as OracleLayerSpec) } as never);
}

export interface Twins {
  readonly model: Sequential;
  readonly oracle: OracleModel;
}

/** A model and its float64 twin with the same random weights (zero biases would hide what they do). */
export function twinsOf(
  layers: readonly OracleLayerSpec[],
  options: { truncate?: number } = {},
  sequentialOptions: SequentialOptions = {},
): Twins {
  const model = sequential(layers.map(layerOf), { seed: 1, ...sequentialOptions });
  model.compile({ loss: "mse", ...options });
  model.setWeights(
    model.getWeights().map(({ shape }, i) => values(shape, 100 + i, Math.min(1, 1.5 / Math.sqrt(shape[0]!)))),
  );
  return { model, oracle: oracleModel(layers, model.getWeights()) };
}

/** Predictions, loss and all gradients of a model are those of its float64 twin. */
export async function expectTwin(
  layers: readonly OracleLayerSpec[],
  x: Tensor,
  options: { truncate?: number } = {},
): Promise<void> {
  const { model, oracle } = twinsOf(layers, options);
  const predicted = await model.predict(x);
  const expectedPrediction = oracle.predict(x);
  expectNear("prediction", predicted.data, expectedPrediction.data, RELATIVE, ABSOLUTE);
  const y = values(expectedPrediction.shape, 7);
  const got = await model.gradients(x, y);
  const expected = oracle.lossAndGradients(x, y, { loss: "mse", ...options });
  expectNear("loss", [got.loss], [expected.loss], RELATIVE, ABSOLUTE);
  got.weights.forEach(({ name, data }, i) => {
    expectNear(name, data, expected.weights[i]!.data, RELATIVE, ABSOLUTE);
  });
  expectNear("input", got.input.data, expected.input.data, RELATIVE, ABSOLUTE);
  model.dispose();
}
