import { type ChildProcess, spawn } from "node:child_process";
import { getEventListeners, once } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { redisCounters } from "../../../../bench/search/redis-counters.js";
import { bullmq } from "../../../../src/node/queue/bullmq.js";
import { connect } from "../../../../src/node/queue/redis.js";
import type { QueueWorker, QueueWorkerOptions } from "../../../../src/node/queue/worker.js";
import { openData } from "../../../../src/search/data.js";
import { inProcess } from "../../../../src/search/runners/in-process.js";
import { choice, int, logUniform } from "../../../../src/search/space.js";
import type { Trial } from "../../../../src/search/trial.js";
import { tune } from "../../../../src/search/tune.js";
import { rootPath } from "../../../house/source-files.js";
import { builtNode } from "../../../support/built.js";
import { startRedis, type TestRedis } from "../../../support/redis.js";

let redis: TestRedis;
/** The built one: its trials run in a thread, which is a file of its own. */
let startQueueWorker: (options: QueueWorkerOptions) => Promise<QueueWorker>;
beforeAll(async () => {
  redis = await startRedis();
  ({ startQueueWorker } = await builtNode());
});
afterAll(() => redis.stop());

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});

/** A worker as a user starts it; what it says is kept. */
async function startWorker(queue: string): Promise<{ child: ChildProcess; said: () => string }> {
  const child = spawn(process.execPath, [
    `${rootPath}dist/cli/main.js`,
    "worker",
    "--redis",
    redis.url,
    "--queue",
    queue,
    "--lock",
    "2",
  ]);
  children.add(child);
  let said = "";
  child.stderr!.on("data", (text: Buffer) => {
    said += text.toString();
  });
  while (!said.includes("waiting for trials")) await once(child.stderr!, "data");
  return { child, said: () => said };
}

const series = Array.from({ length: 160 }, (_, t) => Math.sin(t / 4));
const space = {
  window: choice([4, 8]),
  layers: [
    { kind: "lstm", units: int(2, 6) },
    { kind: "dense", units: 1 },
  ],
  compile: { optimizer: { name: "adam", learningRate: logUniform(1e-3, 1e-1) }, loss: "mse" },
  fit: { epochs: 3 },
};
const withoutTimes = (trials: readonly Trial[]) => trials.map(({ seconds: _, ...rest }) => rest);
const search = async (queue: string, more: Record<string, unknown> = {}, epochs = 3) => {
  const runner = bullmq({ connection: redis.url, queue, workers: 4 });
  try {
    const searched = { ...space, fit: { epochs } };
    return await tune(searched, { data: series, trials: 8, sampler: "random", runner, ...more });
  } finally {
    await runner.close();
  }
};

