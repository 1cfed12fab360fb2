import { expect, it } from "vitest";
import { bidirectional, dense, lstm, sequential, tensor } from "../../../src/index.js";
import { deadLayers } from "../../../src/inspect/dead-layers.js";

const x = tensor(
  Float32Array.from({ length: 8 * 5 }, (_, i) => Math.sin(i)),
  [8, 5, 1],
);
const y = tensor(
  Float32Array.from({ length: 8 }, (_, i) => Math.cos(i)),
  [8, 1],
);

it("finds units of a relu that no input opens, and tells the directions of a layer apart", async () => {
  const model = sequential(
    [
      bidirectional({ layer: lstm({ units: 3 }), inputShape: [5, 1] }),
      dense({
        units: 4,
        activation: "relu",
        name: "shut",
        biasInitializer: { name: "constant", config: { value: -50 } },
      }),
      dense({ units: 2, trainable: false, name: "frozen" }),
      dense({ units: 1, name: "out" }),
    ],
    { seed: 1 },
  );
  model.compile({ optimizer: "adam", loss: "mse" });
  const flow = await model.gradientFlow(x, y);
  const { weights } = await model.gradients(x, y);
  const found = deadLayers(model.layers, flow, weights);
  const all = [0, 1, 2];
  // Nothing passes the shut relu: not even the layers before it learn.
  expect(found).toEqual([
    { name: expect.stringMatching(/forward/), units: 3, dead: all },
    { name: expect.stringMatching(/backward/), units: 3, dead: all },
    { name: "shut", units: 4, dead: [0, 1, 2, 3] },
    { name: "out", units: 1, dead: [] },
  ]);
  model.dispose();
});
