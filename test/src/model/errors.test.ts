import { describe, expect, it } from "vitest";
import {
  adam,
  createEngine,
  dense,
  type FitOptions,
  GateflowError,
  huber,
  lstm,
  quantile,
  type Sequential,
  sequential,
  sgd,
  type Tensor,
} from "../../../src/index.js";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { bitsOf, errorOf, modelOf, values } from "./support.js";

const layers: OracleLayerSpec[] = [
  { kind: "lstm", units: 3, inputShape: [4, 2] },
  { kind: "dense", units: 1 },
];
const sequences: OracleLayerSpec[] = [
  { kind: "lstm", units: 3, inputShape: [4, 2], returnSequences: true },
  { kind: "dense", units: 1 },
];
const N = 6;
const x = values([N, 4, 2], 1);
const y = values([N, 1], 2);
const reshaped = (shape: readonly number[]): Tensor => values(shape, 2);

interface Refusal {
  readonly name: string;
  readonly code?: string;
  /** Parts of the message: what came, what was expected, what to do. */
  readonly says: readonly string[];
}

async function expectRefusal(call: () => unknown, { name, code, says }: Refusal): Promise<void> {
  const error = await errorOf(call);
  expect(error).toBeInstanceOf(GateflowError);
  expect(error.name).toBe(name);
  if (code !== undefined) expect(error.code).toBe(code);
  for (const part of says) expect(error.message).toContain(part);
}

/** The same from fit, evaluate, trainOnBatch and gradients, none of which may have changed a weight. */
async function expectRefusedEverywhere(
  model: Sequential,
  inputs: unknown,
  labels: unknown,
  refusal: Refusal,
): Promise<void> {
  const before = bitsOf(model.getWeights());
  const [a, b] = [inputs as Tensor, labels as Tensor];
  for (const call of [
    () => model.fit(a, b),
    () => model.evaluate(a, b),
    () => model.trainOnBatch(a, b),
    () => model.gradients(a, b),
  ]) {
    await expectRefusal(call, refusal);
    expect(bitsOf(model.getWeights())).toEqual(before);
  }
}

describe("a layer too large for WebAssembly's four gibibytes", () => {
  // Refused before anything is drawn: a recurrent kernel of 12,000 units takes hours.
  it.each([
    { units: 12_000, gibibytes: 5 },
    { units: 20_000, gibibytes: 12 },
    { units: 40_000, gibibytes: 48 },
    { units: 1e9, gibibytes: 29_802_322_448 },
  ])("is refused with its size: lstm, $units units", async ({ units, gibibytes }) => {
    await expectRefusal(() => sequential([lstm({ units, inputShape: [2, 1] })]), {
      name: "ConfigError",
      says: ["`lstm`", "`units`", `${gibibytes} GiB`],
    });
  });

  it("is refused with its size: dense, ten thousand million units", async () => {
    const model = sequential([dense({ units: 2, name: "narrow", inputShape: [3] })]);
    await expectRefusal(() => model.add(dense({ units: 1e10, name: "wide" })), {
      name: "ConfigError",
      says: ["`wide`", "`units`", "224 GiB"],
    });
    expect(model.layers.map(({ name }) => name)).toEqual(["narrow"]);
  });
});

