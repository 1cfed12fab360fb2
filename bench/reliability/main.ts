/**
 * The long runs behind docs/reliability.md, one part at a time, each from a seed that is kept:
 * `node --expose-gc --import tsx bench/reliability/main.ts --part=models --count=20000`
 */
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import * as gateflow from "../../src/index.js";
import { callHostilely } from "./hostile-calls.js";
import { forgottenModels, type MemoryCourse, manyPredictions } from "./leaks.js";

const { values } = parseArgs({
  options: { part: { type: "string" }, count: { type: "string" }, seed: { type: "string" } },
});
const seed = Number(values.seed ?? 20261128);

const told = (what: string, { counts, bytes, slope }: MemoryCourse): void => {
  console.log(
    `${counts.at(-1)} ${what}: ${(bytes[0]! / 2 ** 20).toFixed(1)} MiB after ${counts[0]}, ${(bytes.at(-1)! / 2 ** 20).toFixed(1)} at the end, slope ${slope.toFixed(2)} bytes each in the second half`,
  );
};

const parts: Record<string, (count: number) => Promise<void>> = {
  models: async (count) => told("models made and forgotten", await forgottenModels(count, 20)),
  predictions: async (count) => told("predictions", await manyPredictions(count, 20)),
  async arguments(count) {
    process.chdir(tmpdir());
    console.warn = () => {};
    const slow = ["createEngine", "tune", "repair", "checkup", "fitMany"];
    let calls = 0;
    let offences = 0;
    for (const [i, [name, called]] of Object.entries(gateflow).entries()) {
      if (typeof called !== "function" || /^class\b/.test(String(called)) || slow.includes(name)) continue;
      const found = await callHostilely(name, called as (...given: unknown[]) => unknown, count, seed + i);
      calls += found.calls;
      offences += found.offences.length;
      for (const { call, what } of found.offences.slice(0, 3)) console.log(`${call}: ${what}`);
    }
    console.log(`${calls} calls with arguments nobody should give, ${offences} answered otherwise`);
  },
};

const part = parts[values.part ?? ""];
if (part === undefined) console.error(`--part is one of ${Object.keys(parts).join(", ")}`);
else await part(Number(values.count ?? 1000));
process.exit(part === undefined ? 1 : 0);
