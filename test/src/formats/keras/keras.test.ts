import { File as JsFile } from "jsfive";
import { describe, expect, it, vi } from "vitest";
import { FormatError } from "../../../../src/errors.js";
import { readZip } from "../../../../src/formats/bytes/zip.js";
import { fromKeras, toKeras } from "../../../../src/formats/index.js";
import { Hdf5File } from "../../../../src/formats/keras/hdf5-file.js";
import { writeHdf5 } from "../../../../src/formats/keras/hdf5-writer.js";
import { dense } from "../../../../src/layers/dense.js";
import { dropout } from "../../../../src/layers/dropout.js";
import { embedding } from "../../../../src/layers/embedding.js";
import { layerNormalization } from "../../../../src/layers/layer-normalization.js";
import { batchNormalization } from "../../../../src/layers/normalization/batch-normalization.js";
import { bidirectional } from "../../../../src/layers/recurrent/bidirectional.js";
import { gru } from "../../../../src/layers/recurrent/gru.js";
import { lstm } from "../../../../src/layers/recurrent/lstm.js";
import { simpleRNN } from "../../../../src/layers/recurrent/simple-rnn.js";
import { timeDistributed } from "../../../../src/layers/time-distributed/time-distributed.js";
import { compileConfig } from "../../../../src/model/compile-config.js";
import { sequential } from "../../../../src/model/sequential.js";
import { adam } from "../../../../src/optimizers/adam.js";
import { l2 } from "../../../../src/regularizers/l1l2.js";
import type { Tensor } from "../../../../src/tensor.js";

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const wave = (...shape: number[]): Tensor => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => Math.sin(0.7 * k)),
});

/** An `.h5` in the layout of Keras 1 and 2: groups by layer, names in attributes, the configuration as a text. */
function oldFile(
  version: string,
  config: unknown,
  groups: Record<string, Record<string, Tensor>>,
  training?: unknown,
): Uint8Array {
  const children = Object.fromEntries(
    Object.entries(groups).map(([layer, weights]) => [
      layer,
      {
        attributes: { weight_names: Object.keys(weights) },
        children: Object.fromEntries(
          Object.entries(weights).map(([name, { shape, data }]) => [
            name,
            { shape, data: Float32Array.from(data) },
          ]),
        ),
      },
    ]),
  );
  return writeHdf5({
    attributes: {
      keras_version: version,
      model_config: JSON.stringify(config),
      ...(training === undefined ? {} : { training_config: JSON.stringify(training) }),
    },
    children: { model_weights: { attributes: { layer_names: Object.keys(groups) }, children } },
  });
}

describe("HDF5", () => {
  it("what is written is what jsfive reads, and what is read back", () => {
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`w${i}`, { shape: [2, 1], data: Float32Array.of(i, -i) }]),
    );
    const text = "ä".repeat(70_000);
    const bytes = writeHdf5({
      attributes: { long: text, names: ["a", "bcd"] },
      children: { many: { children: many }, count: { shape: [], data: Int32Array.of(-5) } },
    });
    const buffer = new Uint8Array(bytes).buffer;
    const other = new JsFile(buffer, "test.h5");
    expect(other.attrs.long).toBe(text);
    expect(other.get("many").keys.length).toBe(300);
    expect([...other.get("many/w299").value]).toEqual([299, -299]);
    const { root } = new Hdf5File(bytes);
    expect(root.attributes.get("long")).toBe(text);
    expect(root.attributes.get("names")).toEqual(["a", "bcd"]);
    expect(root.group("many")!.names.length).toBe(300);
    expect(root.dataset("many/w7")!.read()).toEqual(Float32Array.of(7, -7));
    expect(root.dataset("count")!.read()).toEqual(Int32Array.of(-5));
    expect(root.get("many/w7/x")).toBeUndefined();
  });
});

