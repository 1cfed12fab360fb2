import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { createEngine, EngineError, type EngineOptions, type Tensor } from "../../../src/index.js";
import { recordWorkers } from "./host-workers.js";
import { losses, numbers, sharedModel } from "./models.js";

describe("an engine with threads", () => {
  const started = recordWorkers();

  it("starts one worker fewer than it has threads, and after dispose() none remains", async () => {
    const engine = await createEngine({ threads: 3 });
    expect(engine.info.threads).toBe(3);
    expect(started.length).toBe(2);
    await losses(sharedModel(engine), 32, 3);
    engine.dispose();
    // Hangs, and fails by the runner's clock, if a thread goes on.
    await Promise.all(started.map(({ ended }) => ended));
    expect(engine.disposed).toBe(true);
  });

  it("starts none with threads: 1", async () => {
    const engine = await createEngine({ threads: 1 });
    await losses(sharedModel(engine), 64, 3);
    expect(started.length).toBe(0);
    engine.dispose();
  });

  it("gives an EngineError when a worker has died, in training and in prediction, and leaves other engines alone", async () => {
    const engine = await createEngine({ threads: 2 });
    const model = sharedModel(engine);
    await losses(model, 64, 2);
    await started[0]!.worker.terminate();
    await started[0]!.ended;
    await expect(losses(model, 64)).rejects.toThrow(EngineError);
    const predictions = async (): Promise<void> => {
      for (let i = 0; i < 8; i++) await model.predict(numbers([64, 20, 8]), { batchSize: 64 });
    };
    await expect(predictions()).rejects.toThrow(/worker thread/);
    const other = await createEngine({ threads: 2 });
    expect((await losses(sharedModel(other), 64)).every(Number.isFinite)).toBe(true);
    engine.dispose();
    other.dispose();
  });

  it("trains on when its memory grows under the workers, to the bit as one thread does", async () => {
    const run = async (threads: number): Promise<number[]> => {
      const engine = await createEngine({ threads, reproducible: true });
      const model = sharedModel(engine);
      const small = await losses(model, 4);
      const before = engine.info.memoryBytes;
      const large = await losses(model, 512);
      expect(engine.info.memoryBytes).toBeGreaterThan(before);
      const again = await losses(model, 4);
      const predicted = (await model.predict(numbers([600, 20, 8]), { batchSize: 600 })).data;
      engine.dispose();
      return [...small, ...large, ...again, ...predicted];
    };
    const alone = await run(1);
    const shared = await run(2);
    expect(started.length).toBe(1);
    expect(shared).toEqual(alone);
  });
});

describe("a host whose workers do not start", () => {
  const started = recordWorkers(() => "throw new Error('no workers here')");

  it("computes on one thread", async () => {
    const engine = await createEngine({ threads: 2 });
    expect(started.length).toBe(1);
    expect(engine.info.threads).toBe(1);
    expect((await losses(sharedModel(engine), 64)).every(Number.isFinite)).toBe(true);
    engine.dispose();
  });
});

describe("a host that forbids workers", () => {
  const threads = createRequire(import.meta.url)("node:worker_threads") as { Worker: unknown };
  const original = threads.Worker;
  afterEach(() => {
    threads.Worker = original;
  });

  it.each([1, 2])("computes without those that it refuses from the %i. on", async (first) => {
    let asked = 0;
    threads.Worker = class extends (original as typeof Worker) {
      constructor(...all: ConstructorParameters<typeof Worker>) {
        asked += 1;
        // What Node's permission model throws.
        if (asked >= first) throw new Error("Access to this API has been restricted");
        super(...all);
      }
    };
    const engine = await createEngine({ threads: 4 });
    expect(asked).toBe(first);
    expect(engine.info.threads).toBe(first);
    expect((await losses(sharedModel(engine), 64)).every(Number.isFinite)).toBe(true);
    engine.dispose();
  });
});

describe("a worker that falls silent", () => {
  // It reports for work, then sleeps for good.
  recordWorkers((source) => source.replace("for (;;) {", "for (;;) { Atomics.wait(words, 7, 0);"));

  it("gives an EngineError after two seconds, not a hang, and is counted on no more", async () => {
    const engine = await createEngine({ threads: 2 });
    expect(engine.info.threads).toBe(2);
    const model = sharedModel(engine);
    const began = performance.now();
    await expect(losses(model, 64)).rejects.toThrow(EngineError);
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(engine.info.threads).toBe(1);
    // The tuner would have taken both ways in turn; every call says the same.
    for (let i = 0; i < 4; i++) {
      await expect(losses(model, 64, 1)).rejects.toThrow(/worker thread/);
      await expect(losses(sharedModel(engine), 64, 1)).rejects.toThrow(/worker thread/);
    }
    engine.dispose();
  });
});

describe("a worker that is slow", () => {
  // It takes its first job at once, and is longer about it than the main thread waits for one that takes none.
  recordWorkers((source) =>
    source.replace("try {", "if (seen === 1) Atomics.wait(words, 7, 0, 3500); try {"),
  );

  it("is waited for", async () => {
    const predict = async (threads: number): Promise<Tensor[]> => {
      const engine = await createEngine({ threads, reproducible: true });
      const model = sharedModel(engine);
      const predictions: Tensor[] = [];
      for (let i = 0; i < 4; i++) {
        predictions.push(await model.predict(numbers([64, 20, 8]), { batchSize: 64 }));
      }
      expect(engine.info.threads).toBe(threads);
      engine.dispose();
      return predictions;
    };
    const began = performance.now();
    const shared = await predict(2);
    expect(performance.now() - began).toBeGreaterThan(3400);
    expect(shared).toEqual(await predict(1));
  });
});

describe("an engine's options", () => {
  it.each([null, 1, "yes"])("refuse a reproducible that is no boolean: %j", async (reproducible) => {
    const options = { reproducible } as unknown as EngineOptions;
    await expect(createEngine(options)).rejects.toThrow(/`reproducible` is/);
  });
});

describe("an engine that is forgotten instead of disposed of", () => {
  const started = recordWorkers();

  it("ends its workers when it is collected", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const forget = async (): Promise<void> => {
      const engine = await createEngine({ threads: 3 });
      await losses(sharedModel(engine), 64, 4);
      expect(engine.info.threads).toBe(3);
    };
    await forget();
    let alive = 2;
    for (const { ended } of started) void ended.then(() => (alive -= 1));
    for (let turn = 0; turn < 400 && alive > 0; turn++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(alive).toBe(0);
  });
});
