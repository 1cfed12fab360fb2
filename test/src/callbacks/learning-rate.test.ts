import { describe, expect, test, vi } from "vitest";
import { learningRateScheduler } from "../../../src/callbacks/learning-rate-scheduler.js";
import {
  type ReduceLROnPlateauOptions,
  reduceLROnPlateau,
} from "../../../src/callbacks/reduce-lr-on-plateau.js";
import { ConfigError } from "../../../src/errors.js";
import type { Callback, Logs } from "../../../src/model/events.js";
import { FakeModel, losses } from "./fake-model.js";

/** The optimizer's rate after each epoch. */
async function rates(options: ReduceLROnPlateauOptions, values: readonly number[]): Promise<number[]> {
  const model = new FakeModel(1);
  const callback = reduceLROnPlateau(options);
  const after: number[] = [];
  const watched: Callback = {
    onTrainBegin: (logs) => {
      callback.model = model;
      return callback.onTrainBegin?.(logs);
    },
    onEpochEnd: async (epoch, logs) => {
      await callback.onEpochEnd?.(epoch, logs);
      after.push(model.optimizer.learningRate);
    },
  };
  await model.fit(watched, losses(...values));
  return after;
}

const flat = (epochs: number): number[] => new Array<number>(epochs).fill(1);

describe("reduceLROnPlateau", () => {
  test("Keras's traces for a constant loss", async () => {
    expect(await rates({ patience: 2, factor: 0.5 }, flat(7))).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25, 0.125]);
    expect(await rates({ patience: 2, factor: 0.5, cooldown: 2 }, flat(9))).toEqual([
      1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125,
    ]);
    expect(await rates({ patience: 1, factor: 0.1, minLr: 0.05 }, flat(5))).toEqual([
      1, 0.1, 0.05, 0.05, 0.05,
    ]);
  });

  test("at minLr nothing is reduced any more, nor announced", async () => {
    const said = vi.spyOn(console, "info").mockImplementation(() => {});
    try {
      await rates({ patience: 1, factor: 0.1, minLr: 0.1, verbose: 1 }, flat(6));
      expect(said.mock.calls).toHaveLength(1);
    } finally {
      said.mockRestore();
    }
  });

  test("an improvement must exceed minDelta, absolutely", async () => {
    expect(await rates({ patience: 1, factor: 0.5 }, [1, 0.99995, 0.5, 0.4])).toEqual([1, 0.5, 0.5, 0.5]);
    expect(await rates({ patience: 1, factor: 0.5, mode: "max" }, [1, 2, 3, 3])).toEqual([1, 1, 1, 0.5]);
  });

  test("NaN is the worst value", async () => {
    expect(await rates({ patience: 1, factor: 0.5 }, [NaN, 1, NaN, 0.5])).toEqual([0.5, 0.5, 0.25, 0.25]);
  });

  test("logs the rate the epoch was trained with", async () => {
    const logs = await new FakeModel(1).fit(reduceLROnPlateau({ patience: 1, factor: 0.5 }), losses(1, 1, 1));
    expect(logs.map((log) => log.learning_rate)).toEqual([1, 1, 0.5]);
  });

  test("one instance serves several fits", async () => {
    const model = new FakeModel(1);
    const callback = reduceLROnPlateau({ patience: 1, factor: 0.5 });
    await model.fit(callback, losses(0.1, 0.1));
    await model.fit(callback, losses(9, 8, 7));
    expect(model.optimizer.learningRate).toBe(0.5);
  });

  test("refuses a scheduled rate before the first epoch", async () => {
    const fit = new FakeModel(1, true).fit(reduceLROnPlateau(), losses(1));
    await expect(fit).rejects.toThrow(ConfigError);
    await expect(fit).rejects.toThrow(/reduceLROnPlateau\(\): .*cosineDecay owns the rate/);
  });

  test("refuses an unknown monitor and bad options", async () => {
    await expect(new FakeModel().fit(reduceLROnPlateau(), [{ loss: 1 }])).rejects.toThrow(/They hold: loss/);
    for (const options of [{ factor: 1 }, { factor: 0 }, { patience: -1 }, { minLr: -1 }, { epsilon: 1 }]) {
      expect(() => reduceLROnPlateau(options as ReduceLROnPlateauOptions)).toThrow(ConfigError);
    }
  });
});

describe("learningRateScheduler", () => {
  test("sets the rate at the begin of an epoch and logs it", async () => {
    const seen: [number, number][] = [];
    const callback = learningRateScheduler((epoch, rate) => {
      seen.push([epoch, rate]);
      return rate / 2;
    });
    const logs: Logs[] = await new FakeModel(1).fit(callback, losses(1, 1, 1));
    expect(seen).toEqual([
      [0, 1],
      [1, 0.5],
      [2, 0.25],
    ]);
    expect(logs.map((log) => log.learning_rate)).toEqual([0.5, 0.25, 0.125]);
  });

  test("refuses a scheduled rate and what is no rate", async () => {
    await expect(
      new FakeModel(1, true).fit(
        learningRateScheduler(() => 1),
        losses(1),
      ),
    ).rejects.toThrow(ConfigError);
    for (const bad of [NaN, -1, Infinity, "1" as unknown as number]) {
      await expect(
        new FakeModel().fit(
          learningRateScheduler(() => bad),
          losses(1),
        ),
      ).rejects.toThrow(/for epoch 0/);
    }
    expect(() => learningRateScheduler(0.1 as unknown as () => number)).toThrow(ConfigError);
  });
});
