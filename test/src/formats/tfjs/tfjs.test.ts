import "@tensorflow/tfjs-backend-cpu";
import * as tfc from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { fromLayersModel, toLayersModel } from "../../../../src/formats/index.js";
import { dense } from "../../../../src/layers/dense.js";
import { layerNormalization } from "../../../../src/layers/layer-normalization.js";
import { bidirectional } from "../../../../src/layers/recurrent/bidirectional.js";
import { gru } from "../../../../src/layers/recurrent/gru.js";
import { lstm } from "../../../../src/layers/recurrent/lstm.js";
import { timeDistributed } from "../../../../src/layers/time-distributed/time-distributed.js";
import { sequential } from "../../../../src/model/sequential.js";

beforeAll(async () => {
  await tfc.setBackend("cpu");
});

/** Its "orthogonal" needs tensor methods that tfjs-core alone does not bring. */
const cell = { recurrentInitializer: "glorotUniform" } as const;

const x = Float32Array.from({ length: 2 * 5 * 3 }, (_, k) => Math.sin(0.7 * k));
const shape = [2, 5, 3] as const;

async function predictions(model: tfl.LayersModel): Promise<Float32Array> {
  return (model.predict(tfc.tensor3d(x, [...shape])) as tfc.Tensor).data() as Promise<Float32Array>;
}

/** What a model of TensorFlow.js's is stored as. */
async function artifactsOf(model: tfl.LayersModel): Promise<tfc.io.ModelArtifacts> {
  let found: tfc.io.ModelArtifacts | undefined;
  await model.save({
    async save(artifacts) {
      found = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    },
  });
  return found!;
}

const expectClose = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-6): void => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThan(tolerance);
};

function theirs(): tfl.LayersModel {
  const model = tfl.sequential();
  const cell = tfl.layers.lstm({
    units: 3,
    returnSequences: true,
    recurrentInitializer: "glorotUniform",
  }) as tfl.RNN;
  model.add(tfl.layers.bidirectional({ layer: cell, mergeMode: "concat", inputShape: [5, 3] }));
  model.add(tfl.layers.layerNormalization());
  model.add(tfl.layers.gru({ units: 4, returnSequences: true, recurrentInitializer: "glorotUniform" }));
  model.add(tfl.layers.timeDistributed({ layer: tfl.layers.dense({ units: 3, activation: "softsign" }) }));
  model.add(tfl.layers.simpleRNN({ units: 2, useBias: false, recurrentInitializer: "glorotUniform" }));
  model.add(
    tfl.layers.dense({
      units: 2,
      activation: "softmax",
      kernelRegularizer: tfl.regularizers.l2({ l2: 0.1 }),
    }),
  );
  return model;
}

