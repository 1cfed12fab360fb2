import * as g from "../../../../src/index.js";
import { values } from "../../model/support.js";

const on = { inputShape: [8, 4] };
const row = { inputShape: [6] };
const statistics = { mean: [1, 2, 3, 4], variance: [1, 2, 3, 4] };

/** A chain of layers of every kind that ONNX has words for. */
const chains: Readonly<Record<string, () => g.Layer[]>> = {
  lstm: () => [g.lstm({ units: 3, ...on })],
  "lstm, its sequence": () => [g.lstm({ units: 3, returnSequences: true, ...on })],
  "lstm with peepholes": () => [g.lstm({ units: 3, peepholes: true, ...on })],
  gru: () => [g.gru({ units: 3, ...on })],
  "gru, reset before": () => [g.gru({ units: 3, resetAfter: false, ...on })],
  "simpleRNN backwards": () => [g.simpleRNN({ units: 3, returnSequences: true, goBackwards: true, ...on })],
  "bidirectional, side by side": () => [g.bidirectional({ layer: g.lstm({ units: 3 }), ...on })],
  "bidirectional, summed": () => [
    g.bidirectional({ layer: g.gru({ units: 3, returnSequences: true }), mergeMode: "sum", ...on }),
  ],
  "bidirectional, multiplied": () => [
    g.bidirectional({ layer: g.gru({ units: 3 }), mergeMode: "mul", ...on }),
  ],
  "bidirectional, averaged": () => [
    g.bidirectional({ layer: g.simpleRNN({ units: 3, returnSequences: true }), mergeMode: "ave", ...on }),
  ],
  "dense with gelu": () => [g.dense({ units: 3, activation: "gelu", ...on })],
  "dense with silu": () => [g.dense({ units: 3, activation: "silu", ...row })],
  "dense with selu": () => [g.dense({ units: 3, activation: "selu", ...row })],
  "activation gelu": () => [g.activation({ activation: "gelu", ...on })],
  "activation swish": () => [g.activation({ activation: "swish", ...on })],
  "activation hardSigmoid": () => [g.activation({ activation: "hardSigmoid", ...on })],
  softmax: () => [g.softmax(on)],
  conv1d: () => [g.conv1d({ filters: 3, kernelSize: 3, ...on })],
  "conv1d same": () => [
    g.conv1d({ filters: 4, kernelSize: 3, strides: 2, padding: "same", activation: "relu", ...on }),
  ],
  "conv1d causal": () => [
    g.conv1d({ filters: 4, kernelSize: 3, dilationRate: 2, padding: "causal", groups: 2, ...on }),
  ],
  maxPooling1D: () => [g.maxPooling1D({ poolSize: 2, ...on })],
  "averagePooling1D same": () => [g.averagePooling1D({ poolSize: 3, strides: 2, padding: "same", ...on })],
  globalMaxPooling1D: () => [g.globalMaxPooling1D(on)],
  globalAveragePooling1D: () => [g.globalAveragePooling1D(on)],
  batchNormalization: () => [g.batchNormalization(on)],
  layerNormalization: () => [g.layerNormalization(on)],
  "layerNormalization, plain": () => [g.layerNormalization({ scale: false, center: false, ...on })],
  normalization: () => [g.normalization({ ...statistics, ...on })],
  leakyReLU: () => [g.leakyReLU(on)],
  elu: () => [g.elu(on)],
  prelu: () => [g.prelu(on)],
  "prelu, steps alike": () => [g.prelu({ sharedAxes: [1], ...on })],
  rescaling: () => [g.rescaling({ scale: 2, offset: [1, 2, 3, 4], ...on })],
  repeatVector: () => [g.repeatVector({ n: 3, ...row })],
  flatten: () => [g.flatten(on)],
  reshape: () => [g.reshape({ targetShape: [4, 8], ...on })],
  "reshape of a row": () => [g.reshape({ targetShape: [3, 2], ...row })],
  permute: () => [g.permute({ dims: [2, 1], ...on })],
  upSampling1D: () => [g.upSampling1D({ size: 2, ...on })],
  zeroPadding1D: () => [g.zeroPadding1D({ padding: [1, 2], ...on })],
  cropping1D: () => [g.cropping1D({ cropping: [1, 2], ...on })],
  "cropping1D at the begin": () => [g.cropping1D({ cropping: [2, 0], ...on })],
  timeDistributed: () => [g.timeDistributed({ layer: g.dense({ units: 2 }), ...on })],
  "what acts in training alone": () => [
    g.dropout({ rate: 0.5, ...on }),
    g.gaussianNoise({ stddev: 1 }),
    g.spatialDropout1D({ rate: 0.3 }),
    g.dense({ units: 2 }),
  ],
  "a stack": () => [
    g.conv1d({ filters: 4, kernelSize: 3, padding: "same", ...on }),
    g.batchNormalization(),
    g.activation({ activation: "relu" }),
    g.maxPooling1D({ poolSize: 2 }),
    g.lstm({ units: 3, returnSequences: true }),
    g.lstm({ units: 3 }),
    g.dense({ units: 2, activation: "softmax" }),
  ],
};

/** The chains by name, each with weights that no part of which is zero, and what it takes. */
export const onnxChains = Object.entries(chains).map(([name, layers]) => ({
  name,
  build(): { model: g.Sequential; x: g.Tensor } {
    const model = g.sequential(layers(), { seed: 5 });
    model.setWeights(
      model.getWeights().map(({ name: weight, shape }, i) => {
        const random = values(shape, 20 + i, 0.7);
        return weight.endsWith("variance")
          ? { shape, data: Float32Array.from(random.data, (one) => 0.5 + Math.abs(one)) }
          : random;
      }),
    );
    return { model, x: values([2, ...(model.inputShape as number[])], 3) };
  },
}));