describe("stacks that do not fit", () => {
  it("an LSTM on an LSTM that hands on its last output only", () =>
    expectRefusal(() => sequential([lstm({ units: 3, inputShape: [4, 2] }), lstm({ units: 2 })]), {
      name: "ShapeError",
      code: "stacked_lstm_needs_return_sequences",
      says: ["`lstm_1`", "[?, 3]", "`lstm`", "returnSequences: true"],
    }));

  it("the same when the input's shape is first seen in the data", () =>
    expectRefusal(
      () => {
        const model = sequential([lstm({ units: 3 }), lstm({ units: 2 })]);
        model.compile({ loss: "mse" });
        return model.fit(x, y);
      },
      { name: "ShapeError", code: "stacked_lstm_needs_return_sequences", says: ["returnSequences: true"] },
    ));

  it("an LSTM on a dense layer's single output, and one without a feature axis", async () => {
    await expectRefusal(() => sequential([dense({ units: 3, inputShape: [2] }), lstm({ units: 2 })]), {
      name: "ShapeError",
      says: ["[batch, timesteps, features]", "[?, 3]", "`dense`"],
    });
    await expectRefusal(() => sequential([lstm({ units: 2, inputShape: [4] })]), {
      name: "ShapeError",
      says: ["inputShape: [timesteps, features]", "features = 1"],
    });
  });

  it("a layer used twice, in one model and in two", async () => {
    const layer = dense({ units: 2 });
    await expectRefusal(() => sequential([dense({ units: 2, inputShape: [2] }), layer, layer]), {
      name: "ConfigError",
      says: ["`dense_1`", "already part of a model", "Make a second one"],
    });
    const used = lstm({ units: 2, inputShape: [4, 2] });
    sequential([used]);
    await expectRefusal(() => sequential([used]), { name: "ConfigError", says: ["`lstm`"] });
  });

  it("two layers of one name", () =>
    expectRefusal(
      () => sequential([dense({ units: 2, inputShape: [2], name: "a" }), dense({ units: 2, name: "a" })]),
      { name: "ConfigError", says: ["`a`", "in this model already"] },
    ));

  it("what is no layer", async () => {
    await expectRefusal(() => sequential([lstm as never]), { name: "ConfigError", says: ["a function"] });
    await expectRefusal(() => sequential({} as never), { name: "ConfigError", says: ["an array of layers"] });
  });

  it("a layer added after the model was used", async () => {
    const model = modelOf(layers);
    await model.predict(x);
    await expectRefusal(() => model.add(dense({ units: 1 })), {
      name: "StateError",
      says: ["Add layers before"],
    });
  });
});

describe("labels", () => {
  it("[N] are taken as [N, 1]", async () => {
    const [flat, column] = [modelOf(layers), modelOf(layers)];
    const labels = { shape: [N], data: y.data };
    expect((await flat.fit(x, labels)).history).toEqual((await column.fit(x, y)).history);
    expect(bitsOf(flat.getWeights())).toEqual(bitsOf(column.getWeights()));
  });

  const wrong: { title: string; model: OracleLayerSpec[]; labels: number[]; says: string[] }[] = [
    { title: "[N, 2] for [N, 1]", model: layers, labels: [N, 2], says: ["[6, 2]", "[6, 1]"] },
    { title: "[N, 1, 1] for [N, 1]", model: layers, labels: [N, 1, 1], says: ["[6, 1, 1]", "[6, 1]"] },
    {
      title: "[N, T, 1] for [N, 1]",
      model: layers,
      labels: [N, 4, 1],
      says: ["[6, 4, 1]", "[6, 1]", "returnSequences: true"],
    },
    { title: "[N, T + 1] for [N, T, 1]", model: sequences, labels: [N, 5], says: ["5", "4"] },
    {
      title: "[N, 1] for [N, T, 1]",
      model: sequences,
      labels: [N, 1],
      says: ["[6, 1]", "leave out returnSequences"],
    },
    { title: "[N] for [N, T, 1]", model: sequences, labels: [N], says: ["[6]"] },
    { title: "[N, T - 1, 1] for [N, T, 1]", model: sequences, labels: [N, 3, 1], says: ["3"] },
    {
      title: "[N] for [N, 3]",
      model: [layers[0]!, { kind: "dense", units: 3 }],
      labels: [N],
      says: ["[6, 3]", "sparseCategoricalCrossentropy"],
    },
  ];
  it.each(wrong)("$title are a label_shape_mismatch", ({ model, labels, says }) =>
    expectRefusedEverywhere(modelOf(model), x, reshaped(labels), {
      name: "ShapeError",
      code: "label_shape_mismatch",
      says,
    }),
  );

  it("fewer than samples", () =>
    expectRefusedEverywhere(modelOf(layers), x, reshaped([N - 1, 1]), {
      name: "ShapeError",
      says: ["6 samples", "5"],
    }));

  it("missing", async () => {
    const model = modelOf(layers);
    for (const call of [
      () => model.fit(x, undefined as never),
      () => model.evaluate(x, undefined as never),
      () => model.fit([{ x }]),
    ]) {
      await expectRefusal(call, { name: "DataError", says: ["no labels"] });
    }
  });

  it("of the validation data are refused before the first epoch", async () => {
    const model = modelOf(layers);
    const before = bitsOf(model.getWeights());
    for (const validationData of [
      [x, reshaped([N, 2])],
      [reshaped([N, 4, 3]), y],
      [reshaped([N, 4, 2]), reshaped([N, 1]), reshaped([N, 4])],
    ] as [Tensor, Tensor, Tensor?][]) {
      await expectRefusal(() => model.fit(x, y, { validationData }), {
        name: "ShapeError",
        says: ["validationData"],
      });
    }
    await expectRefusal(() => model.fit(x, y, { validationData: [x] as never }), {
      name: "ConfigError",
      says: ["[x, y]"],
    });
    expect(bitsOf(model.getWeights())).toEqual(before);
  });

  it("that are no class of the model's are refused by sample, before anything is trained", async () => {
    const model = modelOf([layers[0]!, { kind: "dense", units: 3, activation: "softmax" }], {
      loss: "sparseCategoricalCrossentropy",
    });
    for (const bad of [3, -1, 0.5]) {
      const labels = { shape: [N], data: Float32Array.of(0, 1, 2, bad, 1, 0) };
      await expectRefusedEverywhere(model, x, labels, {
        name: "DataError",
        says: [`${bad} in sample 3`, "3 classes", "0 … 2"],
      });
    }
  });
});

