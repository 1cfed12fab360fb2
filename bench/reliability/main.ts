/**
 * The long runs behind docs/reliability.md, one part at a time, each from a seed that is kept:
 * `node --expose-gc --import tsx bench/reliability/main.ts --part=models --count=20000`
 */
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import * as gateflow from "../../src/index.js";
import { type FaultyWork, faults, sizeLimits } from "./faults.js";
import { callHostilely } from "./hostile-calls.js";
import { forgottenModels, type MemoryCourse, manyPredictions } from "./leaks.js";
import { withSmallDisk } from "./small-disk.js";
import { changedForecasters } from "./stored-values.js";
import { threadedSteps } from "./threaded-steps.js";

const { values } = parseArgs({
  options: {
    part: { type: "string" },
    count: { type: "string" },
    seed: { type: "string" },
    work: { type: "string", default: "training,study,saving,command" },
  },
});
const seed = Number(values.seed ?? 20261128);

const told = (what: string, { counts, bytes, slope }: MemoryCourse): void => {
  console.log(
    `${counts.at(-1)} ${what}: ${(bytes[0]! / 2 ** 20).toFixed(1)} MiB after ${counts[0]}, ${(bytes.at(-1)! / 2 ** 20).toFixed(1)} at the end, slope ${slope.toFixed(2)} bytes each in the second half`,
  );
};

const works = values.work.split(",") as FaultyWork[];
const LONGEST_MS = 900;

const parts: Record<string, (count: number) => Promise<void>> = {
  models: async (count) => told("models made and forgotten", await forgottenModels(count, 20)),
  predictions: async (count) => told("predictions", await manyPredictions(count, 20)),
  async kills(count) {
    for (const work of works) {
      const { faults: found, early, rounds, losses } = await faults(work, count, seed);
      console.log(
        `${work}: ${found} SIGKILLs in ${rounds} rounds, ${early} of them before anything was under way, ${losses.length} losses`,
      );
      for (const loss of losses.slice(0, 3)) console.log(`  ${loss}`);
    }
  },
  async disk(count) {
    for (const work of works) {
      if (work === "command") continue;
      const [low, high] = sizeLimits[work];
      const limited = await faults(work, count, seed, (random) => ({
        limit: low + random.integer(high - low),
      }));
      console.log(
        `${work}: ${limited.faults} files that grew beyond a limit, ${limited.losses.length} losses ${limited.losses.slice(0, 3).join("; ")}`,
      );
      const full = await withSmallDisk((disk) =>
        faults(work, count, seed, (random) => ({ fill: random.uniform() ** 2 * LONGEST_MS, disk }), disk),
      );
      console.log(
        full === null
          ? `${work}: no small disk can be mounted here (root of Linux can)`
          : `${work}: ${full.faults} times a full disk, ${full.losses.length} losses ${full.losses.slice(0, 3).join("; ")}`,
      );
    }
  },
  async threads(count) {
    const { steps, stops, threads, changed } = await threadedSteps(count, seed);
    console.log(
      `${steps} steps on up to ${threads} threads, ${stops} fits stopped, ${changed.length} steps with a changed bit`,
    );
    for (const one of changed.slice(0, 3)) console.log(`  ${one}`);
  },
  async stored(count) {
    const { files, refused, faults: found } = await changedForecasters(Math.max(1, count));
    console.log(
      `${files} saved forecasters with a changed value, ${refused} refused, the others forecast, ${found.length} did neither`,
    );
    for (const one of found.slice(0, 10)) console.log(`  ${one}`);
  },
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