describe("toKeras and fromKeras", () => {
  it("every layer comes back: the same predictions to the bit, the same compile options, the same bytes", async () => {
    const model = sequential(
      [
        embedding({ inputDim: 9, outputDim: 4, maskZero: true, inputShape: [null] }),
        bidirectional({
          layer: gru({ units: 3, returnSequences: true, kernelRegularizer: l2({ l2: 0.1 }) }),
        }),
        layerNormalization({ epsilon: 0.01, center: false }),
        lstm({ units: 5, returnSequences: true, recurrentActivation: "hardSigmoid", useBias: false }),
        timeDistributed({ layer: dense({ units: 4, activation: "leakyRelu" }) }),
        simpleRNN({ units: 3, returnSequences: true, goBackwards: true }),
        lstm({ units: 2, dropout: 0.1, unitForgetBias: false }),
        dropout({ rate: 0.2 }),
        dense({ units: 3, activation: "softmax", kernelConstraint: "maxNorm" }),
      ],
      { seed: 1, name: "words" },
    );
    model.compile({
      optimizer: adam({ learningRate: 0.02, clipnorm: 1, beta1: 0.8 }),
      loss: "sparseCategoricalCrossentropy",
      metrics: ["accuracy"],
    });
    const bytes = await toKeras(model);
    const again = await fromKeras(bytes);
    const x = { shape: [2, 5], data: Float32Array.of(1, 2, 3, 0, 0, 4, 5, 6, 7, 8) };
    expect((await again.predict(x)).data).toEqual((await model.predict(x)).data);
    expect(again.name).toBe("words");
    expect(compileConfig(again.compiled!)).toEqual(compileConfig(model.compiled!));
    expect(again.layers.map(({ name }) => name)).toEqual(model.layers.map(({ name }) => name));
    expect(await toKeras(model)).toEqual(bytes);
    const members = await readZip("keras", bytes);
    expect([...members.keys()]).toEqual(["metadata.json", "config.json", "model.weights.h5"]);
    const { root } = new Hdf5File(members.get("model.weights.h5")!);
    expect(root.dataset("layers/bidirectional/backward_layer/cell/vars/2")!.shape).toEqual([2, 9]);
    expect(root.dataset("layers/lstm_1/cell/vars/0")!.shape).toEqual([3, 8]);
  });

  it("stateful models keep their batch", async () => {
    const model = sequential([lstm({ units: 2, stateful: true, inputShape: [3, 1], batchSize: 4 })]);
    expect((await fromKeras(await toKeras(model))).batchSize).toBe(4);
  });

  it("what Keras does not have is refused by name, or told", async () => {
    const peep = sequential([lstm({ units: 2, peepholes: true, inputShape: [3, 1] })]);
    await expect(toKeras(peep)).rejects.toThrow(/`peepholes` has no counterpart/);
    const legacy = sequential([
      gru({ units: 2, recurrentActivation: "hardSigmoidLegacy", inputShape: [3, 1] }),
    ]);
    await expect(toKeras(legacy)).rejects.toThrow(/hardSigmoidLegacy/);
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const cut = sequential([lstm({ units: 1, inputShape: [8, 1] })]);
    cut.compile({ optimizer: "adam", loss: "mse", truncate: 4 });
    await toKeras(cut);
    expect(warn.mock.calls).toEqual([["toKeras(): Keras has no word for truncate; the file is without."]]);
    warn.mockRestore();
  });
});

const layer = (class_name: string, config: object, more: object = {}): object => ({
  class_name,
  config,
  ...more,
});

