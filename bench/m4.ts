/**
 * The panel forecaster on the M4 competition's hourly and weekly series, the organisers' own formulas.
 *
 * Run: npm run bench:m4 -- [folder] [hourly|weekly …]. The folder holds `hourly-train.csv.gz`, `hourly-test.csv.gz` and
 * the same of weekly (github.com/Mcompetitions/M4-methods, Dataset), default ../shared/data/m4 beside the repository.
 * `horizon` and the seed are all that is given; the test part is read for the score alone.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type Forecast, forecaster, mae, msis, smape } from "../src/index.js";

/** Steps ahead, season of MASE, and what Naive2 scored in the competition. */
const GROUPS = {
  hourly: { horizon: 48, season: 24, smape: 18.383, mase: 2.395 },
  weekly: { horizon: 13, season: 1, smape: 9.161, mase: 2.777 },
} as const;
type Group = keyof typeof GROUPS;

const given = process.argv.slice(2);
const groups = given.filter((name): name is Group => name in GROUPS);
const folder =
  given.find((name) => !(name in GROUPS) && !name.startsWith("--")) ??
  new URL("../../shared/data/m4", import.meta.url).pathname;
const seed = Number(given.find((name) => name.startsWith("--seed="))?.slice(7) ?? 0);

const read = (name: string): number[][] =>
  gunzipSync(readFileSync(`${folder}/${name}.csv.gz`))
    .toString()
    .trim()
    .split("\n")
    .slice(1)
    .map((line) =>
      line
        .split(",")
        .slice(1)
        .map((cell) => cell.replaceAll('"', "").trim())
        .filter((cell) => cell !== "" && cell !== "NA")
        .map(Number),
    );

const changeOf = (x: readonly number[], season: number): number => {
  let sum = 0;
  for (let t = season; t < x.length; t++) sum += Math.abs(x[t]! - x[t - season]!);
  return sum / (x.length - season);
};

for (const group of groups.length === 0 ? (Object.keys(GROUPS) as Group[]) : groups) {
  const { horizon, season, ...naive2 } = GROUPS[group];
  const [train, test] = [read(`${group}-train`), read(`${group}-test`)];
  const began = performance.now();
  const model = await forecaster({ horizon, seed }).fit({ panel: train });
  console.log(String(model.explain()));
  const forecasts: Forecast[] = await model.forecast({ quantiles: [0.025, 0.975] });
  const seconds = (performance.now() - began) / 1000;
  let [s, m, width, inside] = [0, 0, 0, 0];
  test.forEach((actual, i) => {
    const { mean, quantiles } = forecasts[i]!;
    const [low, high] = [quantiles!["0.025"]!, quantiles!["0.975"]!];
    s += smape(actual, mean) / test.length;
    m += Number(mae(actual, mean)) / changeOf(train[i]!, season) / test.length;
    width += msis(actual, low, high, { train: train[i]!, season }) / test.length;
    inside += actual.filter((y, h) => y >= low[h]! && y <= high[h]!).length / horizon / test.length;
  });
  const owa = (s / naive2.smape + m / naive2.mase) / 2;
  console.log(
    `M4 ${group}: sMAPE ${s.toFixed(3)} MASE ${m.toFixed(3)} OWA ${owa.toFixed(4)}; 95 % intervals MSIS ${width.toFixed(3)}, coverage ${inside.toFixed(3)}; ${seconds.toFixed(0)} s, seed ${seed}`,
  );
  model.dispose();
}
