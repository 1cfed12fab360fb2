import { describe, expect, it } from "vitest";
import { FormatError } from "../../../../src/errors.js";
import { fromTorch, toTorch } from "../../../../src/formats/index.js";
import { writeSafetensors } from "../../../../src/formats/safetensors-file.js";
import { readStateDict } from "../../../../src/formats/torch/state-dict.js";
import { activation } from "../../../../src/layers/activation.js";
import { dense } from "../../../../src/layers/dense.js";
import { bidirectional } from "../../../../src/layers/recurrent/bidirectional.js";
import { gru } from "../../../../src/layers/recurrent/gru.js";
import { lstm } from "../../../../src/layers/recurrent/lstm.js";
import { sequential } from "../../../../src/model/sequential.js";
import { expectFigures, figuresOf, goldenFile, inputOf } from "../golden.js";

describe("fromTorch: PyTorch computed the same", () => {
  it.each([
    [
      "two layers, both directions, in a checkpoint beside a NumPy number",
      "lstm-2-bidirectional.pt",
      { prefix: "encoder" },
    ],
    ["a GRU and a Linear, of before PyTorch 1.6", "gru-linear.pth", {}],
    ["an RNN whose tensors have no path", "rnn.pt", {}],
    ["a projection, no biases", "lstm-projection.pt", {}],
    ["an embedding, a LayerNorm", "words.pt", {}],
    ["a part by prefix", "lstm-projection.pt", { prefix: "lstm." }],
  ])("%s", async (_, name, options) => {
    const model = await fromTorch(goldenFile(name), options);
    const figures = figuresOf(name);
    expectFigures(await model.predict(inputOf(figures)), figures);
    model.dispose();
  });

  it("layers names what a state dict does not tell", async () => {
    const bytes = goldenFile("lstm-head.pt");
    await expect(fromTorch(bytes)).rejects.toThrow(/what stands between `head.0` and `head.2`/);
    const layers = ["lstm", "head.0", activation({ activation: "relu" }), "head.2"];
    const model = await fromTorch(bytes, { layers });
    expect(model.layers.map(({ kind, name }) => [kind, name])).toEqual([
      ["lstm", "lstm"],
      ["dense", "head_0"],
      ["activation", "activation"],
      ["dense", "head_2"],
    ]);
    const own = await fromTorch(bytes, {
      layers: [
        lstm({ units: 4, inputShape: [null, 3] }),
        dense({ units: 3, activation: "relu" }),
        dense({ units: 1 }),
      ],
    });
    const x = inputOf({ input: [2, 5, 3], output: [], values: [] });
    expect((await own.predict(x)).data).toEqual((await model.predict(x)).data);
    const first = await fromTorch(goldenFile("lstm-2-bidirectional.pt"), { layers: 1 });
    expect(first.layers.length).toBe(1);
    for (const made of [model, own, first]) made.dispose();
  });
});

describe("fromTorch refuses", () => {
  it.each([
    ["a whole module", "whole-module.pt", /`torch.nn.modules.linear.Linear`, which would have to be run/],
    ["os.system, by its name", "os-system.pt", /`posix.system`, which would have to be run/],
  ])("%s", async (_, name, message) => {
    await expect(fromTorch(goldenFile(name))).rejects.toThrow(message);
  });

  it("a module it does not know, a prefix that is not there, NaN", async () => {
    const file = (name: string, data: Float32Array, shape: number[]): Uint8Array =>
      writeSafetensors({ tensors: [{ name, shape, data }], metadata: {} });
    await expect(fromTorch(file("mha.in_proj_weight", new Float32Array(4), [2, 2]))).rejects.toThrow(
      /module `mha` with in_proj_weight is none that is known/,
    );
    await expect(fromTorch(goldenFile("rnn.pt"), { prefix: "nowhere." })).rejects.toThrow(
      /no tensor's name begins/,
    );
    const broken = file("fc.weight", Float32Array.of(1, Number.NaN), [1, 2]);
    await expect(fromTorch(broken)).rejects.toThrow(/`fc.weight` holds NaN at place 1/);
    const model = await fromTorch(broken, { allowNonFinite: true });
    expect(model.getWeights()[0]!.data[1]).toBeNaN();
  });

  it("every cut of a file, and storages that reach beyond the file", async () => {
    for (const name of ["rnn.pt", "gru-linear.pth"]) {
      const whole = goldenFile(name);
      for (let length = 0; length < whole.length - 1; length += 13) {
        await expect(fromTorch(whole.subarray(0, length))).rejects.toThrow(FormatError);
      }
    }
  });
});

describe("toTorch", () => {
  it("what is written is read back: the same predictions to the bit", async () => {
    const model = sequential(
      [
        bidirectional({ layer: gru({ units: 3, returnSequences: true }), inputShape: [null, 2] }),
        lstm({ units: 5, projectionUnits: 4, returnSequences: true }),
        lstm({ units: 4, useBias: false }),
        dense({ units: 2 }),
      ],
      { seed: 3 },
    );
    const bytes = await toTorch(model);
    const dict = await readStateDict(bytes);
    expect([...dict.keys()].slice(0, 4)).toEqual([
      "bidirectional.weight_ih_l0",
      "bidirectional.weight_hh_l0",
      "bidirectional.bias_ih_l0",
      "bidirectional.bias_hh_l0",
    ]);
    expect(dict.get("lstm.weight_hr_l0")!.shape).toEqual([4, 5]);
    const again = await fromTorch(bytes);
    const x = inputOf({ input: [2, 6, 2], output: [], values: [] });
    expect((await again.predict(x)).data).toEqual((await model.predict(x)).data);
    expect(await toTorch(model)).toEqual(bytes);
  });

  it.each([
    [gru({ units: 2, resetAfter: false, inputShape: [3, 1] }), /resetAfter: false/],
    [lstm({ units: 2, activation: "relu", inputShape: [3, 1] }), /activation `relu`/],
    [lstm({ units: 2, peepholes: true, inputShape: [3, 1] }), /peepholes/],
  ])("refuses what PyTorch computes otherwise", async (layer, message) => {
    await expect(toTorch(sequential([layer]))).rejects.toThrow(message);
  });
});