describe("files of Keras before 3", () => {
  const dense1 = layer("Dense", {
    name: "out",
    output_dim: 1,
    activation: "linear",
    init: "glorot_uniform",
    W_regularizer: null,
    bias: true,
  });

  it("Keras 1: options by their old names, a weight a gate, gates in the order i, c, f, o, hard sigmoids", async () => {
    const cell = lstm({ units: 2, recurrentActivation: "hardSigmoidLegacy", inputShape: [3, 1] });
    const own = sequential([cell, dense({ units: 1 })], { seed: 4 });
    const [kernel, recurrent, bias, w, b] = own.getWeights() as unknown as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const gate = ({ shape, data }: Tensor, index: number): Tensor => {
      const rows = shape.length === 1 ? 1 : shape[0]!;
      const picked = Array.from({ length: rows }, (_, r) => [
        ...data.slice(r * 8 + index * 2, r * 8 + index * 2 + 2),
      ]).flat();
      return { shape: shape.length === 1 ? [2] : [rows, 2], data: Float32Array.from(picked) };
    };
    const named: Record<string, Tensor> = {};
    for (const [letter, index] of [
      ["i", 0],
      ["c", 2],
      ["f", 1],
      ["o", 3],
    ] as const) {
      named[`lstm_1_W_${letter}`] = gate(kernel, index);
      named[`lstm_1_U_${letter}`] = gate(recurrent, index);
      named[`lstm_1_b_${letter}`] = gate(bias, index);
    }
    const config = layer("Sequential", [
      layer("LSTM", {
        name: "lstm_1",
        output_dim: 2,
        batch_input_shape: [null, 3, 1],
        init: "glorot_uniform",
        inner_init: "orthogonal",
        forget_bias_init: "one",
        activation: "tanh",
        inner_activation: "hard_sigmoid",
        W_regularizer: null,
        U_regularizer: null,
        b_regularizer: null,
        dropout_W: 0,
        dropout_U: 0,
        return_sequences: false,
        go_backwards: false,
        stateful: false,
        unroll: false,
        consume_less: "cpu",
        input_dim: 1,
        input_length: 3,
        trainable: true,
      } as object),
      dense1,
    ] as unknown as object);
    const file = oldFile("1.2.2", config, { lstm_1: named, out: { out_W: w, out_b: b } });
    const model = await fromKeras(file);
    expect((await model.predict(wave(2, 3, 1))).data).toEqual((await own.predict(wave(2, 3, 1))).data);
  });

  it("Keras 2: dropped metrics are told, decay is a schedule, groups are found by order where names differ", async () => {
    const own = sequential([simpleRNN({ units: 2, inputShape: [3, 1] }), dense({ units: 1 })], { seed: 4 });
    const [k, r, b, w, c] = own.getWeights() as unknown as [Tensor, Tensor, Tensor, Tensor, Tensor];
    const config = layer("Sequential", {
      name: "s",
      layers: [
        layer("SimpleRNN", {
          name: "rnn",
          units: 2,
          batch_input_shape: [null, 3, 1],
          dtype: "float32",
          implementation: 2,
        }),
        layer("Dense", {
          name: "out",
          units: 1,
          kernel_initializer: {
            class_name: "VarianceScaling",
            config: { scale: 1, mode: "fan_avg", distribution: "uniform", seed: null },
          },
        }),
      ],
    });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const file = oldFile(
      "2.2.4-tf",
      config,
      {
        rnn_7: { "kernel:0": k, "recurrent:0": r, "bias:0": b },
        drop: {},
        last: { "w:0": w, "b:0": c },
      } as never,
      {
        optimizer_config: { class_name: "Adam", config: { lr: 0.01, decay: 0.5, beta_1: 0.9 } },
        loss: "mse",
        metrics: ["mae", "my_own"],
      },
    );
    const model = await fromKeras(file);
    expect((await model.predict(wave(2, 3, 1))).data).toEqual((await own.predict(wave(2, 3, 1))).data);
    expect(compileConfig(model.compiled!)).toMatchObject({
      optimizer: { name: "adam", config: { learningRate: { name: "inverseTimeDecay" } } },
      metrics: ["mae"],
    });
    expect(warn.mock.calls[0]![0]).toContain("the metric my_own");
    warn.mockRestore();
  });
});

