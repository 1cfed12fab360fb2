/**
 * What ASHA saves and what it costs: searches of LSTM recipes on one series with and without it, seed by seed, the same
 * recipes in both. Claimed: at most half of the epochs, and a best value at most 5 % above the whole search's, in the median.
 * `npx tsx bench/search/asha.ts --from=100 --seeds=20 --trials=40 --epochs=27`. Seeds below 10 were seen while the pruner's rule
 * was chosen, and prove nothing.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { choice, inProcess, int, logUniform, type PrunerName, tune } from "../../src/index.js";
import { median } from "../support/statistics.js";

const { values } = parseArgs({
  options: {
    from: { type: "string", default: "100" },
    seeds: { type: "string", default: "20" },
    trials: { type: "string", default: "40" },
    epochs: { type: "string", default: "27" },
  },
});
const [from, seeds, trials, epochs] = [values.from, values.seeds, values.trials, values.epochs].map(
  Number,
) as [number, number, number, number];

const file = new URL("../../examples/data/sunspots_yearly.csv", import.meta.url);
const data = readFileSync(file, "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => Number(line.split(",").at(-1)));
const space = {
  series: { scale: "standard" },
  window: int(4, 24, { log: true }),
  layers: [
    { kind: choice(["lstm", "gru"]), units: int(4, 32, { log: true }) },
    { kind: "dense", units: 1 },
  ],
  compile: { optimizer: { name: "adam", learningRate: logUniform(3e-4, 1e-1) }, loss: "mse" },
  fit: { epochs, batchSize: choice([16, 32, 64]) },
};

async function search(seed: number, pruner: PrunerName | null): Promise<{ best: number; epochs: number }> {
  const study = await tune(space, { data, trials, sampler: "random", seed, pruner, runner: inProcess() });
  return {
    best: study.best?.value ?? Number.POSITIVE_INFINITY,
    epochs: study.trials.reduce((sum, { intermediate }) => sum + Object.keys(intermediate).length, 0),
  };
}

const saved: number[] = [];
const lost: number[] = [];
for (let seed = from; seed < from + seeds; seed++) {
  const [whole, pruned] = [await search(seed, null), await search(seed, "asha")];
  saved.push(1 - pruned.epochs / whole.epochs);
  lost.push(pruned.best / whole.best - 1);
  console.log(
    `seed ${seed}: ${pruned.epochs} of ${whole.epochs} epochs, best ${pruned.best.toPrecision(4)} instead of ${whole.best.toPrecision(4)}`,
  );
}
console.log(
  `ASHA over ${seeds} seeds from ${from} of ${trials} trials and ${epochs} epochs: saves ${(100 * median(saved)).toFixed(0)} % of the epochs, costs ${(100 * median(lost)).toFixed(1)} % of the best value (medians; at most ${(100 * Math.max(...lost)).toFixed(1)} %)`,
);
process.exit(median(saved) >= 0.5 && median(lost) <= 0.05 ? 0 : 1);
