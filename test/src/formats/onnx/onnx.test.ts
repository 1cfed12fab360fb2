import { describe, expect, it } from "vitest";
import { FormatError } from "../../../../src/errors.js";
import { fromOnnx, toOnnx } from "../../../../src/formats/index.js";
import { activation } from "../../../../src/layers/activation.js";
import { dense } from "../../../../src/layers/dense.js";
import { embedding } from "../../../../src/layers/embedding.js";
import { layerNormalization } from "../../../../src/layers/layer-normalization.js";
import { bidirectional } from "../../../../src/layers/recurrent/bidirectional.js";
import { gru } from "../../../../src/layers/recurrent/gru.js";
import { lstm } from "../../../../src/layers/recurrent/lstm.js";
import { simpleRNN } from "../../../../src/layers/recurrent/simple-rnn.js";
import { sequential } from "../../../../src/model/sequential.js";
import { expectFigures, figuresOf, goldenFile, inputOf } from "../golden.js";

describe("fromOnnx: PyTorch computed the same before it exported", () => {
  it.each([
    ["onnx-lstm-last.onnx"],
    ["onnx-lstm-2-fixed.onnx"],
    ["onnx-gru-bidirectional.onnx"],
    ["onnx-rnn-state.onnx"],
    ["onnx-lstm-17.onnx"],
    ["onnx-heads.onnx"],
    ["onnx-heads-causal.onnx"],
    ["onnx-heads-causal-fixed.onnx"],
    ["onnx-multihead.onnx"],
    ["onnx-steps-folded.onnx"],
  ])("%s", async (name) => {
    const model = await fromOnnx(goldenFile(name));
    const figures = figuresOf(name);
    expectFigures(await model.predict(inputOf(figures)), figures);
  });
});

describe("toOnnx", () => {
  const x = inputOf({ input: [2, 6, 3], output: [], values: [] });

  it("what is written is read back: the same predictions to the bit", async () => {
    const model = sequential(
      [
        bidirectional({ layer: gru({ units: 3, returnSequences: true }), inputShape: [null, 3] }),
        layerNormalization(),
        lstm({ units: 4, returnSequences: true, peepholes: true, recurrentActivation: "hardSigmoid" }),
        dense({ units: 3, activation: "tanh" }),
        gru({ units: 3, resetAfter: false, returnSequences: true, goBackwards: true }),
        simpleRNN({ units: 3, activation: "relu", useBias: true }),
        activation({ activation: "softsign" }),
        dense({ units: 2, activation: "softmax", useBias: false }),
      ],
      { seed: 3 },
    );
    const again = await fromOnnx(await toOnnx(model));
    expect((await again.predict(x)).data).toEqual((await model.predict(x)).data);
    expect(await toOnnx(model)).toEqual(await toOnnx(model));
  });

  it("indices go through an embedding", async () => {
    const model = sequential(
      [embedding({ inputDim: 9, outputDim: 2, inputShape: [null] }), lstm({ units: 2, goBackwards: true })],
      { seed: 1 },
    );
    const words = { shape: [2, 3], data: Int32Array.of(1, 2, 8, 0, 3, 4) };
    const again = await fromOnnx(await toOnnx(model));
    expect((await again.predict(words)).data).toEqual((await model.predict(words)).data);
  });
});

describe("fromOnnx refuses", () => {
  it("every cut and much of what is changed, always with a FormatError", async () => {
    const whole = goldenFile("onnx-rnn-state.onnx");
    for (let length = 0; length < whole.length; length += 31) {
      const read = fromOnnx(whole.subarray(0, length)).then(
        () => "read",
        (error) => error,
      );
      expect(await read).toBeInstanceOf(FormatError);
    }
  });

  it("an operator by its name", async () => {
    const bytes = goldenFile("onnx-rnn-state.onnx").slice();
    const text = new TextDecoder("latin1").decode(bytes);
    const at = text.indexOf("\x04Gemm") + 1;
    bytes.set(new TextEncoder().encode("Gamm"), at);
    await expect(fromOnnx(bytes)).rejects.toThrow(/the operator Gamm \(.*\) is not computed here/);
  });
});