describe("fromLayersModel: TensorFlow.js computes the same", () => {
  it("its own model with its own defaults, in one buffer and in shards", async () => {
    const model = theirs();
    const artifacts = await artifactsOf(model);
    const expected = await predictions(model);
    const whole = await fromLayersModel(artifacts as never);
    expectClose((await whole.predict({ shape, data: x })).data, expected);
    const bytes = new Uint8Array(artifacts.weightData as ArrayBuffer);
    const shards = [bytes.slice(0, 101).buffer, bytes.slice(101)];
    const { weightSpecs, ...rest } = artifacts;
    const manifest = [{ weights: weightSpecs!.slice(0, 2) }, { weights: weightSpecs!.slice(2) }];
    const cut = await fromLayersModel({
      ...rest,
      modelTopology: artifacts.modelTopology,
      weightsManifest: manifest,
      weightData: shards,
    });
    expectClose((await cut.predict({ shape, data: x })).data, expected);
  });

  it.each(["uint8", "uint16", "float16"])("weights quantized to %s", async (dtype) => {
    const artifacts = await artifactsOf(theirs());
    const values = new Float32Array(artifacts.weightData as ArrayBuffer);
    // From the least weight to the largest, as the converter of TensorFlow.js quantizes.
    const min = Math.min(...values);
    const scale = (Math.max(...values) - min) / (dtype === "uint8" ? 255 : 65_535);
    const half = (value: number): number => {
      const bits = new Uint32Array(Float32Array.of(value).buffer)[0]!;
      const exponent = ((bits >> 23) & 255) - 112;
      return exponent <= 0
        ? (bits >>> 16) & 0x8000
        : ((bits >>> 16) & 0x8000) | (exponent << 10) | ((bits >> 13) & 1023);
    };
    const quantized =
      dtype === "float16"
        ? Uint16Array.from(values, half)
        : Float32Array.from(values, (v) => Math.round((v - min) / scale));
    const data = dtype === "uint8" ? Uint8Array.from(quantized) : Uint16Array.from(quantized);
    const quantization = dtype === "float16" ? { dtype } : { dtype, scale, min };
    const weightSpecs = artifacts.weightSpecs!.map((spec) => ({ ...spec, quantization }));
    const model = await fromLayersModel({
      modelTopology: artifacts.modelTopology,
      weightSpecs,
      weightData: data.buffer,
    });
    const own = model.getWeights().flatMap(({ data: weight }) => [...weight]);
    expectClose(own, values, dtype === "uint8" ? scale : 0.001);
  });

  it("converted from Keras 3, which names both directions' weights by the layers inside, in any order of layers", async () => {
    const own = sequential(
      [
        bidirectional({ layer: lstm({ units: 2, returnSequences: true }), inputShape: [4, 3] }),
        bidirectional(lstm({ units: 2 })),
        dense({ units: 1 }),
      ],
      { seed: 6 },
    );
    const given = own.getWeights();
    const named = ["forward_lstm", "backward_lstm", "forward_lstm_1", "backward_lstm_1"].flatMap((name) =>
      ["kernel", "recurrent_kernel", "bias"].map((part) => `${name}/lstm_cell/${part}`),
    );
    const all = [...named, "dense/kernel", "dense/bias"].map((name, i) => ({ ...given[i]!, name }));
    const stored = [...all.slice(12), ...all.slice(0, 12)];
    const cell = (name: string, returnSequences: boolean): object => ({
      class_name: "LSTM",
      config: {
        name: `forward_${name}`,
        units: 2,
        recurrent_activation: "sigmoid",
        return_sequences: returnSequences,
      },
    });
    const layers = [
      { class_name: "InputLayer", config: { name: "in", batch_shape: [null, 4, 3], dtype: "float32" } },
      {
        class_name: "Bidirectional",
        config: { name: "bidirectional", merge_mode: "concat", layer: cell("lstm", true) },
      },
      {
        class_name: "Bidirectional",
        config: { name: "bidirectional_1", merge_mode: "concat", layer: cell("lstm_1", false) },
      },
      { class_name: "Dense", config: { name: "dense", units: 1 } },
    ];
    const model = await fromLayersModel({
      modelTopology: {
        keras_version: "3.13.2",
        model_config: { class_name: "Sequential", config: { name: "s", layers } },
      },
      weightSpecs: stored.map(({ name, shape: own }) => ({ name, shape: own, dtype: "float32" })),
      weightData: stored.map(({ data }) => Float32Array.from(data).buffer),
    });
    expect(model.getWeights().map(({ data }) => data)).toEqual(given.map(({ data }) => data));
  });

  it("weights that do not fit are refused by name", async () => {
    const artifacts = await artifactsOf(theirs());
    const data = new Uint8Array(artifacts.weightData as ArrayBuffer);
    await expect(fromLayersModel({ ...artifacts, weightData: data.subarray(4) } as never)).rejects.toThrow(
      /needs \d+ bytes from byte/,
    );
    await expect(
      fromLayersModel({
        ...artifacts,
        weightSpecs: artifacts.weightSpecs!.slice(1),
        weightData: data,
      } as never),
    ).rejects.toThrow(/bytes follow the last weight/);
  });
});

describe("toLayersModel: TensorFlow.js loads it and computes the same", () => {
  it("every layer it has", async () => {
    const model = sequential(
      [
        bidirectional({
          layer: lstm({ ...cell, units: 3, returnSequences: true, recurrentActivation: "sigmoid" }),
          inputShape: [5, 3],
        }),
        layerNormalization({ epsilon: 0.01 }),
        gru({
          ...cell,
          units: 4,
          resetAfter: false,
          returnSequences: true,
          recurrentActivation: "hardSigmoidLegacy",
          kernelRegularizer: "l2",
        }),
        timeDistributed({ layer: dense({ units: 3, activation: "softsign" }) }),
        lstm({ ...cell, units: 2, activation: "softplus", unitForgetBias: false, goBackwards: true }),
        dense({ units: 2, activation: "softmax" }),
      ],
      { seed: 5 },
    );
    const loaded = await tfl.loadLayersModel(tfc.io.fromMemory((await toLayersModel(model)) as never));
    expectClose(await predictions(loaded), (await model.predict({ shape, data: x })).data);
    const again = await fromLayersModel((await toLayersModel(model)) as never);
    expect((await again.predict({ shape, data: x })).data).toEqual(
      (await model.predict({ shape, data: x })).data,
    );
  });

  it.each([
    [gru({ units: 2, inputShape: [3, 1] }), /resetAfter: true/],
    [lstm({ units: 2, recurrentActivation: "hardSigmoid", inputShape: [3, 1] }), /uses hardSigmoid/],
    [dense({ units: 2, activation: "leakyRelu", inputShape: [3] }), /leaky_relu/],
  ])("what it does not compute is refused", async (layer, message) => {
    await expect(toLayersModel(sequential([layer]))).rejects.toThrow(message);
  });
});