describe("inputs", () => {
  it.each([
    { shape: [N, 4, 3], says: ["[6, 4, 3]", "[?, 4, 2]", "2 features"] },
    { shape: [N, 2, 4], says: ["[6, 2, 4]", "exchanged"] },
    { shape: [N, 5, 2], says: ["[6, 5, 2]", "[null, 2]"] },
    { shape: [N, 4], says: ["[6, 4]", "windows"] },
    { shape: [N, 4, 2, 1], says: ["[6, 4, 2, 1]"] },
  ])("of shape $shape are refused", async ({ shape, says }) => {
    const model = modelOf(layers);
    await expectRefusedEverywhere(model, reshaped(shape), y, { name: "ShapeError", says });
    await expectRefusal(() => model.predict(reshaped(shape)), { name: "ShapeError", says });
  });

  it("of single values without a feature axis are told how to get one", () =>
    expectRefusal(() => sequential([lstm({ units: 2, inputShape: [4, 1] })]).predict(reshaped([N, 4])), {
      name: "ShapeError",
      says: ["an axis of one feature"],
    }));

  const poisoned = (t: Tensor, index: number, value: number): Tensor => ({
    shape: t.shape,
    data: Float32Array.from(t.data, (number, i) => (i === index ? value : number)),
  });
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "that hold %d are refused with the place",
    async (value) => {
      const model = modelOf(layers);
      const refusal = { name: "DataError", code: "missing_values" };
      const bad = poisoned(x, 2 * 8 + 3 * 2 + 1, value);
      const inX = { ...refusal, says: ["`x`", String(value), "[2, 3, 1]", "(sample, timestep, feature)"] };
      await expectRefusedEverywhere(model, bad, y, inX);
      await expectRefusal(() => model.predict(bad), inX);
      await expectRefusedEverywhere(model, x, poisoned(y, 4, value), {
        ...refusal,
        says: ["`y`", String(value), "[4, 0]"],
      });
      await expectRefusal(() => model.fit(x, y, { sampleWeight: [1, 1, value, 1, 1, 1] }), {
        name: "DataError",
        says: ["`sampleWeight`", "[2]"],
      });
      await expectRefusal(() => model.fit(x, y, { validationData: [bad, y] }), {
        name: "DataError",
        says: ["validationData"],
      });
      await expectRefusal(
        () =>
          model.fit([
            { x, y },
            { x: bad, y },
          ]),
        {
          name: "DataError",
          says: ["batch 1 of the dataset"],
        },
      );
    },
  );

  it("of nothing are refused", async () => {
    const empty = { shape: [0, 4, 2], data: new Float32Array() };
    const none = { shape: [0, 1], data: new Float32Array() };
    await expectRefusedEverywhere(modelOf(layers), empty, none, {
      name: "DataError",
      code: "insufficient_data",
      says: ["no samples"],
    });
    await expectRefusal(() => modelOf(layers).fit(new Set() as never), {
      name: "DataError",
      says: ["gave no batch"],
    });
  });

  it("that are ragged or no numbers are refused by the tensor they would become", async () => {
    const model = sequential([dense({ units: 1, inputShape: [2] })]);
    model.compile({ loss: "mse" });
    await expectRefusal(() => model.fit([[1, 2], [3]], [1, 2]), { name: "ShapeError", says: ["ragged"] });
    await expectRefusal(() => model.fit([[1, "2"]] as never, [1]), { name: "DataError", says: ["[0][1]"] });
  });

  it("sample weights of the wrong shape are refused before anything is trained", async () => {
    const model = modelOf(layers);
    const before = bitsOf(model.getWeights());
    for (const shape of [[N, 4], [N, 1, 1], [N - 1]]) {
      await expectRefusal(() => model.fit(x, y, { sampleWeight: reshaped(shape) }), {
        name: "ShapeError",
        says: ["sampleWeight"],
      });
    }
    expect(bitsOf(model.getWeights())).toEqual(before);
  });
});

