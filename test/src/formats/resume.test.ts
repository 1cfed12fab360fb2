import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  adam,
  auc,
  backupAndRestore,
  type Callback,
  type Dataset,
  dense,
  dropout,
  earlyStopping,
  exponentialDecay,
  type FitOptions,
  fromSafetensors,
  type History,
  learningRateScheduler,
  lstm,
  type Optimizer,
  reduceLROnPlateau,
  type Sequential,
  sequential,
  sgd,
  type Tensor,
  toSafetensors,
} from "../../../src/index.js";
import { backupAndRestore as backupToFile } from "../../../src/node/index.js";
import { bitsOf, errorOf, values } from "../model/support.js";

const x = values([20, 4, 2], 1);
const y: Tensor = { shape: [20, 1], data: values([20, 1], 2).data.map((v) => (v > 0 ? 1 : 0)) };
const make = (optimizer: Optimizer = adam({ learningRate: 0.02 })): Sequential => {
  const model = sequential(
    [
      lstm({
        units: 4,
        stateful: true,
        inputShape: [4, 2],
        batchSize: 4,
        dropout: 0.3,
        recurrentDropout: 0.2,
      }),
      dropout({ rate: 0.2 }),
      dense({ units: 1, activation: "sigmoid" }),
    ],
    { seed: 5 },
  );
  model.compile({ optimizer, loss: "binaryCrossentropy", metrics: ["mae", "r2", auc(), "rmse"] });
  return model;
};
const options = (callbacks: Callback[] = []): FitOptions => ({
  epochs: 5,
  validationSplit: 0.2,
  callbacks: [
    ...callbacks,
    reduceLROnPlateau({ monitor: "loss", patience: 1, factor: 0.5, minDelta: 10 }),
    earlyStopping({ monitor: "val_loss", patience: 2, minDelta: 0.002, restoreBestWeights: true }),
  ],
});

/** Saves once: after a batch of an epoch, or at its end. */
const savingAt = (epoch: number, batch: number | null, keep: (bytes: Uint8Array) => void): Callback => {
  let at = 0;
  const save = (callback: Callback): void =>
    keep(toSafetensors(callback.model as Sequential, { optimizer: true }));
  return {
    onEpochBegin: (index) => {
      at = index;
    },
    onTrainBatchEnd(index) {
      if (at === epoch && index === batch) save(this);
    },
    onEpochEnd(index) {
      if (batch === null && index === epoch) save(this);
    },
  };
};

