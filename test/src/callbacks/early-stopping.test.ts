import { describe, expect, test, vi } from "vitest";
import { type EarlyStoppingOptions, earlyStopping } from "../../../src/callbacks/early-stopping.js";
import { ConfigError } from "../../../src/errors.js";
import { FakeModel, losses } from "./fake-model.js";

/** Number of epochs run and the best one, for a series of val_loss. */
async function run(options: EarlyStoppingOptions, ...values: number[]) {
  const model = new FakeModel();
  const callback = earlyStopping(options);
  const epochs = (await model.fit(callback, losses(...values))).length;
  return {
    last: epochs - 1,
    stopped: callback.stoppedEpoch,
    best: callback.best,
    bestEpoch: callback.bestEpoch,
    weight: model.weight[0],
  };
}

describe("earlyStopping", () => {
  test.each([0, 1])("patience %i stops at the first epoch that does not improve", async (patience) => {
    expect(await run({ patience }, 1, 0.9, 0.9, 0.9, 0.9)).toMatchObject({
      last: 2,
      stopped: 2,
      bestEpoch: 1,
    });
  });

  test("a baseline has to be beaten by minDelta too", async () => {
    // 0.9 is better than the best, but not than 1 by 0.2: the patience runs on.
    expect(await run({ patience: 2, minDelta: 0.2, baseline: 1 }, 2, 0.9, 0.9, 0.9, 0.9)).toMatchObject({
      last: 2,
    });
    expect(await run({ patience: 2, minDelta: 0.2, baseline: 1 }, 2, 0.7, 0.7, 0.7, 0.7)).toMatchObject({
      last: 3,
    });
  });

  test("the patience does not run before startFromEpoch", async () => {
    const options = { patience: 3, startFromEpoch: 3, baseline: 0.5 };
    expect(await run(options, 1, 1, 1, 0.9, 0.9, 0.9, 0.9)).toMatchObject({ last: 5 });
  });

  test("an improvement smaller than minDelta is none", async () => {
    expect(await run({ patience: 2, minDelta: 0.1 }, 1, 0.5, 0.5, 0.5, 0.5)).toMatchObject({
      last: 3,
      bestEpoch: 1,
    });
    expect(await run({ patience: 2, minDelta: 0.1 }, 1, 0.95, 0.93, 0.92)).toMatchObject({
      last: 2,
      bestEpoch: 0,
    });
    expect(await run({ patience: 2, minDelta: -0.1 }, 1, 0.95, 0.93, 0.92)).toMatchObject({
      last: 2,
      bestEpoch: 0,
    });
  });

  test("improvement is strict and the best is that of the epoch", async () => {
    expect(await run({ patience: 3 }, 3, 2, 2, 1, 1, 1, 1, 1)).toMatchObject({
      last: 6,
      best: 1,
      bestEpoch: 3,
    });
  });

  test("training that improves to its end is not stopped", async () => {
    expect(await run({}, 3, 2, 1)).toMatchObject({ last: 2, stopped: undefined, best: 1 });
  });

  test("larger is better for accuracy, and where mode says so", async () => {
    const model = new FakeModel();
    const accuracy = earlyStopping({ monitor: "val_accuracy" });
    const logs = [0.5, 0.6, 0.6].map((val_accuracy) => ({ val_accuracy }));
    expect((await model.fit(accuracy, logs)).length).toBe(3);
    expect(accuracy.bestEpoch).toBe(1);
    expect(await run({ mode: "max" }, 1, 2, 1)).toMatchObject({ last: 2, bestEpoch: 1 });
  });

  test("below the baseline the patience runs on, but an improving epoch does not stop", async () => {
    expect(await run({ patience: 2, baseline: 0.5 }, 1, 0.9, 0.8, 0.8, 0.8)).toMatchObject({
      last: 3,
      bestEpoch: 2,
    });
    expect(await run({ patience: 2, baseline: 0.5 }, 1, 0.4, 0.4, 0.4, 0.4)).toMatchObject({
      last: 3,
      bestEpoch: 1,
    });
  });

  test("startFromEpoch leaves the first epochs unseen", async () => {
    expect(await run({ startFromEpoch: 2 }, 0.1, 0.5, 1, 1)).toMatchObject({
      last: 3,
      best: 1,
      bestEpoch: 2,
    });
  });

  test("restoreBestWeights goes back to the best epoch, also when training was not stopped", async () => {
    expect(await run({ restoreBestWeights: true, patience: 1 }, 1, 0.5, 0.7, 0.1)).toMatchObject({
      last: 2,
      weight: 2,
    });
    expect(await run({ restoreBestWeights: true, patience: 9 }, 1, 0.5, 0.7)).toMatchObject({
      last: 2,
      weight: 2,
    });
    expect(await run({ patience: 9 }, 1, 0.5, 0.7)).toMatchObject({ weight: 3 });
  });

  test("NaN is the worst value, not an unbeatable one", async () => {
    expect(await run({ patience: 2, restoreBestWeights: true }, NaN, 1, 0.5, 0.6, 0.6)).toMatchObject({
      last: 4,
      best: 0.5,
      weight: 3,
    });
    expect(await run({ patience: 1 }, 1, NaN, 0.5)).toMatchObject({ last: 1, best: 1 });
    expect(await run({ patience: 1, mode: "max" }, NaN, 1, 2)).toMatchObject({ last: 2, best: 2 });
    expect(await run({ patience: 2 }, NaN, NaN, NaN, NaN)).toMatchObject({ last: 2, bestEpoch: 0 });
  });

  test("one instance serves several fits", async () => {
    const model = new FakeModel();
    const callback = earlyStopping({ patience: 1 });
    expect((await model.fit(callback, losses(1, 1, 1))).length).toBe(2);
    expect((await model.fit(callback, losses(5, 4, 4, 3))).length).toBe(3);
    expect(callback.best).toBe(4);
  });

  test("an unknown monitor names what there is at the first epoch's end", async () => {
    const fitWith = (monitor: string, logs: Record<string, number>): Promise<unknown> =>
      new FakeModel().fit(earlyStopping({ monitor, mode: "min" }), [logs]);
    await expect(fitWith("val_loss", { loss: 1 })).rejects.toThrow(ConfigError);
    await expect(fitWith("val_loss", { loss: 1 })).rejects.toThrow(
      /They hold: loss\. Give fit\(\) `validationData`/,
    );
    await expect(fitWith("los", { loss: 1 })).rejects.toThrow(/Did you mean `loss`/);
  });

  test("verbose says when it stops", async () => {
    const said = vi.spyOn(console, "info").mockImplementation(() => {});
    await run({ verbose: 1, restoreBestWeights: true }, 1, 1);
    await run({}, 1, 1);
    expect(said.mock.calls.map(([text]) => text)).toEqual([
      "earlyStopping(): epoch 2: stopping; val_loss was best, 1, in epoch 1",
      "earlyStopping(): going back to the weights of epoch 1",
    ]);
    said.mockRestore();
  });

  test.each([
    [{ patience: -1 }, /patience/],
    [{ patience: 1.5 }, /patience/],
    [{ mode: "down" }, /mode/],
    [{ restoreBestWeight: true }, /Did you mean `restoreBestWeights`/],
    [{ monitor: "my_score" }, /cannot be read from its name/],
    [{ monitor: 3 }, /monitor/],
    [{ baseline: NaN }, /baseline/],
    [{ verbose: 2 }, /verbose/],
  ])("%j is refused", (options, message) => {
    expect(() => earlyStopping(options as EarlyStoppingOptions)).toThrow(ConfigError);
    expect(() => earlyStopping(options as EarlyStoppingOptions)).toThrow(message);
  });
});