describe("options", () => {
  const misspelt: { title: string; call: () => unknown; says: string[] }[] = [
    { title: "lstm", call: () => lstm({ unitz: 3 } as never), says: ["`unitz`", "`units`"] },
    {
      title: "snake case",
      call: () => lstm({ units: 3, return_sequences: true } as never),
      says: ["`returnSequences`"],
    },
    { title: "dense", call: () => dense({ units: 3, activaton: "relu" } as never), says: ["`activation`"] },
    {
      title: "an activation",
      call: () => dense({ units: 3, activation: "rleu" as never }),
      says: ['"rleu"', "`relu`"],
    },
    { title: "sequential", call: () => sequential([], { sead: 1 } as never), says: ["`seed`"] },
    {
      title: "compile",
      call: () => modelOf(layers, { loss: "mse", metric: ["mae"] } as never),
      says: ["`metrics`"],
    },
    { title: "a loss", call: () => modelOf(layers, { loss: "msee" as never }), says: ["`mse`"] },
    {
      title: "a metric",
      call: () => modelOf(layers, { loss: "mse", metrics: ["meanAbsoluteEror" as never] }),
      says: ["`meanAbsoluteError`"],
    },
    {
      title: "an optimizer",
      call: () => modelOf(layers, { loss: "mse", optimizer: "adamm" as never }),
      says: ["`adam`"],
    },
    { title: "an optimizer's", call: () => adam({ learning_rate: 1 } as never), says: ["`learningRate`"] },
    { title: "a loss's", call: () => huber({ detla: 1 } as never), says: ["`delta`"] },
    { title: "fit", call: () => modelOf(layers).fit(x, y, { epoch: 3 } as never), says: ["`epochs`"] },
    {
      title: "predict",
      call: () => modelOf(layers).predict(x, { batchsize: 3 } as never),
      says: ["`batchSize`"],
    },
    {
      title: "evaluate",
      call: () => modelOf(layers).evaluate(x, y, { batchsize: 3 } as never),
      says: ["`batchSize`"],
    },
    {
      title: "trainOnBatch",
      call: () => modelOf(layers).trainOnBatch(x, y, { sampleWeigth: [1] } as never),
      says: ["`sampleWeight`"],
    },
    { title: "an engine's", call: () => createEngine({ thread: 1 } as never), says: ["`threads`"] },
  ];
  it.each(misspelt)("misspelt are refused with the nearest that is known: $title", ({ call, says }) =>
    expectRefusal(call, { name: "ConfigError", says: says }),
  );

  const outOfRange: { title: string; call: () => unknown; says: string[] }[] = [
    { title: "units 0", call: () => lstm({ units: 0 }), says: ["`units`", "0"] },
    { title: "units 1.5", call: () => dense({ units: 1.5 }), says: ["`units`", "1.5", "whole"] },
    { title: "units missing", call: () => lstm({} as never), says: ["`units`", "undefined"] },
    { title: "dropout 1", call: () => lstm({ units: 1, dropout: 1 }), says: ["`dropout`", "less than 1"] },
    {
      title: "softmax on gates",
      call: () => lstm({ units: 1, activation: "softmax" as never }),
      says: ["softmax"],
    },
    { title: "a negative rate", call: () => sgd({ learningRate: -1 }), says: ["`learningRate`", "-1"] },
    { title: "beta1 of 1", call: () => adam({ beta1: 1 }), says: ["`beta1`"] },
    { title: "clipnorm 0", call: () => adam({ clipnorm: 0 }), says: ["`clipnorm`"] },
    {
      title: "two ways to clip",
      call: () => adam({ clipnorm: 1, globalClipnorm: 1 }),
      says: ["`clipnorm`", "`globalClipnorm`", "exclude each other"],
    },
    {
      title: "gathering over one batch",
      call: () => adam({ gradientAccumulationSteps: 1 }),
      says: ["`gradientAccumulationSteps`"],
    },
    { title: "truncate 0", call: () => modelOf(layers, { loss: "mse", truncate: 0 }), says: ["`truncate`"] },
    { title: "no loss", call: () => modelOf(layers, {} as never), says: ["`loss` is missing"] },
    { title: "quantiles of 0 to 1", call: () => quantile({ quantiles: [0, 0.5] }), says: ["`quantiles`"] },
    {
      title: "a shape with a batch of -1",
      call: () => lstm({ units: 1, inputShape: [-1, 4, 2] }),
      says: ["`inputShape`"],
    },
    { title: "a seed of 0.5", call: () => sequential([], { seed: 0.5 }), says: ["`seed`"] },
  ];
  it.each(outOfRange)("out of range are refused by name: $title", ({ call, says }) =>
    expectRefusal(call, { name: "ConfigError", says }),
  );

  const fitOptions: { options: FitOptions; says: string[] }[] = [
    { options: { epochs: -1 }, says: ["`epochs`"] },
    { options: { epochs: 1.5 }, says: ["`epochs`"] },
    { options: { batchSize: 0 }, says: ["`batchSize`"] },
    { options: { shuffle: "yes" as never }, says: ["`shuffle`"] },
    { options: { validationSplit: 1 }, says: ["`validationSplit`"] },
    { options: { verbose: 3 as never }, says: ["`verbose`"] },
    { options: { callbacks: [null as never] }, says: ["callback"] },
    { options: { callbacks: "earlyStopping" as never }, says: ["callback"] },
  ];
  it.each(fitOptions)("of fit out of range are refused, weights as they were: $options", async (wrong) => {
    const model = modelOf(layers);
    const before = bitsOf(model.getWeights());
    await expectRefusal(() => model.fit(x, y, wrong.options), { name: "ConfigError", says: wrong.says });
    expect(bitsOf(model.getWeights())).toEqual(before);
  });

  it("a validationSplit that leaves nothing on one side", () =>
    expectRefusal(() => modelOf(layers).fit(x, y, { validationSplit: 0.9 }), {
      name: "DataError",
      code: "insufficient_data",
      says: ["0.9 of 6 samples", "0 for training"],
    }));

  it("a width a loss cannot use is refused by compile", () =>
    expectRefusal(() => modelOf(layers, { loss: quantile({ quantiles: [0.1, 0.9] }) }), {
      name: "ShapeError",
      says: ["1 values", "2 quantiles"],
    }));

  it("an optimizer that serves another model", async () => {
    const optimizer = adam();
    const [first, second] = [
      modelOf(layers, { optimizer, loss: "mse" }),
      modelOf(layers, { optimizer, loss: "mse" }),
    ];
    await first.fit(x, y);
    const twin = modelOf(layers, { optimizer: adam(), loss: "mse" });
    await twin.fit(x, y);
    await expectRefusal(() => second.fit(x, y), { name: "ConfigError", says: ["another model"] });
    // The refused model's end must not take the first one's moments with it.
    second.dispose();
    await first.fit(x, y);
    await twin.fit(x, y);
    expect(bitsOf(first.getWeights())).toEqual(bitsOf(twin.getWeights()));
  });
});

