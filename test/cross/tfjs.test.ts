import { fileURLToPath } from "node:url";
import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { adam, dense, lstm, type Sequential, sequential, type Tensor } from "../../src/index.js";
import { oracleModel } from "../oracle/model.js";
import { oracleOptimizer } from "../oracle/optimizers.js";
import { norm } from "../oracle/tensor64.js";
import { expectNear, values } from "../src/model/support.js";

const TIMESTEPS = 6;
const FEATURES = 3;
const x = values([5, TIMESTEPS, FEATURES], 1, 2);
// Labels of size 5 keep gradients near 1, against which Adam's epsilon, wherever it stands, is nothing: see below.
const y = values([5, 2], 2, 5);

/**
 * Both sides compute in float32, with exponentials and sums of their own: some 1e-7 an operation, some ten of them in a
 * row at each of six steps. Measured: below 3e-7 for predictions and 2e-6 for gradients.
 */
const FORWARD = 2e-6;
const BACKWARD = 1e-5;

interface Shape {
  readonly title: string;
  readonly units: readonly number[];
  readonly goBackwards?: boolean;
}
const shapes: readonly Shape[] = [
  { title: "one LSTM", units: [5] },
  { title: "one LSTM, backwards", units: [5], goBackwards: true },
  { title: "two LSTMs", units: [8, 3] },
];

const ours = ({ units, goBackwards = false }: Shape): Sequential => {
  const model = sequential(
    [
      ...units.map((width, i) =>
        lstm({
          units: width,
          goBackwards,
          returnSequences: i < units.length - 1,
          ...(i === 0 ? { inputShape: [TIMESTEPS, FEATURES] } : {}),
        }),
      ),
      dense({ units: 2 }),
    ],
    { seed: 4 },
  );
  model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse" });
  return model;
};

/** The same model there, its defaults set to ours by name: TensorFlow.js's own are hardSigmoid on the gates and more. */
function theirs({ units, goBackwards = false }: Shape, from: Sequential): tfl.LayersModel {
  const model = tfl.sequential();
  units.forEach((width, i) => {
    model.add(
      tfl.layers.lstm({
        units: width,
        activation: "tanh",
        recurrentActivation: "sigmoid",
        useBias: true,
        kernelInitializer: "glorotUniform",
        // Replaced by our weights below; "orthogonal" needs methods of tensors that tfjs-core alone does not bring.
        recurrentInitializer: "glorotUniform",
        biasInitializer: "zeros",
        unitForgetBias: true,
        returnSequences: i < units.length - 1,
        goBackwards,
        implementation: 2,
        ...(i === 0 ? { inputShape: [TIMESTEPS, FEATURES] } : {}),
      }),
    );
  });
  model.add(tfl.layers.dense({ units: 2, activation: "linear", useBias: true }));
  model.setWeights(from.getWeights().map(({ data, shape }) => tf.tensor(data as Float32Array, [...shape])));
  return model;
}

const there = (t: Tensor): tf.Tensor => tf.tensor(t.data as Float32Array, [...t.shape]);
const weightsOf = (model: tfl.LayersModel): Float32Array[] =>
  model.getWeights().map((weight) => weight.dataSync() as Float32Array);
const meanSquare = (model: tfl.LayersModel): tf.Scalar =>
  tf.losses.meanSquaredError(there(y), model.apply(there(x), { training: true }) as tf.Tensor) as tf.Scalar;

describe.each(["cpu", "wasm"])("TensorFlow.js 4.22 on its %s backend", (backend) => {
  beforeAll(async () => {
    setWasmPaths(
      fileURLToPath(new URL("../../node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url)),
    );
    await tf.setBackend(backend);
    await tf.ready();
    expect(tf.getBackend()).toBe(backend);
  });

  it.each(shapes)("predicts as gateflow does: $title", async (shape) => {
    const model = ours(shape);
    const expected = theirs(shape, model).predict(there(x)) as tf.Tensor;
    const got = await model.predict(x);
    expect(got.shape).toEqual(expected.shape);
    expectNear("prediction", got.data, expected.dataSync(), FORWARD);
  });

  it.each(shapes)("has the same loss and the same gradients: $title", async (shape) => {
    const model = ours(shape);
    const twin = theirs(shape, model);
    const { value, grads } = tf.variableGrads(() => meanSquare(twin));
    const got = await model.gradients(x, y);
    expectNear("loss", [got.loss], value.dataSync(), FORWARD);
    const variables = twin.trainableWeights.map((weight) => weight.read() as tf.Variable);
    got.weights.forEach(({ name, data }, i) => {
      expectNear(name, data, grads[variables[i]!.name]!.dataSync(), BACKWARD);
    });
  });

  it.each(shapes)("takes the same twenty steps of Adam: $title", async (shape) => {
    const model = ours(shape);
    const start = model.getWeights();
    const twin = theirs(shape, model);
    const optimizer = tf.train.adam(0.01, 0.9, 0.999, 1e-7);
    const losses: number[] = [];
    for (let step = 0; step < 20; step++) {
      losses.push(optimizer.minimize(() => meanSquare(twin), true)!.dataSync()[0]!);
    }
    const { history } = await model.fit(x, y, { epochs: 20, batchSize: 5, shuffle: false });
    expectNear("losses", history.loss!, losses, 1e-4);
    // TensorFlow.js adds epsilon to the corrected √v̂, Keras and gateflow to √v, which at step t is smaller by
    // √(1 - β₂ᵗ), 0.03 at first: an element of gradient g moves 1 - 3e-6 / |g| as far in the first step. What that makes
    // of these gradients over twenty steps, the oracle's two forms of Adam tell.
    const layers = [
      ...shape.units.map((units, i) => ({
        kind: "lstm" as const,
        units,
        returnSequences: i < shape.units.length - 1,
        goBackwards: shape.goBackwards ?? false,
      })),
      { kind: "dense" as const, units: 2 },
    ];
    const ways = (["adam", "adamTfjs"] as const).map((name) => {
      const weights = start.map(({ data }) => Float64Array.from(data));
      const rule = oracleOptimizer(name, weights, { learningRate: 0.01 });
      for (let step = 0; step < 20; step++) {
        const now = start.map((weight, i) => ({ shape: weight.shape, data: weights[i]! }));
        rule.step(
          oracleModel(layers, now)
            .lossAndGradients(x, y, { loss: "mse" })
            .weights.map(({ data }) => data),
        );
      }
      return weights;
    });
    const [keras, tfjs] = ways as [Float64Array[], Float64Array[]];
    const reached = weightsOf(twin);
    model.getWeights().forEach(({ name, data }, i) => {
      const way = (to: ArrayLike<number>): Float64Array =>
        Float64Array.from(to, (value, k) => value - start[i]!.data[k]!);
      // Each side against its own form in float64; 2e-4 as in test/src/model/optimizers.test.ts.
      expectNear(`gateflow's ${name}`, way(data), way(keras[i]!), 2e-4);
      expectNear(`TensorFlow.js's ${name}`, way(reached[i]!), way(tfjs[i]!), 2e-4);
      // And the two against each other: no further apart than the forms are, and the roundings of both.
      const forms = norm(keras[i]!.map((value, k) => value - tfjs[i]![k]!));
      expectNear(name, way(data), way(reached[i]!), 4e-4, forms);
      expect(forms).toBeLessThan(0.01 * norm(way(keras[i]!)));
    });
  });
});
