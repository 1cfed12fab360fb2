import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Runner } from "../../src/index.js";
import { builtGateflow } from "../../test/support/built.js";

const { tune, inProcess, uniform } = await builtGateflow();
const series = Array.from({ length: 200 }, (_, t) => Math.sin(t / 4));

/** All trials are the same work: what is searched changes nothing that takes time. */
const spaceOf = (epochs: number) => ({
  window: 8,
  layers: [
    { kind: "lstm", units: 8 },
    { kind: "dense", units: 1 },
  ],
  compile: { optimizer: { name: "sgd", learningRate: uniform(0.001, 0.01) }, loss: "mse" },
  fit: { epochs },
});

/** What some trials took, in seconds: on the clock, and of this process's processors, its threads' included. */
export interface Spent {
  readonly seconds: number;
  readonly cpu: number;
}

export async function spentOn(runner: Runner, epochs: number, count: number): Promise<Spent> {
  const before = process.cpuUsage();
  const start = performance.now();
  const study = await tune(spaceOf(epochs), { data: series, trials: count, sampler: "random", runner });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  const failed = study.trials.find(({ state }) => state !== "complete");
  if (failed !== undefined) throw new Error(`trial ${failed.number}: ${failed.error}`);
  return { seconds, cpu: (user + system) / 1e6 };
}

/**
 * How many times faster two processes that know nothing of each other are than one: what the machine itself allows. The
 * best of some rounds, the single one before each pair.
 */
export async function ceilingOf(epochs: number, count: number, rounds: number): Promise<number> {
  const children = [0, 1].map(() =>
    fork(fileURLToPath(import.meta.url), ["--alone"], { execArgv: ["--import", "tsx"] }),
  );
  const run = async (some: typeof children): Promise<number> => {
    const start = performance.now();
    const ended = some.map((child) => once(child, "message"));
    for (const child of some) child.send({ epochs, count });
    await Promise.all(ended);
    return (performance.now() - start) / 1000;
  };
  await run(children);
  let best = 0;
  for (let round = 0; round < rounds; round++)
    best = Math.max(best, (2 * (await run([children[0]!]))) / (await run(children)));
  for (const child of children) child.kill();
  return best;
}

if (process.argv.includes("--alone")) {
  process.on("message", ({ epochs, count }: { epochs: number; count: number }) => {
    void spentOn(inProcess(), epochs, count).then(({ seconds }) => process.send!(seconds));
  });
}
