import { describe, expect, it } from "vitest";
import {
  bidirectional,
  dense,
  embedding,
  gru,
  input,
  lstm,
  model,
  plotModel,
  type SymbolicTensor,
  sequential,
  type Tensor,
} from "../../../../src/index.js";
import { bitsOf, errorOf, values } from "../support.js";

const x = values([6, 4, 3], 1);
const y = values([6, 1], 2);

describe("a chain among the graphs", () => {
  it("has the bits of sequential: first weights, dropout, losses, trained weights", async () => {
    const layers = () => [lstm({ units: 5, dropout: 0.2 }), dense({ units: 1, activation: "tanh" })] as const;
    const [first, second] = layers();
    const begin = input({ shape: [4, 3] });
    const graph = model({ inputs: begin, outputs: second.apply(first.apply(begin)), seed: 3 });
    const chain = sequential([lstm({ units: 5, dropout: 0.2, inputShape: [4, 3] }), layers()[1]], {
      seed: 3,
    });
    expect(graph.getWeights()).toEqual(chain.getWeights());
    const histories = [];
    for (const one of [graph, chain]) {
      one.compile({ optimizer: "adam", loss: "mse", metrics: ["mae"] });
      histories.push(await one.fit(x, y, { epochs: 3, batchSize: 4, validationSplit: 0.3 }));
    }
    expect(histories[0]).toEqual(histories[1]);
    expect(bitsOf(graph.getWeights())).toEqual(bitsOf(chain.getWeights()));
    expect(graph.layers.map(({ name }) => name)).toEqual(["input_layer", "lstm", "dense"]);
  });
});

/** Two inputs, two outputs; `head` is applied twice. */
function twoByTwo() {
  const series = input({ shape: [4, 3], name: "series" });
  const words = input({ shape: [null], name: "words" });
  const read = embedding({ inputDim: 9, outputDim: 3, maskZero: true }).apply(words);
  const [, h, c] = lstm({ units: 4, returnState: true }).apply<SymbolicTensor[]>(read);
  const told = lstm({ units: 4, name: "decoder" }).apply(series, { initialState: [h!, c!] });
  const mean = dense({ units: 1, name: "mean" }).apply(told);
  const kind = dense({ units: 3, activation: "softmax", name: "kind" }).apply(h!);
  return model({ inputs: [series, words], outputs: [mean, kind], seed: 1 });
}

const words: Tensor = { shape: [6, 2], data: Int32Array.from([1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 1, 1]) };
const kinds = [0, 1, 2, 0, 1, 2];

describe("several inputs and outputs", () => {
  it("are given in order or by name, and logged under Keras's names", async () => {
    const byOrder = twoByTwo();
    byOrder.compile({
      optimizer: "sgd",
      loss: ["mse", "sparseCategoricalCrossentropy"],
      lossWeights: [1, 0.5],
      metrics: [["mae"], ["accuracy"]],
    });
    const byName = twoByTwo();
    byName.compile({
      optimizer: "sgd",
      loss: { kind: "sparseCategoricalCrossentropy", mean: "mse" },
      lossWeights: { kind: 0.5 },
      metrics: { mean: "mae", kind: ["accuracy"] },
    });
    const one = await byOrder.fit([x, words], [y, kinds], {
      epochs: 2,
      batchSize: 4,
      validationData: [
        [x, words],
        [y, kinds],
      ],
    });
    const other = await byName.fit(
      { words, series: x },
      { mean: y, kind: kinds },
      {
        epochs: 2,
        batchSize: 4,
        validationData: [
          { words, series: x },
          { kind: kinds, mean: y },
        ],
      },
    );
    expect(other).toEqual(one);
    const keys = ["loss", "mean_loss", "kind_loss", "mean_mae", "kind_accuracy"];
    expect(Object.keys(one.history)).toEqual([...keys, ...keys.map((key) => `val_${key}`)]);
    const logs = await byOrder.evaluate([x, words], [y, kinds]);
    expect(logs.loss).toBeCloseTo(logs.mean_loss! + 0.5 * logs.kind_loss!, 5);
    expect(logs.loss).toBeCloseTo(one.history.val_loss!.at(-1)!, 5);

    const predicted = await byOrder.predict<Tensor[]>([x, words]);
    expect(predicted.map(({ shape }) => shape)).toEqual([
      [6, 1],
      [6, 3],
    ]);
    const { input: slopes } = await byOrder.gradients([x, words], [y, kinds]);
    expect((slopes as unknown as (Tensor | null)[]).map((slope) => slope?.shape)).toEqual([
      [6, 4, 3],
      undefined,
    ]);
  });

  it("a dataset brings them batch by batch, as an array does at once", async () => {
    const compile = { optimizer: "sgd", loss: ["mse", "sparseCategoricalCrossentropy"] } as const;
    const whole = twoByTwo();
    whole.compile(compile);
    await whole.fit([x, words], [y, kinds], { batchSize: 6, shuffle: false });
    const piecewise = twoByTwo();
    piecewise.compile(compile);
    await piecewise.fit([{ x: { series: x, words }, y: [y, kinds] }]);
    expect(bitsOf(piecewise.getWeights())).toEqual(bitsOf(whole.getWeights()));
  });

  it("an output without a loss is predicted and not trained", async () => {
    const built = twoByTwo();
    built.compile({ optimizer: "sgd", loss: { mean: "mse" } });
    const before = built.getLayer("kind").getWeights();
    await built.fit([x, words], { mean: y }, { epochs: 1 });
    expect(bitsOf(built.getLayer("kind").getWeights())).toEqual(bitsOf(before));
  });

  it("what is missing, too many or called otherwise is refused by name", async () => {
    const built = twoByTwo();
    built.compile({ loss: ["mse", "sparseCategoricalCrossentropy"] });
    expect((await errorOf(() => built.fit([x], [y, kinds]))).message).toContain("`series`, `words`");
    expect((await errorOf(() => built.fit({ series: x, word: words }, [y, kinds]))).message).toContain(
      "`word`",
    );
    expect((await errorOf(() => built.fit([x, words], { mean: y }))).message).toContain("y of `kind`");
    expect(
      (await errorOf(() => built.fit([x, words], [y, kinds], { classWeight: { 0: 2 } }))).message,
    ).toContain("classWeight");
    expect((await errorOf(() => built.compile({ loss: { means: "mse" } }))).message).toContain("`means`");
    expect((await errorOf(() => built.compile({ loss: ["mse"] }))).message).toContain("`mean`, `kind`");
  });
});

