/**
 * What a trial, an epoch and an idle worker cost a Redis server, and from that what a thousand workers would do to it:
 * `npx tsx bench/search/redis-load.ts --trials=100`. Needs the built package and a Redis server.
 */
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { connect } from "../../src/node/queue/redis.js";
import { builtGateflow, builtNode } from "../../test/support/built.js";
import { startRedis } from "../../test/support/redis.js";
import { startQueueWorkers } from "../support/queue-workers.js";
import { type RedisCounters, redisCounters } from "./redis-counters.js";

const { values } = parseArgs({
  options: { trials: { type: "string", default: "100" }, idle: { type: "string", default: "30" } },
});
const trials = Number(values.trials);
const WORKERS = 2;
const EPOCHS = [1, 21] as const;

const { tune, uniform } = await builtGateflow();
const { bullmq } = await builtNode();
const redis = await startRedis();
const data = Array.from({ length: 100 }, (_, t) => Math.sin(t / 4));
const children = await startQueueWorkers(WORKERS, redis.url);

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

const study = async (epochs: number, count: number) => {
  const runner = bullmq({ connection: redis.url, workers: 2 * WORKERS });
  const space = {
    window: 4,
    layers: [
      { kind: "lstm", units: 2 },
      { kind: "dense", units: 1 },
    ],
    compile: { optimizer: { name: "sgd", learningRate: uniform(0.001, 0.01) }, loss: "mse" },
    fit: { epochs },
  };
  await tune(space, { data, trials: count, sampler: "random", runner });
  await runner.close();
};

await study(1, 2 * WORKERS);
const idle = await during(() => new Promise((resolve) => setTimeout(resolve, 1000 * Number(values.idle))));
const [few, many] = [
  await during(() => study(EPOCHS[0], trials)),
  await during(() => study(EPOCHS[1], trials)),
];
const client = await connect(redis.url);
const connections = ((await client.client("LIST")) as string).trim().split("\n").length - 1;
client.disconnect();
for (const child of children) child.kill("SIGKILL");

/** Of one epoch more, and of a trial without its epochs. */
const each = (key: keyof Counts): { epoch: number; trial: number } => {
  const epoch = (many[key] - few[key]) / trials / (EPOCHS[1] - EPOCHS[0]);
  return { epoch, trial: few[key] / trials - EPOCHS[0] * epoch };
};
const [commands, received, sent, busy] = [each("commands"), each("received"), each("sent"), each("busy")];
const idleRate = idle.commands / idle.seconds / WORKERS;
console.log(
  `a trial: ${commands.trial.toFixed(0)} commands, ${received.trial.toFixed(0)} bytes in, ${sent.trial.toFixed(0)} bytes out, ${(1e6 * busy.trial).toFixed(0)} µs of Redis' processor`,
);
console.log(
  `an epoch: ${commands.epoch.toFixed(1)} commands, ${received.epoch.toFixed(0)} bytes in, ${sent.epoch.toFixed(0)} bytes out, ${(1e6 * busy.epoch).toFixed(0)} µs`,
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

console.log("a thousand workers, by seconds a trial of 25 epochs:");
for (const seconds of [1, 5, 25, 100, 600]) {
  const rate = 1000 / seconds;
  const perTrial = (of: { epoch: number; trial: number }): number => of.trial + 25 * of.epoch;
  console.log(
    `  ${String(seconds).padStart(4)} s: ${(rate * perTrial(commands)).toFixed(0)} commands/s, ${((rate * (perTrial(received) + perTrial(sent))) / 2 ** 20).toFixed(1)} MiB/s, ${(100 * rate * perTrial(busy)).toFixed(0)} % of one processor`,
  );
}
process.exit(0);
