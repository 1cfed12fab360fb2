/**
 * The long form of test/reliability/many-trials.test.ts: small trials, poison among them, through Redis and workers that are
 * killed, each to end once and with this process's bits. Needs the built package and a Redis server:
 * `npx tsx bench/search/many-trials.ts --trials=10000 --workers=2,4 --kills=10 --restarts=3 --poison-every=2000 --timeout=60 --lock=5`
 */
import { parseArgs } from "node:util";
import { storm } from "./storm.js";

const { values } = parseArgs({
  options: {
    trials: { type: "string", default: "10000" },
    workers: { type: "string", default: "2,4" },
    kills: { type: "string", default: "10" },
    restarts: { type: "string", default: "3" },
    "poison-every": { type: "string", default: "2000" },
    timeout: { type: "string", default: "60" },
    lock: { type: "string", default: "5" },
  },
});

let isClean = true;
for (const workers of values.workers.split(",").map(Number)) {
  const outcome = await storm(
    {
      trials: Number(values.trials),
      workers,
      kills: Number(values.kills),
      restarts: Number(values.restarts),
      poisonEvery: Number(values["poison-every"]),
      trialTimeout: Number(values.timeout),
      lock: Number(values.lock),
    },
    console.error,
  );
  isClean &&= outcome.notOnce.length === 0 && outcome.different.length === 0;
  console.log(JSON.stringify({ workers, ...outcome }));
}
process.exit(isClean ? 0 : 1);
