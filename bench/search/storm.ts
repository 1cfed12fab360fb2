import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { StudyCallback, Trial } from "../../src/index.js";
import { builtGateflow, builtNode } from "../../test/support/built.js";
import { startRedis, type TestRedis } from "../../test/support/redis.js";
import { rootPath } from "../support/child.js";

/** What a queue is put through. */
export interface StormPlan {
  readonly trials: number;
  /** Processes of `gateflow worker`. */
  readonly workers: number;
  /** Workers killed in mid-trial, evenly over the study; each is replaced. */
  readonly kills: number;
  /** Redis killed and started again on its append-only file, likewise. */
  readonly restarts: number;
  /** One trial in about so many never returns; as many again throw, and give NaN. */
  readonly poisonEvery: number;
  /** Seconds after which a trial in the queue has failed; longer than it takes to notice that a worker has vanished. */
  readonly trialTimeout: number;
  /** Seconds after which a trial whose worker has vanished is another's: longer than a busy machine keeps one waiting. */
  readonly lock: number;
}

/** What came of it. */
export interface StormOutcome {
  readonly states: Readonly<Record<string, number>>;
  /** Failed trials by what failed them. */
  readonly poisoned: Readonly<Record<"threw" | "gave NaN" | "never returned" | "other", number>>;
  /** Trials that ended another number of times than once. */
  readonly notOnce: readonly number[];
  /** Trials that differ from those of this process in a bit of their value, parameters, state or error. */
  readonly different: readonly number[];
  /** Errors of failed trials that nobody poisoned. */
  readonly surprises: readonly string[];
  readonly kills: number;
  readonly restarts: number;
  /** Trials a worker began: those of killed workers are begun again. */
  readonly begun: number;
  readonly seconds: { readonly here: number; readonly queue: number };
}

const LEARNT_FROM = Array.from({ length: 60 }, (_, t) => Math.sin(t / 4));
const NEVER = 1_000_000;
/** Seconds after which a trial in this process has failed: where nobody waits for anybody, all others take milliseconds. */
const HERE_SECONDS = 4;

/** One thing in so many is poison. */
const mostly = <Value>(good: readonly Value[], poison: Value, every: number): Value[] => [
  ...Array.from({ length: every - 1 }, (_, i) => good[i % good.length]!),
  poison,
];

/** A worker as a user starts it, by its process, with what it is doing. */
class Worker {
  begun = 0;
  #isBusy = false;

  private constructor(readonly child: ChildProcess) {}