describe("calls out of order", () => {
  it("before compile", async () => {
    const model = sequential([dense({ units: 1, inputShape: [2] })]);
    const flat = reshaped([N, 2]);
    for (const call of [
      () => model.fit(flat, y),
      () => model.evaluate(flat, y),
      () => model.trainOnBatch(flat, y),
      () => model.gradients(flat, y),
      () => model.optimizer,
    ]) {
      await expectRefusal(call, { name: "StateError", says: ["compile"] });
    }
    await expect(model.predict(flat)).resolves.toBeDefined();
  });

  it("before the input's shape is known", async () => {
    const model = sequential([dense({ units: 1 })]);
    for (const call of [
      () => model.getWeights(),
      () => model.setWeights([]),
      () => model.countParams(),
      () => model.summary({ print: () => {} }),
    ]) {
      await expectRefusal(call, { name: "StateError", says: ["inputShape"] });
    }
    expect((await model.predict(reshaped([N, 2]))).shape).toEqual([N, 1]);
    expect(model.getWeights().map(({ shape }) => shape)).toEqual([[2, 1], [1]]);
  });

  it("after dispose, which may be called twice", async () => {
    const model = modelOf(layers);
    await model.fit(x, y);
    const dense = model.layers[1]!;
    model.dispose();
    model.dispose();
    for (const call of [
      () => model.fit(x, y),
      () => model.predict(x),
      () => model.evaluate(x, y),
      () => model.trainOnBatch(x, y),
      () => model.gradients(x, y),
      () => model.compile({ loss: "mse" }),
      () => model.getWeights(),
      () => model.setWeights([]),
      () => model.resetStates(),
      () => dense.getWeights(),
    ]) {
      await expectRefusal(call, { name: "StateError", says: ["disposed"] });
    }
  });

  it("after the engine's dispose", async () => {
    const engine = await createEngine();
    const model = modelOf(layers, { loss: "mse" }, { seed: 1, engine });
    await model.fit(x, y);
    engine.dispose();
    engine.dispose();
    for (const call of [() => model.fit(x, y), () => model.predict(x)]) {
      const error = await errorOf(call);
      expect(["StateError", "EngineError"]).toContain(error.name);
      expect(error.message).toContain("disposed");
    }
    expect(() => model.dispose()).not.toThrow();
  });

  it("two fits at once, of which the first goes on", async () => {
    const model = modelOf(layers);
    const first = model.fit(x, y, { epochs: 3 });
    await expectRefusal(() => model.fit(x, y), { name: "StateError", says: ["fit() is still running"] });
    expect((await first).epoch).toEqual([0, 1, 2]);
    await expect(model.fit(x, y)).resolves.toBeDefined();
  });
});