describe("a training goes on from a file to the byte", () => {
  const places = [
    [0, 0],
    [1, 2],
    [2, 3],
    [1, null],
    [0, null],
  ] as const;
  it.each(places)("saved in epoch %i after batch %s", async (epoch, batch) => {
    let bytes: Uint8Array | undefined;
    const through = make();
    const whole = await through.fit(
      x,
      y,
      options([
        savingAt(epoch, batch, (saved) => {
          bytes = saved;
        }),
      ]),
    );
    const resumed = fromSafetensors(bytes!);
    const rest = await resumed.fit(x, y, { ...options(), initialEpoch: epoch });
    const from = batch === null ? epoch + 1 : epoch;
    expect(rest.epoch).toEqual(whole.epoch.slice(from));
    for (const name of Object.keys(whole.history)) {
      expect([name, rest.history[name]]).toEqual([name, whole.history[name]!.slice(from)]);
    }
    expect(bitsOf(resumed.getWeights())).toEqual(bitsOf(through.getWeights()));
    expect(resumed.optimizer.learningRate).toBe(through.optimizer.learningRate);
    const states = async (model: Sequential) =>
      (await (model.layers[0] as unknown as { getStates(): Promise<Tensor[]> }).getStates()).map(
        ({ data }) => [...data],
      );
    expect(await states(resumed)).toEqual(await states(through));
  });

  it.each<[string, () => Optimizer]>([
    [
      "a schedule",
      () =>
        sgd({ learningRate: exponentialDecay({ initialLearningRate: 0.5, decaySteps: 3, decayRate: 0.5 }) }),
    ],
    ["a moving average of weights", () => adam({ learningRate: 0.02, useEma: true, emaMomentum: 0.9 })],
    ["gathered gradients", () => adam({ learningRate: 0.02, gradientAccumulationSteps: 3 })],
  ])("with %s", async (_, optimizer) => {
    let bytes: Uint8Array | undefined;
    const through = make(optimizer());
    const whole = await through.fit(x, y, {
      epochs: 3,
      batchSize: 4,
      callbacks: [
        savingAt(1, 1, (saved) => {
          bytes = saved;
        }),
      ],
    });
    const resumed = fromSafetensors(bytes!);
    const rest = await resumed.fit(x, y, { epochs: 3, batchSize: 4, initialEpoch: 1 });
    expect(rest.history.loss).toEqual(whole.history.loss!.slice(1));
    expect(bitsOf(resumed.getWeights())).toEqual(bitsOf(through.getWeights()));
  });

  it("with a rate that a scheduler multiplies, which is not applied twice", async () => {
    const shrinking = () => learningRateScheduler((_, rate) => rate * 0.5);
    let bytes: Uint8Array | undefined;
    const through = make();
    const whole = await through.fit(x, y, {
      epochs: 3,
      callbacks: [
        shrinking(),
        savingAt(1, 2, (saved) => {
          bytes = saved;
        }),
      ],
    });
    const resumed = fromSafetensors(bytes!);
    const rest = await resumed.fit(x, y, { epochs: 3, initialEpoch: 1, callbacks: [shrinking()] });
    expect(rest.history.learning_rate).toEqual(whole.history.learning_rate!.slice(1));
    expect(bitsOf(resumed.getWeights())).toEqual(bitsOf(through.getWeights()));
  });

  it("with epochs of steps over a generator, and over tensors", async () => {
    const generator: Dataset = function* () {
      for (let i = 0; i < 7; i++) {
        const begin = 4 * (i % 5);
        yield {
          x: { shape: [4, 4, 2], data: x.data.slice(begin * 8, (begin + 4) * 8) },
          y: { shape: [4, 1], data: y.data.slice(begin, begin + 4) },
        };
      }
    };
    const fits: ((model: Sequential, given: FitOptions) => Promise<History>)[] = [
      (model, given) => model.fit(generator, given),
      (model, given) => model.fit(x, y, { batchSize: 4, ...given }),
    ];
    for (const train of fits) {
      for (const batch of [1, null]) {
        let bytes: Uint8Array | undefined;
        const through = make();
        const given = { epochs: 4, stepsPerEpoch: 3 };
        const stop = savingAt(1, batch, (saved) => {
          bytes = saved;
        });
        const whole = await train(through, { ...given, callbacks: [stop] });
        const resumed = fromSafetensors(bytes!);
        const rest = await train(resumed, { ...given, initialEpoch: 1 });
        expect(rest.history.loss).toEqual(whole.history.loss!.slice(batch === null ? 2 : 1));
        expect(bitsOf(resumed.getWeights())).toEqual(bitsOf(through.getWeights()));
      }
    }
  });

  it("but a fit of other epochs begins where it is told to", async () => {
    let bytes: Uint8Array | undefined;
    await make().fit(x, y, {
      epochs: 3,
      callbacks: [
        savingAt(1, 1, (saved) => {
          bytes = saved;
        }),
      ],
    });
    const { epoch } = await fromSafetensors(bytes!).fit(x, y, { epochs: 2 });
    expect(epoch).toEqual([0, 1]);
  });
});

