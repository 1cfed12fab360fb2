/**
 * For hosts with a command line: `host.mjs '{"base": …, "dist": …}'` prints the runs as JSON. One engine more is made,
 * used and never disposed of: its workers must not keep the process alive.
 */
import process from "node:process";
import { runAll } from "./runs.mjs";

const { base, dist } = JSON.parse(process.argv[2]);
const { createEngine, sequential, lstm } = await import(`${dist}index.js`);
const engine = await createEngine({ threads: 2 });
const model = sequential([lstm({ units: 64, inputShape: [20, 8] })], { engine });
for (let i = 0; i < 8; i++) await model.predict({ shape: [64, 20, 8], data: new Float32Array(64 * 160) });
console.log(JSON.stringify(await runAll(base, dist)));
