import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Callback, Engine, Sequential, Tensor } from "../../../src/index.js";
import { root } from "../../house/source-files.js";
import { builtGateflow } from "../../support/built.js";

// The worker is a file of the built package, and so are its errors.
const gateflow = await builtGateflow();
const { trainInWorker, ConfigError, DataError, EngineError, StateError } = gateflow;

const folder = mkdtempSync(join(tmpdir(), "gateflow-background-"));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

let engine: Engine;
beforeAll(async () => {
  engine = await gateflow.createEngine({ reproducible: true, threads: 1 });
});
afterAll(() => {
  engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const wave = (n: number): number => Math.abs((n % 17) - 8) / 8 - 0.5;
const x: Tensor = { shape: [40, 6, 2], data: Float32Array.from({ length: 480 }, (_, n) => wave(n)) };
const y: Tensor = { shape: [40, 1], data: Float32Array.from({ length: 40 }, (_, n) => wave(3 * n + 1)) };

function made(compile: object = {}): Sequential {
  const { lstm, dense, adam, sequential } = gateflow;
  const model = sequential([lstm({ units: 5, dropout: 0.2, inputShape: [6, 2] }), dense({ units: 1 })], {
    seed: 4,
    engine,
  });
  model.compile({ optimizer: adam({ learningRate: 0.02 }), loss: "mse", metrics: ["mae"], ...compile });
  return model;
}

const reproducible = { engine: { reproducible: true, threads: 1 } } as const;
const options = { epochs: 3, batchSize: 7, validationSplit: 0.2 } as const;

describe("trainInWorker()", () => {
  it("gives the weights, the history and the next fit that `fit` gives, to the bit", async () => {
    const [here, there] = [made(), made()];
    const expected = await here.fit(x, y, options);
    const { engine: ran, ...history } = await trainInWorker(there, x, y, { ...options, ...reproducible });
    expect(history).toEqual(expected);
    expect(there.history).toEqual(expected);
    expect(ran).toMatchObject({ simd: "simd128", threads: 1, fallback: null });
    expect(there.getWeights()).toEqual(here.getWeights());
    expect(there.optimizer.iterations).toBe(here.optimizer.iterations);
    // Adam's moments, the order of the samples and the dropout go on as well, here and there.
    await here.fit(x, y, { epochs: 2 });
    await there.fit(x, y, { epochs: 2 });
    expect(there.getWeights()).toEqual(here.getWeights());
    await here.fit(x, y, { epochs: 1 });
    await trainInWorker(there, x, y, { epochs: 1, ...reproducible });
    expect(there.getWeights()).toEqual(here.getWeights());
  });

  it("takes graphs of several inputs, by name", async () => {
    const { input, concatenate, dense, lstm, model } = gateflow;
    const build = () => {
      const [a, b] = [input({ shape: [6, 2], name: "a" }), input({ shape: [3], name: "b" })];
      const merged = concatenate().apply([lstm({ units: 3 }).apply(a), b]);
      const graph = model({
        inputs: [a, b],
        outputs: dense({ units: 1 }).apply(merged as never),
        seed: 3,
        engine,
      });
      graph.compile({ optimizer: "sgd", loss: "mae" });
      return graph;
    };
    const inputs = { a: x, b: { shape: [40, 3], data: x.data.slice(0, 120) } };
    const [here, there] = [build(), build()];
    const expected = await here.fit(inputs, y, { epochs: 2 });
    const { history } = await trainInWorker(there, inputs, y, { epochs: 2, ...reproducible });
    expect(history).toEqual(expected.history);
    expect(there.getWeights()).toEqual(here.getWeights());
  });

  it("runs callbacks on this side: they see what they see in `fit`, and change what they change", async () => {
    const run = async (inWorker: boolean) => {
      const seen: unknown[] = [];
      const watcher: Callback = {
        onTrainBegin() {
          seen.push(["begin", this.params!.epochs, this.params!.metrics]);
        },
        onEpochBegin: (epoch) => void seen.push(["epoch", epoch]),
        onTrainBatchEnd(batch, logs) {
          seen.push([batch, { ...logs }, this.model!.batchLoss, this.model!.optimizer.iterations]);
        },
        async onEpochEnd(epoch, logs) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          seen.push([epoch, { ...logs }, this.model!.getWeights()]);
          logs.own = epoch;
          if (epoch === 1) {
            this.model!.optimizer.learningRate = 0.001;
            this.model!.setWeights(
              this.model!.getWeights().map(({ data, ...rest }) => ({
                ...rest,
                data: data.map((v) => v / 2),
              })),
            );
          }
          if (epoch === 3) this.model!.stopTraining = true;
        },
        onTrainEnd: (logs) => void seen.push(["end", { ...logs }]),
      };
      const { earlyStopping, reduceLROnPlateau } = gateflow;
      const callbacks = [
        watcher,
        reduceLROnPlateau({ monitor: "loss", patience: 0, minDelta: 10 }),
        earlyStopping({ monitor: "val_mae", patience: 50, restoreBestWeights: true }),
      ];
      const model = made();
      const given = { ...options, epochs: 9, callbacks };
      const { history } = await (inWorker
        ? trainInWorker(model, x, y, { ...given, ...reproducible })
        : model.fit(x, y, given));
      return { seen, history, weights: model.getWeights() };
    };
    const [here, there] = [await run(false), await run(true)];
    expect(there.seen).toEqual(here.seen);
    expect(there.history).toEqual(here.history);
    expect(Object.keys(there.history)).toEqual(expect.arrayContaining(["own", "learning_rate", "val_mae"]));
    expect(there.history.own).toEqual([0, 1, 2, 3]);
    expect(there.weights).toEqual(here.weights);
  });

  it("ends at a signal, with the finished epochs and the weights as they are", async () => {
    const model = made();
    const before = model.getWeights();
    const abort = new AbortController();
    const onEpochEnd = (epoch: number): void => {
      if (epoch === 1) abort.abort();
    };
    const { epoch } = await trainInWorker(model, x, y, {
      epochs: 100_000,
      signal: abort.signal,
      callbacks: [{ onEpochEnd }],
    });
    expect(epoch.slice(0, 2)).toEqual([0, 1]);
    expect(epoch.length).toBeLessThan(100_000);
    expect(model.getWeights()).not.toEqual(before);
    const early = await trainInWorker(model, x, y, { epochs: 3, signal: AbortSignal.abort() });
    expect(early.epoch).toEqual([]);
  });

  it("ends with what a callback throws, and the weights as they were then", async () => {
    const run = async (inWorker: boolean) => {
      const model = made();
      const mine = new TypeError("of my own");
      const callbacks = [
        {
          onEpochEnd(epoch: number) {
            if (epoch === 1) throw mine;
          },
        },
      ];
      const training = inWorker
        ? trainInWorker(model, x, y, { ...options, ...reproducible, callbacks })
        : model.fit(x, y, { ...options, callbacks });
      await expect(training).rejects.toBe(mine);
      return model;
    };
    const [here, there] = [await run(false), await run(true)];
    expect(there.getWeights()).toEqual(here.getWeights());
    expect(there.history).toEqual(here.history);
  });

  it("throws what `fit` throws, of the same kind", async () => {
    const model = made();
    const bad = { shape: x.shape, data: x.data.map((value, i) => (i === 5 ? Number.NaN : value)) };
    const error = await trainInWorker(model, bad, y).catch((caught) => caught);
    const expected = await model.fit(bad, y).catch((caught) => caught);
    expect(error).toBeInstanceOf(DataError);
    expect([error.message, error.code, error.name]).toEqual([expected.message, expected.code, expected.name]);
    await expect(trainInWorker(model, x, y, { epochs: -1 })).rejects.toThrow(/fit\(\).*epochs/);
  });

  it("brings functions by a worker file of one's own, and says so where there is none", async () => {
    const halfSquare = (actual: Tensor, predicted: Tensor) => {
      const difference = Array.from(predicted.data, (p, i) => p - actual.data[i]!);
      return {
        loss: difference.reduce((sum, d) => sum + (d * d) / 2, 0) / difference.length,
        gradient: {
          shape: predicted.shape,
          data: Float32Array.from(difference, (d) => d / difference.length),
        },
      };
    };
    const [here, there] = [made({ loss: halfSquare }), made({ loss: halfSquare })];
    await expect(trainInWorker(there, x, y)).rejects.toThrow(ConfigError);
    await expect(trainInWorker(there, x, y)).rejects.toThrow(
      /functions do not travel.*serveTraining\(\{ customObjects/,
    );
    const worker = file(
      "own-worker.mjs",
      `import { serveTraining } from ${JSON.stringify(new URL("dist/training-worker.js", root).href)};
       const halfSquare = ${halfSquare};
       serveTraining({ customObjects: { halfSquare } });`,
    );
    const expected = await here.fit(x, y, options);
    const { history } = await trainInWorker(there, x, y, { ...options, ...reproducible, worker });
    expect(history).toEqual(expected.history);
    expect(there.getWeights()).toEqual(here.getWeights());
    const address = new URL("dist/training-worker.js", root);
    for (const given of [address, address.href, () => new Worker(address) as unknown as globalThis.Worker]) {
      expect((await trainInWorker(made(), x, y, { worker: given })).epoch).toEqual([0]);
    }
  });

  it("says what to give where the worker does not start, or breaks off, and leaves the model as it is", async () => {
    const model = made();
    const before = model.getWeights();
    const missing = trainInWorker(model, x, y, { worker: join(folder, "no-such-worker.js") });
    await expect(missing).rejects.toThrow(EngineError);
    await expect(trainInWorker(model, x, y, { worker: join(folder, "no-such-worker.js") })).rejects.toThrow(
      /the worker did not start: .*no-such-worker\.js.*import "gateflow\/training-worker".*new Worker\(new URL/,
    );
    const silent = file("silent.mjs", "setTimeout(() => process.exit(3), 20)");
    await expect(trainInWorker(model, x, y, { worker: silent })).rejects.toThrow(/did not start: it ended/);
    const dying = file(
      "dying.mjs",
      `import { parentPort } from "node:worker_threads";
       parentPort.on("message", () => process.exit(3));
       parentPort.postMessage({ kind: "ready" });`,
    );
    await expect(trainInWorker(model, x, y, { worker: dying })).rejects.toThrow(
      /broke off: it ended\. The model is as/,
    );
    expect(model.getWeights()).toEqual(before);
    // It can be trained all the same.
    expect((await trainInWorker(model, x, y)).epoch).toEqual([0]);
  });

  it("refuses what cannot travel, what is unknown, and a model that is trained elsewhere meanwhile", async () => {
    const model = made();
    const dataset = [{ x, y, more: () => 1 }];
    await expect(trainInWorker(model, dataset as never, y)).rejects.toThrow(
      /do not travel to a worker.*no dataset/,
    );
    await expect(trainInWorker(model, x, y, { epoch: 3 } as never)).rejects.toThrow(/`epoch`.*`epochs`/);
    await expect(trainInWorker(model, x, y, { engine: { thread: 3 } as never })).rejects.toThrow(/`thread`/);
    await expect(trainInWorker(model, x, y, { callbacks: {} as never })).rejects.toThrow(ConfigError);
    const plain = gateflow.sequential([gateflow.dense({ units: 1, inputShape: [2] })], { engine });
    await expect(trainInWorker(plain, x, y)).rejects.toThrow(StateError);
    const first = trainInWorker(model, x, y, { epochs: 2 });
    await expect(trainInWorker(model, x, y)).rejects.toThrow(/being trained in a worker already/);
    await first;
    const second = trainInWorker(model, x, y, { epochs: 2 });
    await model.fit(x, y);
    const weights = model.getWeights();
    await expect(second).rejects.toThrow(/trained or compiled anew here meanwhile/);
    expect(model.getWeights()).toEqual(weights);
  });

  it("gives no weights within an epoch, and says where they are", async () => {
    const onTrainBatchEnd: Callback["onTrainBatchEnd"] = function (this: Callback) {
      this.model!.getWeights();
    };
    await expect(trainInWorker(made(), x, y, { callbacks: [{ onTrainBatchEnd }] })).rejects.toThrow(
      /onTrainBatchEnd: weights come from a worker at the begin and the end of epochs/,
    );
  });
});