describe("what is no graph is refused", () => {
  it.each<[string, string, () => unknown]>([
    [
      "an output that needs another input",
      "disconnected",
      () => {
        const a = input({ shape: [2] });
        const b = input({ shape: [2], name: "other" });
        return model({ inputs: a, outputs: dense({ units: 1 }).apply(b) });
      },
    ],
    [
      "the tensor of another model",
      "disconnected",
      () => model({ inputs: input({ shape: [4, 3] }), outputs: twoByTwo().getLayer("mean").output }),
    ],
    [
      "two layers of one name",
      "`a`",
      () => {
        const begin = input({ shape: [2] });
        const h = dense({ units: 2, name: "a" }).apply(begin);
        return model({ inputs: begin, outputs: dense({ units: 1, name: "a" }).apply(h) });
      },
    ],
    ["numbers", "model.predict", () => dense({ units: 1 }).apply([[1, 2]] as never)],
    [
      "a layer in place of a tensor",
      "layer.apply",
      () => dense({ units: 1 }).apply(dense({ units: 2 }) as never),
    ],
    [
      "two inputs for a layer of one",
      "takes one input",
      () => {
        const begin = input({ shape: [2] });
        return dense({ units: 1 }).apply([begin, begin]);
      },
    ],
    [
      "shared weights of another shape",
      "[2, 3]",
      () => {
        const shared = dense({ units: 3 });
        shared.apply(input({ shape: [2] }));
        return shared.apply(input({ shape: [5] }));
      },
    ],
    [
      "states of another width",
      "[?, 4]",
      () => {
        const begin = input({ shape: [3, 2] });
        return gru({ units: 4 }).apply(begin, {
          initialState: [dense({ units: 3 }).apply(input({ shape: [2] }))],
        });
      },
    ],
    [
      "a layer of another model in a chain",
      "already part of a model",
      () => sequential([twoByTwo().getLayer("mean")]),
    ],
    [
      "returned states in a chain",
      "returnState",
      () => sequential([lstm({ units: 2, returnState: true, inputShape: [2, 1] })]),
    ],
  ])("%s", async (_what, words, call) => {
    const error = await errorOf(call);
    expect(error.message).toContain(words);
    expect(["ConfigError", "ShapeError"]).toContain(error.name);
  });
});

