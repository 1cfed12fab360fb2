import { describe, expect, it } from "vitest";
import {
  dense,
  embedding,
  flatten,
  fromSafetensors,
  type Layer,
  l2,
  layerNormalization,
  lstm,
  masking,
  maxNorm,
  repeatVector,
  sequential,
  type Tensor,
  timeDistributed,
  toSafetensors,
} from "../../../src/index.js";
import { layerFromConfig } from "../../../src/layers/from-config.js";
import { errorOf, values } from "../model/support.js";

const sequence = values([2, 4, 3], 1);
const ids: Tensor = { shape: [2, 4], data: Int32Array.of(1, 2, 0, 0, 3, 1, 2, 4) };
const shape = { inputShape: [4, 3] } as const;

const stacks: readonly (readonly [string, Tensor, () => Layer[]])[] = [
  [
    "masking",
    sequence,
    () => [masking({ maskValue: -1, ...shape }), lstm({ units: 2, activityRegularizer: "l1" })],
  ],
  ["repeatVector and flatten", sequence, () => [flatten(shape), dense({ units: 3 }), repeatVector({ n: 2 })]],
  [
    "layerNormalization",
    sequence,
    () => [
      layerNormalization({
        epsilon: 0.1,
        scale: false,
        betaInitializer: "ones",
        betaConstraint: maxNorm(),
        ...shape,
      }),
    ],
  ],
  [
    "timeDistributed",
    sequence,
    () => [
      timeDistributed({
        layer: dense({ units: 2, activation: "tanh", kernelRegularizer: l2({ l2: 0.1 }) }),
        ...shape,
      }),
    ],
  ],
  [
    "embedding",
    ids,
    () => [
      embedding({
        inputDim: 5,
        outputDim: 2,
        maskZero: true,
        embeddingsInitializer: "ones",
        activityRegularizer: l2(),
        inputShape: [4],
        trainable: false,
      }),
      lstm({ units: 2 }),
    ],
  ],
  [
    "embedding with a given table",
    ids,
    () => [embedding({ inputDim: 5, outputDim: 2, weights: values([5, 2], 3), inputShape: [4] })],
  ],
];

describe("layers made again from their configuration", () => {
  it.each(stacks)("have the same configuration, through JSON: %s", (_, _x, make) => {
    const model = sequential(make());
    for (const layer of model.layers) {
      const text = JSON.stringify(layer.getConfig());
      const again = layerFromConfig({ kind: layer.kind, config: JSON.parse(text) as object });
      expect(JSON.parse(JSON.stringify(again.getConfig()))).toEqual(JSON.parse(text));
    }
  });

  it.each(stacks)("make the same model, through a file: %s", async (_, x, make) => {
    const model = sequential(make(), { seed: 1 });
    model.compile({ optimizer: "adam", loss: "mse" });
    const again = fromSafetensors(toSafetensors(model));
    expect(again.getWeights()).toEqual(model.getWeights());
    const [a, b] = [await model.predict(x), await again.predict(x)];
    expect(b).toEqual(a);
    // Regularizers and what is trainable show in the loss and in the gradients.
    const y = values(a.shape, 5);
    expect(await again.gradients(x, y)).toEqual(await model.gradients(x, y));
  });

  it("are refused by name when their kind is unknown", async () => {
    const error = await errorOf(() => layerFromConfig({ kind: "myLayer", config: {} }));
    expect(error.name).toBe("FormatError");
    expect(error.message).toMatch(/`myLayer` is not known here. Known: lstm/);
  });

  it.each([
    ["conv2D", /images or volumes.*reshape/],
    ["Conv2D", /images or volumes/],
    ["separable_conv1d", /groups: features/],
    ["stringLookup", /textVectorization/],
    ["randomFlip", /Prepare images before/],
    ["lambda", /customLayer/],
    ["relu", /activation: "relu"/],
    ["groupNormalization", /layerNormalization/],
    ["lstmCell", /step\(\)/],
  ])("are refused by name with what to take instead: %s", async (kind, message) => {
    const error = await errorOf(() => layerFromConfig({ kind, config: {} }));
    expect(error.name).toBe("ConfigError");
    expect(error.message).toContain(`Keras's layer \`${kind}\``);
    expect(error.message).toMatch(message);
  });
});
