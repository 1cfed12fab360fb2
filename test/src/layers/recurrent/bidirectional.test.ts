import { describe, expect, it } from "vitest";
import {
  bidirectional,
  dense,
  dropout,
  gru,
  lstm,
  sequential,
  simpleRNN,
  type Tensor,
} from "../../../../src/index.js";
import { layersFromConfig } from "../../../../src/layers/from-config.js";
import type { RecurrentLayerSpec } from "../../../oracle/layers/wrappers.js";
import { errorOf, expectNear, values } from "../../model/support.js";
import { expectAgreement } from "../agreement.js";
import { ABSOLUTE, RELATIVE, twinsOf } from "./recurrent-support.js";

const kinds = ["lstm", "gru", "simpleRNN"] as const;
const modes = ["concat", "sum", "mul", "ave"] as const;
const inputShape = [null, 2];

describe.each(kinds)("bidirectional %s computes what float64 computes", (kind) => {
  const inner = (units: number, more: object = {}): RecurrentLayerSpec => ({ kind, units, ...more });

  it.each(
    modes.flatMap((mergeMode) => [false, true].map((returnSequences) => ({ mergeMode, returnSequences }))),
  )("$mergeMode, returnSequences $returnSequences", async ({ mergeMode, returnSequences }) => {
    for (const [units, batch] of [
      [1, 2],
      [4, 1],
      [6, 3],
      [9, 2],
    ] as const) {
      await expectAgreement({
        layers: [{ kind: "bidirectional", mergeMode, layer: inner(units, { returnSequences }), inputShape }],
        x: values([batch, 5, 2], units),
      });
    }
  });

  it("of one step", () =>
    expectAgreement({
      layers: [{ kind: "bidirectional", layer: inner(3), inputShape }],
      x: values([2, 1, 2], 1),
    }));

  it("of a layer that goes backwards itself", () =>
    expectAgreement({
      layers: [
        {
          kind: "bidirectional",
          layer: inner(3, { goBackwards: true, returnSequences: true }),
          inputShape,
        },
      ],
      x: values([2, 4, 2], 2),
    }));

  it("stacked, behind and before layers that pass gradients on", () =>
    expectAgreement({
      layers: [
        { kind: "dense", units: 3, inputShape: [5, 2] },
        { kind: "bidirectional", layer: inner(3, { returnSequences: true }), mergeMode: "mul" },
        { kind: "bidirectional", layer: inner(2) },
        { kind: "dense", units: 2 },
      ],
      x: values([3, 5, 2], 3),
    }));

  it("truncated, each direction in its own order", () =>
    expectAgreement({
      layers: [{ kind: "bidirectional", layer: inner(3, { returnSequences: true }), inputShape }],
      x: values([2, 5, 2], 4),
      truncate: 2,
    }));
});

describe("mergeMode null", () => {
  const layers = (returnSequences: boolean) =>
    [
      {
        kind: "bidirectional",
        mergeMode: null,
        layer: { kind: "gru", units: 3, returnSequences },
        inputShape,
      },
    ] as const;
  const x = values([5, 4, 2], 5);

  it.each([false, true])("predicts the array [forward, backward], returnSequences %s", async (sequences) => {
    const { model, oracle } = twinsOf(layers(sequences));
    const both = await model.predict<Tensor[]>(x, { batchSize: 2 });
    const expected = oracle.run(x).outputs;
    expect(both.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => [...shape]));
    both.forEach(({ data }, i) => {
      expectNear(`output ${i}`, data, expected[i]!.data, RELATIVE, ABSOLUTE);
    });
  });

  it("takes labels side by side", async () => {
    const { model, oracle } = twinsOf(layers(true));
    const y = values([5, 4, 6], 6);
    const { loss } = await model.gradients(x, y);
    const [forward, backward] = oracle.run(x).outputs;
    let sum = 0;
    for (let row = 0; row < 20; row++) {
      for (let k = 0; k < 6; k++) {
        const output = k < 3 ? forward!.data[row * 3 + k]! : backward!.data[row * 3 + k - 3]!;
        sum += (output - y.data[row * 6 + k]!) ** 2;
      }
    }
    expectNear("loss", [loss], [sum / 120], RELATIVE);
  });

  it("lets no layer follow", async () => {
    const model = sequential([
      bidirectional({ layer: gru({ units: 3 }), mergeMode: null, inputShape: [4, 2] }),
    ]);
    const error = await errorOf(() => model.add(dense({ units: 1 })));
    expect(error.message).toContain("`dense` cannot follow `bidirectional`");
    expect(error.message).toContain("mergeMode: null");
  });
});