describe("setWeights", () => {
  it("takes all or nothing", async () => {
    const model = modelOf(layers);
    const before = bitsOf(model.getWeights());
    const weights = model.getWeights().map(({ shape }, i) => values(shape, i));
    await expectRefusal(() => model.setWeights(weights.slice(1)), {
      name: "ShapeError",
      says: ["5 weights", "lstm/recurrent_kernel", "4"],
    });
    await expectRefusal(() => model.setWeights([...weights.slice(0, 4), reshaped([2])]), {
      name: "ShapeError",
      says: ["`dense/bias`", "[1]", "[2]"],
    });
    const [, layer] = model.layers;
    await expectRefusal(() => layer!.setWeights([reshaped([3, 1]), reshaped([2])]), {
      name: "ShapeError",
      says: ["`bias`"],
    });
    expect(bitsOf(model.getWeights())).toEqual(before);
    model.setWeights(weights);
    expect(model.getWeights().map(({ data }) => data)).toEqual(weights.map(({ data }) => data));
  });

  it("and getWeights copy", async () => {
    const model = modelOf(layers);
    await model.predict(x);
    const weights = model.getWeights();
    const kept = bitsOf(weights);
    model.setWeights(weights);
    for (const { data } of weights) data.fill(7);
    expect(bitsOf(model.getWeights())).toEqual(kept);
  });
});
