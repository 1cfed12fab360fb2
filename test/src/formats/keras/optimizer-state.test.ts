import { unzipSync } from "fflate";
import { File as JsFile } from "jsfive";
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
    ["nadam", () => nadam({ learningRate: 0.01 })],
    ["adam with amsgrad", () => adam({ learningRate: 0.02, amsgrad: true })],
    ["rmsprop with all it has", () => rmsprop({ learningRate: 0.01, momentum: 0.5, centered: true })],
    ["adamw with averages", () => adamw({ learningRate: 0.02, useEma: true, emaMomentum: 0.5 })],
    ["sgd with averages", () => sgd({ learningRate: 0.05, useEma: true, emaOverwriteFrequency: 4 })],
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

  it("the variables stand in Keras's order: averages, moments side by side, then what is maximal, and Nadam's product", async () => {
    const shapes = async (optimizer: Optimizer): Promise<number[][]> => {
      const weights = unzipSync(await toKeras(await trained(optimizer)))["model.weights.h5"]!;
      const file = new JsFile(weights.slice().buffer, "weights") as unknown as {
        get(path: string): { keys: string[]; shape: number[] };
      };
      const { keys } = file.get("optimizer/vars");
      return keys.map((_, i) => file.get(`optimizer/vars/${i}`).shape);
    };
    const [kernel, recurrent, bias, out, last] = [[2, 12], [3, 12], [12], [3, 1], [1]];
    const weights = [kernel, recurrent, bias, out, last] as number[][];
    const twice = weights.flatMap((shape) => [shape, shape]);
    expect(await shapes(adam({ amsgrad: true, useEma: true }))).toEqual([
      [],
      [],
      ...weights,
      ...twice,
      ...weights,
    ]);
    expect(await shapes(nadam())).toEqual([[], [], ...twice, []]);
  });

  it("of an optimizer that gathers gradients is left out, and told", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    try {
      const make = () => adam({ gradientAccumulationSteps: 2 });
      const model = await trained(make());
      const back = await fromKeras(await toKeras(model));
      expect(back.optimizer.iterations).toBe(0);
      expect(warn.mock.calls.flat().join("\n")).toMatch(
        /toKeras\(\): the state of adam with gradientAccumulationSteps after 3 updates is not in the file/,
      );
      warn.mockClear();
      model.compile({ optimizer: make(), loss: "mse" });
      await toKeras(model);
      expect(warn).not.toHaveBeenCalled();
    } finally {
      warn.mockRestore();
    }
  });
});
