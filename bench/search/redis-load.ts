/**
 * What a trial, a message of it and an idle worker cost a Redis server, and from that what a thousand workers would do to it:
 * `npx tsx bench/search/redis-load.ts --trials=100`. Needs the built package and a Redis server.
 */
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import type { Job } from "../../src/index.js";
import { gatheringMs } from "../../src/node/queue/gathering.js";
import { connect } from "../../src/node/queue/redis.js";
import { openData } from "../../src/search/data.js";
import { builtNode } from "../../test/support/built.js";
import { startRedis } from "../../test/support/redis.js";
import { startQueueWorkers } from "../support/queue-workers.js";
import { type RedisCounters, redisCounters } from "./redis-counters.js";

const { values } = parseArgs({
  options: {
    trials: { type: "string", default: "100" },
    epochs: { type: "string", default: "600" },
    idle: { type: "string", default: "30" },
  },
});
const trials = Number(values.trials);
const WORKERS = 2;

const { bullmq } = await builtNode();
const redis = await startRedis();
const data = openData(
  "redis-load",
  Array.from({ length: 100 }, (_, t) => Math.sin(t / 4)),
);
const children = await startQueueWorkers(WORKERS, redis.url);
const client = await connect(redis.url);

type Counts = Pick<RedisCounters, "commands" | "received" | "sent" | "busy">;
async function during(work: () => Promise<unknown>): Promise<Counts & { seconds: number }> {
  const before = await redisCounters(redis.url);
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const after = await redisCounters(redis.url);
  return {
    seconds,
    commands: after.commands - before.commands,
    received: after.received - before.received,
    sent: after.sent - before.sent,
    busy: after.busy - before.busy,
  };
}

/** Trials of so many epochs, judged as if by a pruner, which has them tell more often. */
async function run(epochs: number, count: number): Promise<void> {
  const job: Job = {
    kind: "recipe",
    recipe: {
      window: 4,
      layers: [
        { kind: "lstm", units: 2 },
        { kind: "dense", units: 1 },
      ],
      compile: { optimizer: { name: "sgd", learningRate: 0.01 }, loss: "mse" },
      fit: { epochs },
    },
    seed: 1,
  };
  const runner = bullmq({ connection: redis.url, workers: 2 * WORKERS });
  const hooks = { signal: new AbortController().signal, isJudged: true, report: async () => true };
  let left = count;
  const one = async (): Promise<void> => {
    while (left-- > 0) await runner.run({ job, data, hash: "" }, hooks);
  };
  await Promise.all(Array.from({ length: runner.workers }, one));
  await runner.close();
}

/** How many messages of trials lie in the queue's stream of events. */
async function messages(): Promise<number> {
  const events = await client.xrange("bull:gateflow:events", "-", "+");
  return events.filter(([, fields]) => fields[fields.indexOf("event") + 1] === "progress").length;
}

await run(1, 2 * WORKERS);
const idle = await during(() => new Promise((resolve) => setTimeout(resolve, 1000 * Number(values.idle))));
const few = await during(() => run(1, trials));
const fewMessages = await messages();
const many = await during(() => run(Number(values.epochs), trials));
const manyMessages = (await messages()) - fewMessages;
const connections = ((await client.client("LIST")) as string).trim().split("\n").length - 1;
client.disconnect();
for (const child of children) child.kill("SIGKILL");

/** Of one message more, and of a trial without any. */
const each = (key: keyof Counts): { message: number; trial: number } => {
  const message = (many[key] - few[key]) / (manyMessages - fewMessages);
  return { message, trial: (few[key] - fewMessages * message) / trials };
};
const [commands, received, sent, busy] = [each("commands"), each("received"), each("sent"), each("busy")];
const idleRate = idle.commands / idle.seconds / WORKERS;
console.log(
  `${trials} trials of 1 epoch sent ${fewMessages} messages in ${few.seconds.toFixed(1)} s, of ${values.epochs} epochs ${manyMessages} in ${many.seconds.toFixed(1)} s: ${(few.commands / trials).toFixed(0)} and ${(many.commands / trials).toFixed(0)} commands a trial`,
);
console.log(
  `a trial: ${commands.trial.toFixed(0)} commands, ${received.trial.toFixed(0)} bytes in, ${sent.trial.toFixed(0)} bytes out, ${(1e6 * busy.trial).toFixed(0)} µs of Redis' processor`,
);
console.log(
  `a message: ${commands.message.toFixed(1)} commands, ${received.message.toFixed(0)} bytes in, ${sent.message.toFixed(0)} bytes out, ${(1e6 * busy.message).toFixed(0)} µs`,
);
console.log(
  `an idle worker: ${idleRate.toFixed(2)} commands a second; ${(connections / WORKERS).toFixed(1)} connections a worker`,
);

const { port } = redis;
const said = execFileSync(
  "redis-benchmark",
  ["-p", String(port), "-q", "-n", "20000", "-c", "50", "-t", "set,get,lpush"],
  { encoding: "utf8" },
);
for (const line of said
  .replaceAll("\r", "\n")
  .split("\n")
  .filter((one) => one.includes("requests per second")))
  console.log(`redis-benchmark, every write synced: ${line.trim()}`);
await redis.stop();

/** Messages of a trial that reports without a pause. */
function messagesOf(seconds: number, isJudged: boolean): number {
  let count = 0;
  for (let at = 0; at + gatheringMs(at, isJudged) < 1000 * seconds; at += gatheringMs(at, isJudged)) count++;
  return count;
}
console.log("a thousand workers, by seconds a trial, without a pruner and with one:");
for (const seconds of [0.2, 1, 5, 25, 100, 600]) {
  for (const isJudged of [false, true]) {
    const rate = 1000 / seconds;
    const sent1 = messagesOf(seconds, isJudged);
    const perTrial = (of: { message: number; trial: number }): number => of.trial + sent1 * of.message;
    console.log(
      `  ${String(seconds).padStart(5)} s${isJudged ? ", judged" : ""}: ${sent1} messages, ${(rate * perTrial(commands)).toFixed(0)} commands/s, ${((rate * (perTrial(received) + perTrial(sent))) / 2 ** 20).toFixed(2)} MiB/s, ${(100 * rate * perTrial(busy)).toFixed(0)} % of one processor`,
    );
  }
}
process.exit(0);