describe("trials in a queue", () => {
  it("give on two workers what they give in this process, to the bit", async () => {
    await Promise.all([startWorker("two"), startWorker("two")]);
    const expected = await tune(space, { data: series, trials: 8, sampler: "random", runner: inProcess() });
    const study = await search("two");
    expect(withoutTimes(study.trials)).toEqual(withoutTimes(expected.trials));
  });

  it("end exactly once where a worker is killed in mid-trial", async () => {
    const expected = await tune(
      { ...space, fit: { epochs: 60 } },
      { data: series, trials: 4, sampler: "random", runner: inProcess() },
    );
    const worker = (name: string) =>
      startQueueWorker({ connection: redis.url, queue: "killed", lockDuration: 1000 }).then((own) => ({
        name,
        own,
      }));
    const first = await startWorker("killed");
    let isKilled = false;
    const runner = bullmq({ connection: redis.url, queue: "killed", workers: 2 });
    const seen: number[] = [];
    const study = tune(
      { ...space, fit: { epochs: 60 } },
      {
        data: series,
        trials: 4,
        sampler: "random",
        runner,
        callbacks: [
          {
            async onTrialReport() {
              if (isKilled) return;
              isKilled = true;
              first.child.kill("SIGKILL");
            },
            onTrialEnd: ({ number }) => void seen.push(number),
          },
        ],
      },
    );
    while (!isKilled) await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await worker("second");
    const { trials } = await study;
    await second.own.close();
    await runner.close();
    expect([...seen].sort()).toEqual([0, 1, 2, 3]);
    expect(trials.map(({ value, state }) => [value, state])).toEqual(
      expected.trials.map(({ value, state }) => [value, state]),
    );
  }, 120_000);

  it("are given up where their pruner says so", async () => {
    const worker = await startQueueWorker({ connection: redis.url, queue: "pruned" });
    const study = await search("pruned", { pruner: "asha", trials: 10 }).finally(() => worker.close());
    expect(study.trials).toHaveLength(10);
    expect(study.trials.filter(({ state }) => state === "failed")).toEqual([]);
    expect(study.best).toBeDefined();
  });

  it("are judged by each value in its turn, and keep none that came after the one they fell by", async () => {
    const worker = await startQueueWorker({ connection: redis.url, queue: "judged" });
    const study = await search("judged", { pruner: "asha", trials: 12 }, 27).finally(() => worker.close());
    const pruned = study.trials.filter(({ state }) => state === "pruned");
    expect(pruned.length).toBeGreaterThan(0);
    for (const { intermediate, value } of pruned) {
      const steps = Object.keys(intermediate).map(Number);
      expect(steps).toEqual(steps.map((_, n) => n + 1));
      // A ninth of its steps is the first rung, a third the second.
      expect([3, 9]).toContain(steps.length);
      expect(value).toBe(intermediate[steps.length]);
    }
  });

  it("tell many epochs in one message", async () => {
    const worker = await startQueueWorker({ connection: redis.url, queue: "gathered" });
    const epochs = 300;
    const runner = bullmq({ connection: redis.url, queue: "gathered" });
    const steps: number[] = [];
    const before = (await redisCounters(redis.url)).commands;
    const { trials } = await tune(
      { ...space, fit: { epochs } },
      {
        data: series,
        trials: 2,
        sampler: "random",
        runner,
        callbacks: [{ onTrialReport: ({ number, step }) => void (number === 0 && steps.push(step)) }],
      },
    );
    const commands = (await redisCounters(redis.url)).commands - before;
    await runner.close();
    await worker.close();
    expect(trials.map(({ state }) => state)).toEqual(["complete", "complete"]);
    expect(steps).toEqual(Array.from({ length: epochs }, (_, n) => n + 1));
    expect(commands).toBeLessThan(epochs);
  });

  it("leave nothing behind at a signal that many share", async () => {
    const worker = await startQueueWorker({ connection: redis.url, queue: "signal" });
    const runner = bullmq({ connection: redis.url, queue: "signal" });
    const { signal } = new AbortController();
    const recipe = {
      ...space,
      window: 4,
      layers: [
        { kind: "lstm", units: 2 },
        { kind: "dense", units: 1 },
      ],
      fit: { epochs: 1 },
    };
    const job = {
      kind: "recipe",
      recipe: { ...recipe, compile: { optimizer: "sgd", loss: "mse" } },
      seed: 1,
    } as const;
    const data = openData("test", series);
    for (let n = 0; n < 3; n++)
      await runner.run({ job, data, hash: "" }, { signal, isJudged: false, report: async () => true });
    expect(getEventListeners(signal, "abort")).toEqual([]);
    await runner.close();
    await worker.close();
  });

  it("fail with the reason, and poison nothing", async () => {
    const worker = await startQueueWorker({ connection: redis.url, queue: "poison" });
    const poison = { ...space, window: choice([4, 5000]) };
    const runner = bullmq({ connection: redis.url, queue: "poison" });
    const study = await tune(poison, { data: series, trials: 8, sampler: "random", runner });
    await runner.close();
    await worker.close();
    for (const { params, state, error } of study.trials) {
      expect(state).toBe(params.window === 5000 ? "failed" : "complete");
      if (state === "failed") expect(error).toMatch(/no samples/);
    }
    expect(study.trials.some(({ state }) => state === "failed")).toBe(true);
  });

  it("are refused by a worker that sees other data", async () => {
    const worker = await startQueueWorker({
      connection: redis.url,
      queue: "data",
      read: async () => new TextEncoder().encode("something else"),
    });
    const runner = bullmq({ connection: redis.url, queue: "data", reference: "/data/series.bin" });
    const study = await tune(space, { data: series, trials: 2, sampler: "random", runner });
    await runner.close();
    await worker.close();
    for (const { state, error } of study.trials) {
      expect(state).toBe("failed");
      expect(error).toMatch(/refused/);
    }
  });

  it("outlive a restart of Redis", async () => {
    const worker = await startQueueWorker({ connection: redis.url, queue: "restart", lockDuration: 1500 });
    let isRestarted = false;
    const study = await search("restart", {
      callbacks: [
        {
          async onTrialEnd() {
            if (isRestarted) return;
            isRestarted = true;
            await redis.restart();
          },
        },
      ],
    });
    await worker.close();
    expect(withoutTimes(study.trials)).toEqual(
      withoutTimes(
        (await tune(space, { data: series, trials: 8, sampler: "random", runner: inProcess() })).trials,
      ),
    );
  }, 120_000);

  it("are put into the queue again where Redis has forgotten them", async () => {
    let isEmptied = false;
    const runner = bullmq({ connection: redis.url, queue: "forgotten", workers: 4 });
    const client = await connect(redis.url);
    // Nobody takes them yet: all that wait are lost, their data with them.
    const study = tune(space, { data: series, trials: 4, sampler: "random", runner });
    while (!isEmptied) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if ((await client.llen("bull:forgotten:wait")) < 4) continue;
      await client.flushall();
      isEmptied = true;
    }
    const worker = await startQueueWorker({ connection: redis.url, queue: "forgotten" });
    const { trials } = await study;
    await worker.close();
    await runner.close();
    client.disconnect();
    const { trials: expected } = await tune(space, {
      data: series,
      trials: 4,
      sampler: "random",
      runner: inProcess(),
    });
    expect(withoutTimes(trials)).toEqual(withoutTimes(expected));
  }, 60_000);

  it("that never return make room for others on the same worker", async () => {
    const worker = await startQueueWorker({ connection: redis.url, queue: "endless", lockDuration: 1000 });
    const runner = bullmq({ connection: redis.url, queue: "endless", workers: 1 });
    // One epoch of hours: nothing is reported on the way.
    const endless = {
      ...space,
      window: 4,
      compile: { optimizer: "sgd", loss: "mse" },
      fit: { epochs: 1, batchSize: 1 },
      layers: [
        { kind: "lstm", units: choice([2, 1024]) },
        { kind: "dense", units: 1 },
      ],
    };
    const long = Array.from({ length: 4000 }, (_, t) => Math.sin(t / 4));
    const study = await tune(endless, { data: long, trials: 2, sampler: "grid", runner, trialTimeout: 15 });
    await runner.close();
    await worker.close();
    for (const { params, state, error } of study.trials) {
      expect(state).toBe(params["layers.0.units"] === 1024 ? "failed" : "complete");
      if (state === "failed") expect(error).toMatch(/trialTimeout/);
    }
    expect(study.trials.some(({ state }) => state === "failed")).toBe(true);
  }, 120_000);
});