describe("layers shared between models", () => {
  it("the output of an inner layer, of a graph and of a chain, follows the training", async () => {
    const chain = sequential([lstm({ units: 3, name: "read", inputShape: [4, 3] }), dense({ units: 1 })], {
      seed: 2,
    });
    chain.compile({ optimizer: "adam", loss: "mse" });
    const look = model({ inputs: [...chain.inputs], outputs: chain.getLayer("read").output });
    const before = await look.predict(x);
    await chain.fit(x, y, { epochs: 2 });
    const after = await look.predict(x);
    expect(after.data).not.toEqual(before.data);
    // What follows from it is what the chain says, whichever of them was used last.
    const [kernel, bias] = chain.getLayer("dense").getWeights();
    const expected = await chain.predict(x);
    for (let n = 0; n < 6; n++) {
      const sum = [...kernel!.data].reduce(
        (total, w, k) => total + w * after.data[n * 3 + k]!,
        bias!.data[0]!,
      );
      expect(expected.data[n]).toBeCloseTo(sum, 5);
    }
    chain.dispose();
    expect((await look.predict(x)).data).toEqual(after.data);
  });

  it("a model stands in another one as a layer, twice, and trains there", async () => {
    const inner = sequential([dense({ units: 2, activation: "tanh", inputShape: [3] })], {
      name: "inner",
      seed: 4,
    });
    const [a, b] = [input({ shape: [3] }), input({ shape: [3] })];
    const outer = model({ inputs: [a, b], outputs: [inner.apply(a), inner.apply(b)], seed: 5 });
    expect(outer.getWeights().map(({ name }) => name)).toEqual(["inner/dense/kernel", "inner/dense/bias"]);
    expect(bitsOf(outer.getWeights())).toEqual(bitsOf(inner.getWeights()));
    outer.compile({ optimizer: "sgd", loss: "mse" });
    const rows = values([5, 3], 9);
    await outer.trainOnBatch([rows, rows], [values([5, 2], 10), values([5, 2], 11)]);
    expect(bitsOf(outer.getWeights())).toEqual(bitsOf(inner.getWeights()));
    const [one, two] = await outer.predict<Tensor[]>([rows, rows]);
    expect(two!.data).toEqual(one!.data);
    expect((await inner.predict(rows)).data).toEqual(one!.data);
  });

  it("`trainable` counts from the next compile", async () => {
    const built = sequential([lstm({ units: 3, inputShape: [4, 3] }), dense({ units: 1 })], { seed: 2 });
    built.compile({ optimizer: "sgd", loss: "mse" });
    await built.trainOnBatch(x, y);
    const first = built.layers[0]!;
    first.trainable = false;
    const before = bitsOf(first.getWeights());
    await built.trainOnBatch(x, y);
    const moved = bitsOf(first.getWeights());
    expect(moved).not.toEqual(before);
    built.compile({ optimizer: "sgd", loss: "mse" });
    await built.trainOnBatch(x, y);
    expect(bitsOf(first.getWeights())).toEqual(moved);
    first.trainable = true;
    built.compile({ optimizer: "sgd", loss: "mse" });
    await built.trainOnBatch(x, y);
    expect(bitsOf(first.getWeights())).not.toEqual(moved);
  });
});

describe("encoder and decoder", () => {
  it("step by step with states as inputs and outputs is the sequence at once", async () => {
    const told = input({ shape: [4, 3] });
    const decoder = lstm({ units: 4, returnSequences: true, returnState: true });
    const head = dense({ units: 2 });
    const [start, memory] = [input({ shape: [4] }), input({ shape: [4] })];
    const [all] = decoder.apply<SymbolicTensor[]>(told, { initialState: [start, memory] });
    const atOnce = model({ inputs: [told, start, memory], outputs: head.apply(all!), seed: 8 });
    const one = input({ shape: [1, 3] });
    const [h0, c0] = [input({ shape: [4] }), input({ shape: [4] })];
    const [out, h1, c1] = decoder.apply<SymbolicTensor[]>(one, { initialState: [h0, c0] });
    const stepwise = model({ inputs: [one, h0, c0], outputs: [head.apply(out!), h1!, c1!] });
    let states: Tensor[] = [values([6, 4], 20), values([6, 4], 21)];
    const whole = await atOnce.predict([x, ...states]);
    for (let t = 0; t < 4; t++) {
      const step = {
        shape: [6, 1, 3],
        data: Float32Array.from({ length: 18 }, (_, i) => x.data[Math.floor(i / 3) * 12 + 3 * t + (i % 3)]!),
      };
      const [said, ...next] = await stepwise.predict<Tensor[]>([step, ...states]);
      states = next;
      for (let n = 0; n < 6; n++) {
        expect([...said!.data.slice(2 * n, 2 * n + 2)]).toEqual([
          ...whole.data.slice(8 * n + 2 * t, 8 * n + 2 * t + 2),
        ]);
      }
    }
  });

  it("a bidirectional layer hands on both directions' states, and takes a backward layer of one's own", () => {
    const begin = input({ shape: [4, 3] });
    const both = bidirectional({
      layer: gru({ units: 2, returnState: true }),
      backwardLayer: gru({ units: 2, returnState: true, goBackwards: true, activation: "sigmoid" }),
    });
    expect(both.apply<SymbolicTensor[]>(begin).map(({ shape }) => shape)).toEqual([
      [null, 4],
      [null, 2],
      [null, 2],
    ]);
    expect(bidirectional(lstm({ units: 2 })).forward.units).toBe(2);
  });
});

it("a picture of a model names its layers and shapes", () => {
  const svg = plotModel(twoByTwo());
  for (const text of ["series (input)", "decoder (lstm)", "[?, 4, 3]", "kind (dense)"])
    expect(svg).toContain(text);
});
