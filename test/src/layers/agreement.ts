import { expect } from "vitest";
import type { Sequential, Tensor } from "../../../src/index.js";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { oracleModel } from "../../oracle/model.js";
import { expectNear, modelOf, values } from "../model/support.js";

/**
 * Float32 against float64: sums of some hundred terms and some ten steps of recurrence leave a few 1e-7 of the norm;
 * where a gradient nearly cancels, the absolute part, a rounding of what was summed, decides.
 */
const RELATIVE = 1e-5;
const ABSOLUTE = 1e-6;

export interface Twins {
  readonly layers: readonly OracleLayerSpec[];
  readonly x: Tensor;
  readonly sampleWeight?: Tensor;
  /** By layer, as the oracle takes them; the layers that have some must be stateful. */
  readonly initialStates?: readonly (readonly Tensor[] | null)[];
  readonly truncate?: number;
  /** Steps that count in the loss; null: there is no mask. Default: not looked at. */
  readonly counted?: number | null;
  /** Of the random labels and weights. */
  readonly seed?: number;
}

/** Random weights everywhere, small enough that no sum saturates: zero biases would hide what they do. */
export function randomize(model: Sequential, seed: number): void {
  const spread = (shape: readonly number[]): number => Math.min(1, 1.5 / Math.sqrt(shape[0]!));
  model.setWeights(
    model.getWeights().map(({ name, shape }, i) => {
      const random = values(shape, seed + i, shape.length === 0 ? 1 : spread(shape));
      // A variance is positive, and not so small that its root blows a rounding up.
      return name.endsWith("variance")
        ? { shape, data: Float32Array.from(random.data, (one) => 0.5 + Math.abs(one)) }
        : random;
    }),
  );
}

interface HasStates {
  setStates(states: readonly Tensor[] | null): void;
}

/**
 * Builds the layers here and in the oracle with the same random weights, and holds prediction, loss, and every gradient
 * to each other.
 */
export async function expectAgreement(twins: Twins): Promise<void> {
  const { layers, x, sampleWeight, initialStates, truncate, counted, seed = 100 } = twins;
  const model = modelOf(layers, { loss: "mse", ...(truncate === undefined ? {} : { truncate }) });
  randomize(model, seed);
  const twin = oracleModel(layers, model.getWeights());
  const start = (): void => {
    initialStates?.forEach((states, i) => {
      if (states !== null) (model.layers[i] as unknown as HasStates).setStates(states);
    });
  };
  const run = initialStates === undefined ? {} : { initialStates };
  const { outputs, mask } = twin.run(x, run);
  const [output] = outputs;
  if (counted !== undefined) {
    expect(mask === null ? null : mask.data.reduce((sum, counts) => sum + counts, 0)).toBe(counted);
  }

  start();
  const predicted = await model.predict(x, { batchSize: x.shape[0]! });
  expect(predicted.shape).toEqual(output!.shape);
  expectNear("prediction", predicted.data, output!.data, RELATIVE, ABSOLUTE);

  const y = values(output!.shape, seed + 50);
  start();
  const got = await model.gradients(x, y, sampleWeight === undefined ? {} : { sampleWeight });
  const expected = twin.lossAndGradients(x, y, {
    ...run,
    loss: "mse",
    ...(truncate === undefined ? {} : { truncate }),
    ...(sampleWeight === undefined ? {} : { sampleWeight: sampleWeight.data }),
  });
  expectNear("loss", [got.loss], [expected.loss], RELATIVE, ABSOLUTE);
  got.weights.forEach(({ name, data }, i) => {
    expectNear(name, data, expected.weights[i]!.data, RELATIVE, ABSOLUTE);
  });
  expect(got.input.shape).toEqual(x.shape);
  expectNear("input", got.input.data, expected.input.data, RELATIVE, ABSOLUTE);
  model.dispose();
}

/** A sequence whose samples have these lengths: the steps behind (or before) are all `maskValue`. */
export function ragged(
  lengths: readonly number[],
  timesteps: number,
  features: number,
  {
    maskValue = 0,
    padding = "post",
    seed = 1,
  }: { maskValue?: number; padding?: "pre" | "post"; seed?: number } = {},
): Tensor {
  const x = values([lengths.length, timesteps, features], seed);
  const data = Float32Array.from(x.data);
  lengths.forEach((length, n) => {
    for (let t = 0; t < timesteps; t++) {
      const counts = padding === "post" ? t < length : t >= timesteps - length;
      const at = (n * timesteps + t) * features;
      if (!counts) data.fill(maskValue, at, at + features);
    }
  });
  return { shape: x.shape, data };
}
