/** Layers that are not recurrent against TensorFlow.js, with the same weights. */
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
import * as tfc from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import {
  averagePooling1D,
  batchNormalization,
  conv1d,
  cropping1D,
  dense,
  elu,
  globalAveragePooling1D,
  globalMaxPooling1D,
  type Layer,
  leakyReLU,
  maxPooling1D,
  permute,
  prelu,
  reshape,
  sequential,
  sgd,
  softmax,
  upSampling1D,
  zeroPadding1D,
} from "../../../src/index.js";
import { expectNear, values } from "../model/support.js";
import { randomize } from "./agreement.js";

/** Two float32 programs that sum some twenty terms in other orders. */
const RELATIVE = 5e-6;

beforeAll(async () => {
  await tfc.setBackend("cpu");
});

const inputShape = [12, 4];
const shape = { inputShape };
type Pair = readonly [string, Layer, () => tfl.layers.Layer];

const conv = { filters: 6, kernelSize: 3 } as const;
const pairs: readonly Pair[] = [
  ["conv1d", conv1d({ ...conv, ...shape }), () => tfl.layers.conv1d({ ...conv, ...shape })],
  [
    "conv1d, same, strides 2",
    conv1d({ ...conv, strides: 2, padding: "same", activation: "tanh", ...shape }),
    () => tfl.layers.conv1d({ ...conv, strides: 2, padding: "same", activation: "tanh", ...shape }),
  ],
  [
    "conv1d, dilation 2",
    conv1d({ ...conv, dilationRate: 2, ...shape }),
    () => tfl.layers.conv1d({ ...conv, dilationRate: 2, ...shape }),
  ],
  [
    "maxPooling1D",
    maxPooling1D({ poolSize: 3, ...shape }),
    () => tfl.layers.maxPooling1d({ poolSize: 3, ...shape }),
  ],
  [
    "maxPooling1D, same",
    maxPooling1D({ poolSize: 3, strides: 2, padding: "same", ...shape }),
    () => tfl.layers.maxPooling1d({ poolSize: 3, strides: 2, padding: "same", ...shape }),
  ],
  [
    "averagePooling1D, same",
    averagePooling1D({ poolSize: 5, strides: 2, padding: "same", ...shape }),
    () => tfl.layers.averagePooling1d({ poolSize: 5, strides: 2, padding: "same", ...shape }),
  ],
  ["globalMaxPooling1D", globalMaxPooling1D(shape), () => tfl.layers.globalMaxPooling1d(shape as never)],
  [
    "globalAveragePooling1D",
    globalAveragePooling1D(shape),
    () => tfl.layers.globalAveragePooling1d(shape as never),
  ],
  [
    "reshape",
    reshape({ targetShape: [6, 8], ...shape }),
    () => tfl.layers.reshape({ targetShape: [6, 8], ...shape }),
  ],
  ["permute", permute({ dims: [2, 1], ...shape }), () => tfl.layers.permute({ dims: [2, 1], ...shape })],
  ["batchNormalization", batchNormalization(shape), () => tfl.layers.batchNormalization(shape)],
  [
    "leakyReLU",
    leakyReLU({ negativeSlope: 0.2, ...shape }),
    () => tfl.layers.leakyReLU({ alpha: 0.2, ...shape }),
  ],
  ["elu", elu({ alpha: 1, ...shape }), () => tfl.layers.elu({ alpha: 1, ...shape })],
  ["prelu", prelu(shape), () => tfl.layers.prelu(shape)],
  ["softmax", softmax(shape), () => tfl.layers.softmax({ axis: -1, ...shape })],
];

describe("TensorFlow.js agrees", () => {
  it.each(pairs)("on %s", async (_, layer, make) => {
    const model = sequential([layer, dense({ units: 2 })]);
    model.compile({ loss: "mse", optimizer: sgd({ learningRate: 0.1 }) });
    randomize(model, 40);
    const theirs = tfl.sequential({ layers: [make(), tfl.layers.dense({ units: 2 })] });
    theirs.compile({ loss: "meanSquaredError", optimizer: "sgd" });
    // Theirs, too, lists gamma and beta, then the moving statistics behind all that is trained.
    const ours = model.getWeights();
    const moving = (name: string): number => Number(name.includes("moving"));
    const order = ours
      .map((__, i) => i)
      .sort((a, b) => moving(ours[a]!.name) - moving(ours[b]!.name) || a - b);
    theirs.setWeights(
      order.map((i) => tfc.tensor(Float32Array.from(ours[i]!.data), [...ours[i]!.shape], "float32")),
    );
    const x = values([5, ...inputShape], 1);
    const input = tfc.tensor(Float32Array.from(x.data), [5, ...inputShape]);
    const expected = theirs.predict(input) as tfc.Tensor;
    const got = await model.predict(x);
    expect(got.shape).toEqual(expected.shape);
    expectNear("prediction", got.data, await expected.data(), RELATIVE);
  });

  it("on upSampling1D, zeroPadding1D and cropping1D, by what they are made of", async () => {
    const x = values([2, 3, 2], 1);
    const input = tfc.tensor3d(Float32Array.from(x.data), [2, 3, 2]);
    const run = (layer: Layer) => sequential([layer]).predict(x);
    const padded = tfc.pad(input, [
      [0, 0],
      [2, 1],
      [0, 0],
    ]);
    expect((await run(zeroPadding1D({ padding: [2, 1], inputShape: [3, 2] }))).data).toEqual(
      await padded.data(),
    );
    const cropped = tfc.slice(input, [0, 1, 0], [2, 1, 2]);
    expect((await run(cropping1D({ inputShape: [3, 2] }))).data).toEqual(await cropped.data());
    const repeated = tfc.reshape(tfc.tile(tfc.expandDims(input, 2), [1, 1, 2, 1]), [2, 6, 2]);
    expect((await run(upSampling1D({ inputShape: [3, 2] }))).data).toEqual(await repeated.data());
  });
});
