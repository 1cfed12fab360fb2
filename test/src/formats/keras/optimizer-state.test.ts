import { describe, expect, it, vi } from "vitest";
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  dense,
  fromKeras,
  lion,
  lstm,
  nadam,
  type Optimizer,
  rmsprop,
  sequential,
  sgd,
  toKeras,
} from "../../../../src/index.js";
import { bitsOf, values } from "../../model/support.js";

const x = values([8, 4, 2], 1);
const y = values([8, 1], 2);

const trained = async (optimizer: Optimizer) => {
  const model = sequential([lstm({ units: 3, inputShape: [4, 2] }), dense({ units: 1 })], { seed: 1 });
  model.compile({ optimizer, loss: "mse" });
  await model.fit(x, y, { epochs: 3, batchSize: 4, shuffle: false });
  return model;
};

describe("an optimizer's state in a file of Keras", () => {
  it.each<[string, () => Optimizer]>([
    ["sgd", () => sgd({ learningRate: 0.05, momentum: 0.9 })],
    ["adam", () => adam({ learningRate: 0.02 })],
    ["adamw", () => adamw({ learningRate: 0.02 })],
    ["rmsprop", () => rmsprop({ learningRate: 0.01 })],
    ["adagrad", () => adagrad({ learningRate: 0.1 })],
    ["adadelta", () => adadelta({ learningRate: 1 })],
    ["adamax", () => adamax({ learningRate: 0.01 })],
    ["lion", () => lion({ learningRate: 0.01 })],
  ])("%s goes on to the bit", async (_, make) => {
    const model = await trained(make());
    const back = await fromKeras(await toKeras(model));
    expect(back.optimizer.iterations).toBe(6);
    for (const one of [model, back]) await one.fit(x, y, { epochs: 2, batchSize: 4, shuffle: false });
    expect(bitsOf(back.getWeights())).toEqual(bitsOf(model.getWeights()));
    // Had the moments begun anew, the weights were others.
    const anew = await fromKeras(await toKeras(await trained(make())));
    anew.compile({ optimizer: make(), loss: "mse" });
    await anew.fit(x, y, { epochs: 2, batchSize: 4, shuffle: false });
    expect(bitsOf(anew.getWeights())).not.toEqual(bitsOf(model.getWeights()));
  });

  it("stands where the weights are frozen in part, and keeps the rate that a callback has set", async () => {
    const model = await trained(adam({ learningRate: 0.02 }));
    model.layers[0]!.trainable = false;
    model.compile({ optimizer: adam({ learningRate: 0.02 }), loss: "mse" });
    await model.fit(x, y, { epochs: 1 });
    model.optimizer.learningRate = 0.25;
    const back = await fromKeras(await toKeras(model));
    expect(back.optimizer.learningRate).toBe(0.25);
    for (const one of [model, back]) await one.trainOnBatch(x, y);
    expect(bitsOf(back.getWeights())).toEqual(bitsOf(model.getWeights()));
  });

  it.each<[() => Optimizer, RegExp]>([
    [nadam, /toKeras\(\): the state of nadam after 6 updates is not in the file/],
    [() => adam({ amsgrad: true }), /the state of adam with amsgrad after 6 updates/],
    [() => rmsprop({ centered: true }), /the state of rmsprop with centered after 6 updates/],
    [() => sgd({ useEma: true }), /the state of sgd with useEma after 6 updates/],
  ])("of an optimizer that has more is left out, and told: %s", async (make, message) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    try {
      const model = await trained(make());
      const back = await fromKeras(await toKeras(model));
      expect(back.optimizer.iterations).toBe(0);
      expect(warn.mock.calls.flat().join("\n")).toMatch(message);
      warn.mockClear();
      model.compile({ optimizer: make(), loss: "mse" });
      await toKeras(model);
      expect(warn).not.toHaveBeenCalled();
    } finally {
      warn.mockRestore();
    }
  });
});