describe("backupAndRestore", () => {
  /** A callback that ends the process, as far as a fit can tell. */
  const killedAt = (epoch: number, batch: number): Callback => {
    let at = 0;
    return {
      onEpochBegin: (index) => {
        at = index;
      },
      onTrainBatchEnd: (index) => {
        if (at === epoch && index === batch) throw new Error("killed");
      },
    };
  };

  it.each(["epoch", 1, 3] as const)(
    "goes on by itself, saved every %s, and removes the backup after success",
    async (saveFreq) => {
      const plain = make();
      const whole = await plain.fit(x, y, options());
      const store = new Map<string, Uint8Array>();
      const backup = () => backupAndRestore({ store, saveFreq });
      const error = await errorOf(() => make().fit(x, y, options([backup(), killedAt(2, 1)])));
      expect(error.message).toBe("killed");
      expect(store.size).toBe(1);
      // Started again by a program that knows nothing of it: a new model, new callbacks, the same options.
      const again = make();
      const rest = await again.fit(x, y, options([backup()]));
      expect(rest.epoch).toEqual(whole.epoch.slice(rest.epoch[0]));
      expect(rest.epoch.length).toBeGreaterThan(0);
      expect(rest.history.val_loss).toEqual(whole.history.val_loss!.slice(rest.epoch[0]));
      expect(bitsOf(again.getWeights())).toEqual(bitsOf(plain.getWeights()));
      expect(store.size).toBe(0);
    },
  );

  it("keeps it where a signal ended the fit", async () => {
    const store = new Map<string, Uint8Array>();
    const control = new AbortController();
    const stop: Callback = { onEpochEnd: (epoch) => void (epoch === 1 && control.abort()) };
    await make().fit(x, y, {
      epochs: 4,
      signal: control.signal,
      callbacks: [backupAndRestore({ store }), stop],
    });
    expect(store.size).toBe(1);
    const { epoch } = await make().fit(x, y, { epochs: 4, callbacks: [backupAndRestore({ store })] });
    expect([epoch, store.size]).toEqual([[2, 3], 0]);
  });

  it("in a file, which no other model takes", async () => {
    const folder = await mkdtemp(join(tmpdir(), "backup-"));
    const path = join(folder, "deep/backup.safetensors");
    try {
      await errorOf(() => make().fit(x, y, options([backupToFile({ path, saveFreq: 2 }), killedAt(1, 2)])));
      expect(await readdir(join(folder, "deep"))).toEqual(["backup.safetensors"]);
      const other = sequential([dense({ units: 1, inputShape: [2] })]);
      other.compile({ optimizer: "sgd", loss: "mse" });
      const error = await errorOf(() => other.fit([[1, 2]], [1], { callbacks: [backupToFile({ path })] }));
      expect([error.name, error.message]).toEqual(["FormatError", expect.stringContaining("another model")]);
      const { epoch } = await make().fit(x, y, options([backupToFile({ path, saveFreq: 2 })]));
      expect(epoch[0]).toBe(1);
      expect(await readdir(join(folder, "deep"))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    [{}, "store"],
    [{ store: 3 }, "Map"],
    [{ store: new Map(), saveFreq: 0 }, "saveFreq"],
    [{ store: new Map(), deleteCheckpoint: false }, "deleteCheckpoint"],
  ])("refuses %o", (given, says) => {
    expect(() => backupAndRestore(given as never)).toThrow(says);
  });
  it("refuses a path that is none", () => {
    expect(() => backupToFile({ path: "" })).toThrow("path");
  });
});

describe("functions of one's own in a file", () => {
  const squared = (yTrue: Tensor, yPred: Tensor) => {
    const gap = Float32Array.from(yPred.data).map((p, i) => p - yTrue.data[i]!);
    const loss = gap.reduce((sum, d) => sum + d * d, 0) / gap.length;
    return { loss, gradient: { shape: yPred.shape, data: gap.map((d) => (2 * d) / gap.length) } as Tensor };
  };
  const largest = (yTrue: Tensor, yPred: Tensor): number =>
    [...yPred.data].reduce((worst: number, p, i) => Math.max(worst, Math.abs(p - yTrue.data[i]!)), 0);
  const falling = (step: number): number => 0.1 / (1 + step);
  const build = (): Sequential => {
    const model = sequential([dense({ units: 1, inputShape: [2] })], { seed: 1 });
    model.compile({ optimizer: sgd({ learningRate: falling }), loss: squared, metrics: ["mae", largest] });
    return model;
  };
  const fx = values([8, 2], 1);
  const fy = values([8, 1], 2);

  it("come back by customObjects and train on alike", async () => {
    const model = build();
    await model.fit(fx, fy, { epochs: 2 });
    const bytes = toSafetensors(model, { optimizer: true });
    const again = fromSafetensors(bytes, { customObjects: { squared, largest, falling } });
    const whole = await model.fit(fx, fy, { epochs: 4, initialEpoch: 2 });
    expect(await again.fit(fx, fy, { epochs: 4, initialEpoch: 2 })).toEqual(whole);
    expect(bitsOf(again.getWeights())).toEqual(bitsOf(model.getWeights()));
  });

  it("without them the model comes back to predict, not compiled", async () => {
    const model = build();
    const again = fromSafetensors(toSafetensors(model, { optimizer: true }), { customObjects: { squared } });
    expect(again.compiled).toBeUndefined();
    expect((await again.predict(fx)).data).toEqual((await model.predict(fx)).data);
  });

  it("two of one name are refused when they are saved", () => {
    const model = sequential([dense({ units: 1, inputShape: [2] })]);
    model.compile({
      loss: squared,
      metrics: [Object.defineProperty((a: Tensor, b: Tensor) => largest(a, b), "name", { value: "squared" })],
    });
    expect(() => toSafetensors(model)).toThrow("squared");
  });
});