describe("a Redis that is not there", () => {
  it("is one line without credentials", async () => {
    const address = "redis://user:secret@127.0.0.1:1";
    await expect(startQueueWorker({ connection: address })).rejects.toThrow(
      "Redis at 127.0.0.1:1 is not to be reached: ECONNREFUSED.",
    );
    const runner = bullmq({ connection: address });
    const study = await tune(space, { data: series, trials: 1, runner });
    expect(study.trials[0]!.error).toMatch(/not to be reached/);
    expect(JSON.stringify(study)).not.toContain("secret");
    const child = spawn(process.execPath, [`${rootPath}dist/cli/main.js`, "worker", "--redis", address]);
    let said = "";
    child.stderr.on("data", (text: Buffer) => {
      said += text.toString();
    });
    const [code] = await once(child, "exit");
    expect(code).toBe(1);
    expect(said).toBe("gateflow: Redis at 127.0.0.1:1 is not to be reached: ECONNREFUSED.\n");
  });

  it.each([
    [{}, /`connection` is missing/],
    [{ connection: "http://x" }, /not one of Redis/],
    [{ connection: "redis://x", queue: "a b" }, /`queue` is "a b"/],
    [{ connection: "redis://x", workers: 0 }, /`workers` is 0/],
    [{ connection: "redis://x", port: 1 }, /port/],
  ])("is refused before: %o", (options, message) => {
    expect(() => bullmq(options as never)).toThrow(message);
  });
});
