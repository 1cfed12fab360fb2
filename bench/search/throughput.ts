/**
 * Trials a second, and what a trial costs beside its training, for 1, 2 and 4 workers in process, in threads and on BullMQ;
 * and what the machine itself allows, by two processes that know nothing of each other. The processor's time of a trial is
 * this process's: of workers on a queue it is what waiting for them costs, and a busy machine changes it little.
 * Needs the built package, a Redis server, and a machine with nothing else to do:
 * `npx tsx bench/search/throughput.ts --trials=200 --milliseconds=200`, and `--milliseconds=0` for the smallest trials.
 */
import { parseArgs } from "node:util";
import type { Runner } from "../../src/index.js";
import { builtGateflow, builtNode } from "../../test/support/built.js";
import { startRedis } from "../../test/support/redis.js";
import { circumstances } from "../support/machine.js";
import { startQueueWorkers } from "../support/queue-workers.js";
import { redisCounters } from "./redis-counters.js";
import { ceilingOf, type Spent, spentOn } from "./same-trials.js";

const { values } = parseArgs({
  options: {
    trials: { type: "string", default: "100" },
    milliseconds: { type: "string", default: "200" },
    // Instead of milliseconds, where the clock says little.
    epochs: { type: "string" },
    workers: { type: "string", default: "1,2,4" },
    rounds: { type: "string", default: "1" },
    "no-queue": { type: "boolean", default: false },
  },
});
const trials = Number(values.trials);
const { inProcess } = await builtGateflow();
const { threads, bullmq } = await builtNode();

const secondsOf = async (runner: Runner, epochs: number, count: number): Promise<number> =>
  (await spentOn(runner, epochs, count)).seconds;

/** Epochs that take about as long as asked for, in this process. */
async function epochsFor(milliseconds: number): Promise<number> {
  if (milliseconds === 0) return 1;
  await secondsOf(inProcess(), 20, 3);
  const [few, many] = [await secondsOf(inProcess(), 20, 3), await secondsOf(inProcess(), 220, 3)];
  return Math.max(1, Math.round(milliseconds / ((1000 * (many - few)) / 600)));
}

const epochs =
  values.epochs === undefined ? await epochsFor(Number(values.milliseconds)) : Number(values.epochs);
await secondsOf(inProcess(), epochs, 3);
/** Of a trial alone, in this process. */
const bare =
  (await secondsOf(inProcess(), epochs, Math.max(5, Math.ceil(trials / 4)))) /
  Math.max(5, Math.ceil(trials / 4));
const { cpu, processors, load, commit, node } = circumstances();
console.log(`${cpu}, ${processors} processors, load ${load.toFixed(1)}, Node ${node}, ${commit}`);
console.log(`${trials} trials of ${epochs} epochs, ${(1000 * bare).toFixed(1)} ms each in this process`);

const rates = new Map<string, number>();
async function measure(name: string, workers: number, runner: Runner): Promise<void> {
  // Threads start, data arrive, and each thread compiles what it runs often.
  await secondsOf(runner, 1, 2 * workers);
  await secondsOf(runner, epochs, 4 * workers);
  const spent: Spent[] = [];
  for (let round = 0; round < Number(values.rounds); round++)
    spent.push(await spentOn(runner, epochs, trials));
  const seconds = Math.min(...spent.map((one) => one.seconds));
  const cpu = Math.min(...spent.map((one) => one.cpu));
  const rate = trials / seconds;
  rates.set(`${name} ${workers}`, rate);
  const atOnce = name === "in process" ? 1 : Math.min(workers, processors);
  const overhead = 1000 * ((seconds * atOnce) / trials - bare);
  const speed = rate / rates.get(`${name} ${values.workers.split(",")[0]}`)!;
  console.log(
    `${name.padEnd(10)} ${workers} worker${workers === 1 ? " " : "s"}  ${rate.toFixed(1)} trials/s  ${speed.toFixed(2)}x  overhead ${overhead.toFixed(1)} ms a trial, processor ${((1000 * cpu) / trials).toFixed(1)} ms a trial`,
  );
}

for (const workers of values.workers.split(",").map(Number)) {
  const here = inProcess({ workers });
  await measure("in process", workers, here);
  const own = threads({ workers });
  await measure("threads", workers, own);
  await own.close();
  if (values["no-queue"]) continue;
  const redis = await startRedis();
  const children = await startQueueWorkers(workers, redis.url);
  try {
    const queue = bullmq({ connection: redis.url, workers: 2 * workers });
    const before = await redisCounters(redis.url);
    await measure("BullMQ", workers, queue);
    const after = await redisCounters(redis.url);
    const each = Number(values.rounds) * trials + 6 * workers;
    const per = (key: "commands" | "received" | "sent"): string =>
      ((after[key] - before[key]) / each).toFixed(0);
    console.log(
      `  Redis: ${per("commands")} commands, ${per("received")} bytes in, ${per("sent")} bytes out a trial`,
    );
    await queue.close();
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await redis.stop();
  }
}
console.log(
  `two processes that know nothing of each other: ${(await ceilingOf(epochs, trials, Number(values.rounds))).toFixed(2)}x one`,
);
process.exit(0);
