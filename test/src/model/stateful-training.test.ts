import { describe, expect, it } from "vitest";
import {
  bidirectional,
  type Callback,
  dense,
  lstm,
  type Sequential,
  StateError,
  sequential,
} from "../../../src/index.js";
import type { BidirectionalLayer } from "../../../src/layers/recurrent/bidirectional.js";
import type { LstmLayer } from "../../../src/layers/recurrent/lstm.js";
import { bitsOf, errorOf, values } from "./support.js";

type Cell = LstmLayer | BidirectionalLayer;

describe("while a stateful model trains", () => {
  const batch = 2;
  const x = values([6, 3, 2], 1);
  const y = values([6, 1], 2);
  const make = (directions: "one" | "both" = "one"): Sequential => {
    const cell = { units: 3, stateful: true };
    const first = { inputShape: [3, 2], batchSize: batch };
    const model = sequential(
      [
        directions === "one"
          ? lstm({ ...cell, ...first, name: "cell" })
          : bidirectional({ layer: lstm(cell), ...first, name: "cell" }),
        dense({ units: 1 }),
      ],
      { seed: 1 },
    );
    model.compile({ optimizer: "sgd", loss: "mse" });
    return model;
  };
  /** Trains, with callbacks and with a call from elsewhere between the first batch and the second of each epoch. */
  const train = async (
    model: Sequential,
    callbacks: readonly Callback[],
    elsewhere?: () => unknown,
  ): Promise<number[][]> => {
    let asked: unknown;
    // A dataset is read by fit itself: no callback is waited for then.
    const batches = {
      *[Symbol.iterator]() {
        for (let n = 0; n < 6; n += batch) {
          if (n === batch) asked = elsewhere?.();
          yield {
            x: { shape: [batch, 3, 2], data: x.data.slice(n * 6, (n + batch) * 6) },
            y: { shape: [batch, 1], data: y.data.slice(n, n + batch) },
          };
        }
      },
    };
    await model.fit(batches, { epochs: 3, callbacks });
    await asked;
    const cell = model.layers[0] as Cell;
    return bitsOf([...model.getWeights(), ...(await cell.getStates())]);
  };

  it.each<[string, (model: Sequential) => unknown]>([
    [
      "step()",
      (model) =>
        model.step([
          [1, 2],
          [3, 4],
        ]),
    ],
    ["predict()", (model) => model.predict(x, { batchSize: batch })],
    ["evaluate()", (model) => model.evaluate(x, y, { batchSize: batch })],
    ["compile()", (model) => model.compile({ optimizer: "adam", loss: "mae" })],
    ["setStates()", (model) => model.resetStates()],
    ["setStates()", (model) => (model.layers[0] as Cell).setStates(null)],
    ["setStates()", (model) => (model.layers[0] as Cell).setStates([values([2, 3], 1), values([2, 3], 2)])],
  ])("%s from elsewhere is refused, and the training is what it would have been", async (name, call) => {
    const [model, undisturbed] = [make(), make()];
    const came = await train(model, [], async () => {
      const error = await errorOf(() => call(model));
      expect(error).toBeInstanceOf(StateError);
      expect(error.message).toContain(`${name}: fit() is still running`);
    });
    expect(came).toEqual(await train(undisturbed, []));
  });

  it("states of both directions are refused as well", async () => {
    const states = ["h", "c", "h", "c"].map((_, i) => values([2, 3], i));
    const model = make("both");
    await train(model, [], async () => {
      for (const given of [null, states]) {
        const error = await errorOf(() => (model.layers[0] as Cell).setStates(given));
        expect(error).toBeInstanceOf(StateError);
      }
    });
  });

  it("a callback may predict and evaluate, from the states as they are, and changes none", async () => {
    const [model, undisturbed] = [make("both"), make("both")];
    const seen: unknown[] = [];
    const look = async (): Promise<void> => {
      seen.push((await model.predict(x, { batchSize: batch })).data);
      seen.push((await model.predict(x, { batchSize: batch })).data);
      seen.push(await model.evaluate(x, y, { batchSize: batch }));
    };
    const hooks = { onEpochBegin: look, onTrainBatchEnd: look, onEpochEnd: look };
    expect(await train(model, [hooks])).toEqual(await train(undisturbed, []));
    expect(seen[0]).toEqual(seen[1]);
    expect(seen).toHaveLength(3 * 3 * 5);
  });

  it("a callback may reset and set states, and does", async () => {
    const [model, apart] = [make(), make()];
    const came = await train(model, [{ onEpochBegin: () => model.resetStates() }]);
    for (let epoch = 0; epoch < 3; epoch++) {
      apart.resetStates();
      for (let n = 0; n < 6; n += batch) {
        await apart.trainOnBatch(
          { shape: [batch, 3, 2], data: x.data.slice(n * 6, (n + batch) * 6) },
          { shape: [batch, 1], data: y.data.slice(n, n + batch) },
        );
      }
    }
    const states = await (apart.layers[0] as Cell).getStates();
    expect(came).toEqual(bitsOf([...apart.getWeights(), ...states]));
    expect(came).not.toEqual(await train(make(), []));
  });

  it("all of it works again when the fit has ended, by an error too", async () => {
    const model = make();
    const fails = { onEpochBegin: () => Promise.reject(new Error("mine")) };
    await expect(train(model, [fails])).rejects.toThrow("mine");
    model.resetStates();
    model.compile({ optimizer: "sgd", loss: "mae" });
    expect((await model.predict(x, { batchSize: batch })).shape).toEqual([6, 1]);
  });
});