describe("configurations", () => {
  const config3 = (layers: object[]): Uint8Array =>
    json({
      module: "keras",
      class_name: "Sequential",
      config: { name: "s", layers },
      registered_name: "Sequential",
    });
  const input = layer(
    "InputLayer",
    { batch_shape: [null, 4, 2], name: "in", dtype: "float32" },
    { module: "keras.layers" },
  );

  it("with weights beside it, and without", async () => {
    const own = sequential([lstm({ units: 2, inputShape: [4, 2] })], { seed: 9 });
    const weights = (await readZip("keras", await toKeras(own))).get("model.weights.h5")!;
    const bytes = config3([
      input,
      layer("LSTM", {
        name: "a",
        units: 2,
        dtype: { class_name: "DTypePolicy", config: { name: "float32" } },
      }),
    ]);
    const model = await fromKeras(bytes, { weights });
    expect(model.getWeights()[0]!.data).toEqual(own.getWeights()[0]!.data);
    expect((await fromKeras(bytes)).countParams()).toBe(own.countParams());
    await expect(fromKeras(weights)).rejects.toThrow(/holds weights but no configuration/);
  });

  it("weights written on Windows, where folders are joined by backslashes; renorm's options where it is off", async () => {
    const own = sequential(
      [bidirectional({ layer: lstm({ units: 2 }), inputShape: [4, 2] }), batchNormalization()],
      {
        seed: 4,
      },
    );
    const given = own.getWeights().map(({ shape, data }) => ({ shape, data: Float32Array.from(data) }));
    const vars = (...which: number[]): object => ({
      children: { vars: { children: Object.fromEntries(which.map((i, k) => [k, given[i]!])) } },
    });
    const weights = writeHdf5({
      children: {
        "layers\\bidirectional": vars(),
        "layers\\bidirectional\\backward_layer\\cell": vars(3, 4, 5),
        "layers\\bidirectional\\forward_layer\\cell": vars(0, 1, 2),
        "layers\\batch_normalization": vars(6, 7, 8, 9),
      },
    } as never);
    const cell = layer("LSTM", { name: "lstm", units: 2, return_sequences: false });
    const config = config3([
      input,
      layer("Bidirectional", { name: "both", merge_mode: "concat", layer: cell }),
      layer("BatchNormalization", {
        name: "bn",
        renorm: false,
        renorm_clipping: null,
        renorm_momentum: 0.99,
      }),
    ]);
    const model = await fromKeras(config, { weights });
    expect(model.getWeights().map(({ data }) => data)).toEqual(given.map(({ data }) => data));
  });

  it("a functional chain is read as one, and a reference that leads nowhere refused", async () => {
    const history = (name: string): object => ({
      args: [{ class_name: "__keras_tensor__", config: { keras_history: [name, 0, 0] } }],
      kwargs: { mask: null },
    });
    const functional = (nodes: object[]): Uint8Array =>
      json({
        module: "keras",
        class_name: "Functional",
        config: {
          name: "f",
          layers: [
            { ...input, name: "in", inbound_nodes: [] },
            layer("Dense", { name: "b", units: 1 }, { name: "b", inbound_nodes: [history("a")] }),
            layer("LSTM", { name: "a", units: 2 }, { name: "a", inbound_nodes: nodes }),
          ],
          input_layers: [["in", 0, 0]],
          output_layers: ["b", 0, 0],
        },
      });
    const model = await fromKeras(functional([history("in")]));
    expect(model.layers.map(({ name }) => name)).toEqual(["a", "b"]);
    await expect(fromKeras(functional([history("nobody")]))).rejects.toThrow(
      /layer `a` takes `nobody` \(application 0\), which is not there/,
    );
    await expect(fromKeras(functional([history("b")]))).rejects.toThrow(/is not there before it is needed/);
  });

  it.each([
    [
      "Lambda",
      layer("Lambda", { name: "l", function: "4wEAAAA" }),
      /layer `l` of class Lambda holds Python code/,
    ],
    [
      "a class of one's own",
      layer("Mine", { name: "m" }, { module: "my.code", registered_name: "p>Mine" }),
      /my\.code\.Mine/,
    ],
    [
      "an option that is not known",
      layer("LSTM", { name: "a", units: 2, mystery: 3 }),
      /option `mystery`: it is not known here, and is 3/,
    ],
    [
      "an activation of one's own",
      layer("LSTM", { name: "a", units: 2, activation: "snake" }),
      /`activation`: "snake" is no activation/,
    ],
    [
      "an initializer of one's own",
      layer("Dense", { name: "a", units: 2, kernel_initializer: { class_name: "Own" } }),
      /`kernel_initializer`: `Own` is not known/,
    ],
  ])("%s is refused by name", async (_, bad, message) => {
    await expect(fromKeras(config3([input, bad]))).rejects.toThrow(message);
  });

  it("4,000 units nobody has weights for are refused at once", async () => {
    const weights = writeHdf5({ children: { layers: { children: {} } } });
    const bytes = config3([input, layer("LSTM", { name: "a", units: 400_000 })]);
    await expect(fromKeras(bytes, { weights })).rejects.toThrow(FormatError);
  });
});