  static async start(redis: TestRedis, queue: string, lock: number): Promise<Worker> {
    const child = spawn(process.execPath, [
      ...[`${rootPath}dist/cli/main.js`, "worker"],
      ...["--redis", redis.url, "--queue", queue, "--lock", String(lock)],
    ]);
    const worker = new Worker(child);
    let isReady = false;
    child.stderr!.on("data", (text: Buffer) => {
      const said = text.toString();
      isReady ||= said.includes("waiting for trials");
      for (const word of said.match(/: (begin|end|failed)/g) ?? []) {
        worker.#isBusy = word === ": begin";
        if (worker.#isBusy) worker.begun++;
      }
    });
    while (!isReady) await once(child.stderr!, "data");
    return worker;
  }

  /** Kills it once it is in the middle of a trial. */
  async killBusy(): Promise<void> {
    while (!this.#isBusy) await new Promise((resolve) => setTimeout(resolve, 1));
    await this.kill();
  }

  async kill(): Promise<void> {
    const gone = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await gone;
  }
}

/** How far a trial that never returns came in its time depends on the machine; of all others nothing does. */
const told = ({ seconds: _, ...rest }: Trial): string =>
  JSON.stringify(
    rest.error?.includes("trialTimeout") ? { ...rest, intermediate: null, error: "trialTimeout" } : rest,
  );

function kindOf({ error = "" }: Trial): keyof StormOutcome["poisoned"] {
  if (error.includes("trialTimeout")) return "never returned";
  if (error.includes("no samples")) return "threw";
  return error.includes("NaN") ? "gave NaN" : "other";
}

/**
 * Small trials through a real Redis and real workers, some of which are killed, with poison among them; and the same in this
 * process, to compare. Needs the built package.
 */
export async function storm(plan: StormPlan, say: (line: string) => void = () => {}): Promise<StormOutcome> {
  const { tune, choice, inProcess } = await builtGateflow();
  const { bullmq } = await builtNode();
  const { trials, poisonEvery: every, trialTimeout } = plan;
  const space = {
    window: choice(mostly([3, 4, 5], 5000, every)),
    layers: [
      { kind: "lstm", units: 2 },
      { kind: "dense", units: 1 },
    ],
    // A rate at which the weights leave what a number can hold.
    compile: {
      optimizer: { name: "sgd", learningRate: choice(mostly([1e-3, 1e-2, 1e-1], 1e38, every)) },
      loss: "mse",
    },
    fit: { epochs: choice(mostly([1, 2], NEVER, every)) },
  };
  const same = { data: LEARNT_FROM, trials, sampler: "random", seed: 7 } as const;

  // The engine starts in the first trial, which on a busy machine could be its whole time.
  await tune(space, {
    data: LEARNT_FROM,
    trials: 1,
    sampler: "random",
    runner: inProcess(),
    trialTimeout: 60,
  });
  const startHere = performance.now();
  const expected = await tune(space, { ...same, trialTimeout: HERE_SECONDS, runner: inProcess() });
  const here = (performance.now() - startHere) / 1000;
  say(`${trials} trials in this process: ${here.toFixed(1)} s`);

  const redis = await startRedis();
  const queue = "storm";
  const gone: Worker[] = [];
  let workers: Worker[] = [];
  try {
    workers = await Promise.all(
      Array.from({ length: plan.workers }, () => Worker.start(redis, queue, plan.lock)),
    );
    const ends = new Array<number>(trials).fill(0);
    let [ended, kills, restarts, nextVictim] = [0, 0, 0, 0];
    const due = (done: number, all: number): boolean =>
      done < all && ended >= ((done + 1) / (all + 1)) * trials;
    let trouble: Promise<void> = Promise.resolve();
    const callback: StudyCallback = {
      onTrialEnd({ number }) {
        ends[number]!++;
        ended++;
        if (ended % 1000 === 0) say(`${ended} ended`);
        if (due(kills, plan.kills)) {
          kills++;
          trouble = trouble.then(async () => {
            const place = nextVictim++ % workers.length;
            const victim = workers[place]!;
            await victim.killBusy();
            gone.push(victim);
            workers[place] = await Worker.start(redis, queue, plan.lock);
          });
        }
        if (due(restarts, plan.restarts)) {
          restarts++;
          trouble = trouble.then(() => redis.restart());
        }
      },
    };
    const runner = bullmq({ connection: redis.url, queue, workers: 2 * plan.workers });
    const start = performance.now();
    const study = await tune(space, { ...same, trialTimeout, runner, callbacks: [callback] });
    const seconds = (performance.now() - start) / 1000;
    await trouble;
    await runner.close();
    const states: Record<string, number> = {};
    const poisoned = { threw: 0, "gave NaN": 0, "never returned": 0, other: 0 };
    for (const trial of study.trials) {
      states[trial.state] = (states[trial.state] ?? 0) + 1;
      if (trial.state === "failed") poisoned[kindOf(trial)]++;
    }
    const numbers = Array.from({ length: trials }, (_, n) => n);
    return {
      states,
      poisoned,
      notOnce: numbers.filter((n) => ends[n] !== 1),
      surprises: [
        ...new Set(
          study.trials.flatMap((trial) => {
            if (trial.state !== "failed" || kindOf(trial) !== "other") return [];
            return [trial.error ?? "no reason"];
          }),
        ),
      ],
      different: numbers.filter((n) => told(study.trials[n]!) !== told(expected.trials[n]!)),
      kills,
      restarts,
      begun: [...workers, ...gone].reduce((sum, worker) => sum + worker.begun, 0),
      seconds: { here, queue: seconds },
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
    await redis.stop();
  }
}
