import { describe, expect, it } from "vitest";
import {
  concatenate,
  dense,
  flatten,
  fromKeras,
  fromLayersModel,
  fromOnnx,
  type GraphModel,
  input,
  model,
  sequential,
  type Tensor,
  timeDistributed,
  toKeras,
  toLayersModel,
  toOnnx,
  toSafetensors,
  toTorch,
} from "../../../src/index.js";
import { bitsOf, errorOf, expectNear, values } from "../model/support.js";
import { graphCases } from "./graph-models.js";

const predictions = async (model: GraphModel, x: readonly Tensor[]): Promise<Tensor[]> =>
  [await model.predict<Tensor | Tensor[]>(x.length === 1 ? x[0]! : x)].flat();

describe("graphs in files of Keras", () => {
  it.each(Object.entries(graphCases))("%s", async (_, { build, x }) => {
    const model = build();
    // Weights that are zeros would hide a wrong order.
    model.setWeights(model.getWeights().map(({ shape }, i) => values(shape, 20 + i, 0.7)));
    const bytes = await toKeras(model);
    const back = await fromKeras<GraphModel>(bytes);
    expect(back.layers.map(({ name }) => name)).toEqual(model.layers.map(({ name }) => name));
    expect(back.getWeights().map(({ name }) => name)).toEqual(model.getWeights().map(({ name }) => name));
    expect(bitsOf(await predictions(back, x))).toEqual(bitsOf(await predictions(model, x)));
    expect(await toKeras(back)).toEqual(bytes);
  });

  it("losses, metrics and their factors come with them, by output", async () => {
    const model = graphCases["two inputs, two outputs, a layer applied twice"]!.build();
    model.compile({
      optimizer: "adam",
      loss: ["mse", "categoricalCrossentropy"],
      lossWeights: [0.5, 2],
      metrics: [["mae"], ["accuracy"]],
    });
    const back = await fromKeras<GraphModel>(await toKeras(model));
    const x = [values([4, 5, 3], 1), values([4, 5, 3], 2)];
    const y = [
      values([4, 1], 3),
      [
        [0, 1],
        [1, 0],
        [0, 1],
        [1, 0],
      ],
    ];
    expect(await back.evaluate(x, y)).toEqual(await model.evaluate(x, y));
  });

  it("layers that share weights are refused", async () => {
    const inner = sequential([dense({ units: 2, inputShape: [3] })], { name: "inner" });
    const [a, b] = [input({ shape: [3] }), input({ shape: [4, 3] })];
    const steps = flatten().apply(timeDistributed({ layer: inner }).apply(b));
    const shared = model({ inputs: [a, b], outputs: concatenate().apply([inner.apply(a), steps]) });
    for (const save of [toKeras, toLayersModel, toSafetensors]) {
      expect((await errorOf(() => save(shared))).message).toMatch(/`\w+` and `\w+` share the weight kernel/);
    }
  });

  it("a state dict, which has no connections, is refused", async () => {
    const model = graphCases["merges of all kinds"]!.build();
    expect((await errorOf(() => toTorch(model))).message).toMatch(/weights and no connections/);
  });
});

describe("graphs in files of ONNX", () => {
  /** Operators that exporters write for a part of what a layer does are not put together again. */
  const oneWay: Readonly<Record<string, RegExp>> = {
    "differences and products of normalized rows": /operator Max .* works on a constant/,
  };

  it.each(Object.entries(graphCases))("%s", async (name, { build, x }) => {
    const model = build();
    model.setWeights(model.getWeights().map(({ shape }, i) => values(shape, 20 + i, 0.7)));
    const bytes = await toOnnx(model);
    const refusal = oneWay[name];
    if (refusal !== undefined) {
      expect((await errorOf(() => fromOnnx(bytes))).message).toMatch(refusal);
      return;
    }
    const back = await fromOnnx<GraphModel>(bytes);
    const [got, expected] = [await predictions(back, x), await predictions(model, x)];
    got.forEach(({ shape, data }, i) => {
      expect(shape).toEqual(expected[i]!.shape);
      expectNear(`output ${i}`, data, expected[i]!.data, 1e-6, 1e-6);
    });
  });
});

describe("graphs in files of TensorFlow.js", () => {
  it.each(Object.entries(graphCases))("%s", async (_, { build, x, not = [] }) => {
    const model = build();
    model.setWeights(model.getWeights().map(({ shape }, i) => values(shape, 20 + i, 0.7)));
    if (not.includes("tfjs")) return;
    const back = await fromLayersModel<GraphModel>({ ...(await toLayersModel(model)) });
    expect(bitsOf(await predictions(back, x))).toEqual(bitsOf(await predictions(model, x)));
  });

  it("layers and calls it does not have are refused by name", async () => {
    const message = async (name: string): Promise<string> =>
      (await errorOf(() => toLayersModel(graphCases[name]!.build()))).message;
    expect(await message("differences and products of normalized rows")).toMatch(/`subtract` is a Subtract/);
    expect(await message("attention of many heads with what it began with")).toMatch(
      /Attention, which TensorFlow.js does not have/,
    );
  });
});
