/**
 * Regret of `tune`'s TPE beside Optuna's on the same problems, after the same number of trials:
 * `npx tsx bench/search/main.ts --seeds=200 --trials=60 [--optuna=file.json]`, where the file holds what
 * `python3 bench/search/regret_of_optuna.py 200 60` printed; without it the program is called.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createRandom, tune } from "../../src/index.js";
import { type Problem, problems } from "./problems.js";

const { values } = parseArgs({
  options: { seeds: { type: "string" }, trials: { type: "string" }, optuna: { type: "string" } },
});
const seeds = Number(values.seeds ?? 200);
const trials = Number(values.trials ?? 60);

const medianOf = (all: readonly number[]): number => {
  const sorted = [...all].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
};

/** What the trial that looked best really was worth, above the least value there is. */
async function regretOf({ space, value, noise, least }: Problem, seed: number): Promise<number> {
  const random = createRandom(seed).fork("noise");
  const study = await tune(async (params) => value(params) + noise * random.normal(), {
    space,
    trials,
    seed,
  });
  return value(study.best!.params) - least;
}

const script = fileURLToPath(new URL("regret_of_optuna.py", import.meta.url));
const theirs = JSON.parse(
  values.optuna === undefined
    ? execFileSync("/usr/bin/python3", [script, String(seeds), String(trials)], { encoding: "utf8" })
    : readFileSync(values.optuna, "utf8"),
) as Record<string, number[]>;

for (const problem of problems) {
  const ours: number[] = [];
  for (let seed = 0; seed < seeds; seed++) ours.push(await regretOf(problem, seed));
  const [own, other] = [medianOf(ours), medianOf(theirs[problem.name]!)];
  console.log(
    `${problem.name}: median regret after ${trials} trials over ${seeds} seeds ${own.toFixed(3)}, Optuna ${other.toFixed(3)}: ${(own / other).toFixed(2)}x`,
  );
}