describe("bidirectional", () => {
  it("names and orders its weights as Keras does", () => {
    const model = sequential([bidirectional({ layer: lstm({ units: 2 }), inputShape: [4, 3] })]);
    expect(model.getWeights().map(({ name, shape }) => [name, shape])).toEqual([
      ["bidirectional/forward_lstm/kernel", [3, 8]],
      ["bidirectional/forward_lstm/recurrent_kernel", [2, 8]],
      ["bidirectional/forward_lstm/bias", [8]],
      ["bidirectional/backward_lstm/kernel", [3, 8]],
      ["bidirectional/backward_lstm/recurrent_kernel", [2, 8]],
      ["bidirectional/backward_lstm/bias", [8]],
    ]);
    const [forward, , , backward] = model.getWeights();
    expect([...forward!.data]).not.toEqual([...backward!.data]);
  });

  it("is made again from its config, with the same outputs", async () => {
    const { model } = twinsOf([
      {
        kind: "bidirectional",
        mergeMode: "sum",
        layer: { kind: "gru", units: 3, resetAfter: false, returnSequences: true },
        inputShape: [4, 2],
      },
      { kind: "simpleRNN", units: 2, goBackwards: true },
    ]);
    const saved = JSON.parse(
      JSON.stringify(model.layers.map((layer) => ({ kind: layer.kind, config: layer.getConfig() }))),
    ) as { kind: string; config: object }[];
    const again = sequential(layersFromConfig(saved, [4, 2]));
    again.setWeights(model.getWeights());
    const x = values([3, 4, 2], 1);
    expect(again.getWeights().map(({ name }) => name)).toEqual(model.getWeights().map(({ name }) => name));
    expect((await again.predict(x)).data).toEqual((await model.predict(x)).data);
  });

  it("of a frozen layer, or frozen itself, has no gradients", async () => {
    const frozen = [
      bidirectional({ layer: gru({ units: 2, trainable: false }), inputShape: [4, 2] }),
      bidirectional({ layer: gru({ units: 2 }), trainable: false, inputShape: [4, 2] }),
    ];
    for (const layer of frozen) {
      const model = sequential([layer, dense({ units: 1 })]);
      model.compile({ loss: "mse" });
      const before = model.getWeights();
      await model.fit(values([4, 4, 2], 1), values([4, 1], 2), { verbose: 0 });
      model.getWeights().forEach(({ name, data }, i) => {
        const same = data.every((value, k) => value === before[i]!.data[k]);
        expect([name, same]).toEqual([name, name.startsWith("bidirectional")]);
      });
    }
  });

  it("drops different inputs and states in each direction", async () => {
    const model = sequential(
      [
        bidirectional({
          layer: simpleRNN({ units: 8, dropout: 0.5, recurrentDropout: 0.5 }),
          inputShape: [1, 8],
        }),
      ],
      { seed: 3 },
    );
    // The identity as kernel and one step: what was dropped can be read off the output.
    model.setWeights(
      model.getWeights().map(({ name, shape }) => ({
        shape,
        data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) =>
          name.endsWith("/kernel") && i % 9 === 0 ? 1 : 0,
        ),
      })),
    );
    model.compile({ loss: "mse", optimizer: "sgd" });
    const x = { shape: [1, 1, 8], data: new Float32Array(8).fill(1) };
    // One step against labels of 0 moves the kernel's row k if and only if input k was kept.
    await model.trainOnBatch(x, { shape: [1, 16], data: new Float32Array(16) });
    const kept = model
      .getWeights()
      .filter(({ name }) => name.endsWith("/kernel"))
      .map(({ data }) => Array.from({ length: 8 }, (_, k) => data[k * 9] !== 1));
    expect(kept[0]).not.toEqual(kept[1]);
    expect(kept.flat()).toContain(true);
    expect(kept.flat()).toContain(false);
  });

  const refused: [string, object, string][] = [
    ["a layer that is not recurrent", { layer: dense({ units: 2 }) }, "`dense`, expected a recurrent layer"],
    ["a factory that was not called", { layer: lstm }, "a factory that was not called"],
    ["no layer", {}, "expected a recurrent layer"],
    ["another merge mode", { layer: gru({ units: 2 }), mergeMode: "avg" }, "Did you mean `ave`"],
    [
      "two inputShapes",
      { layer: gru({ units: 2, inputShape: [3, 2] }), inputShape: [4, 2] },
      "`inputShape` is [4,2], and [3,2] for the layer inside",
    ],
    ["an unknown option", { layer: gru({ units: 2 }), merge: "sum" }, "unknown option `merge`"],
  ];
  it.each(refused)("refuses %s", async (_what, options, words) => {
    const error = await errorOf(() => bidirectional(options as never));
    expect(error.name).toBe("ConfigError");
    expect(error.message).toContain(words);
  });

  it("takes the layer first and its own options behind, and what comes in from the layer inside, as Keras does", async () => {
    const both = bidirectional(gru({ units: 3, returnSequences: true, inputShape: [5, 2], batchSize: 4 }), {
      mergeMode: "sum",
      name: "both",
    });
    expect([both.name, both.mergeMode, both.inputShape, both.batchSize]).toEqual(["both", "sum", [5, 2], 4]);
    const model = sequential([both]);
    expect(model.layers[0]!.outputShape).toEqual([5, 3]);
    const again = sequential(layersFromConfig([{ kind: "bidirectional", config: both.getConfig() }], [5, 2]));
    again.setWeights(model.getWeights());
    const x = values([4, 5, 2], 3);
    expect((await again.predict(x)).data).toEqual((await model.predict(x)).data);
  });

  it.each([
    ["a number", () => bidirectional(lstm({ units: 2 }), 3 as never), "and 3"],
    [
      "two records",
      () => bidirectional({ layer: lstm({ units: 2 }) }, { mergeMode: "sum" }),
      "expected a layer",
    ],
    [
      "two layers",
      () => bidirectional(lstm({ units: 2 }), { layer: gru({ units: 2 }) } as never),
      "expected a layer",
    ],
  ])("refuses %s behind the layer", async (_what, make, words) => {
    const error = await errorOf(make);
    expect(error.name).toBe("ConfigError");
    expect(error.message).toContain(words);
  });

  it("refuses a layer twice", async () => {
    const layer = lstm({ units: 2 });
    bidirectional({ layer });
    expect((await errorOf(() => bidirectional({ layer }))).message).toContain("already part");
  });

  it("says which layer needs returnSequences", async () => {
    const error = await errorOf(() =>
      sequential([
        bidirectional({ layer: lstm({ units: 2 }), inputShape: [4, 2] }),
        dropout({ rate: 0 }),
        lstm({ units: 2 }),
      ]),
    );
    expect(error.name).toBe("ShapeError");
    const direct = await errorOf(() =>
      sequential([bidirectional({ layer: lstm({ units: 2 }), inputShape: [4, 2] }), lstm({ units: 2 })]),
    );
    expect(direct.message).toContain(
      "Give the layer inside `bidirectional` the option returnSequences: true",
    );
  });
});
