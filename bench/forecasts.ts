/**
 * The forecaster with no options against classical models, one step ahead on the last fifth of each series.
 *
 * Run: npx tsx bench/forecasts.ts. Writes docs/forecasts.md. AR and ES are statsmodels', test/golden/forecasts.py; their
 * parameters and the forecaster's alike are fitted once, on the first 80 %. Series that may not be committed are read from
 * ../shared/data beside the repository, and left out with a note where that is not there.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type ForecasterOptions, forecaster } from "../src/index.js";
import { fieldSection } from "./field-series.js";

const root = new URL("../", import.meta.url);

/** What `npm run bench:m4` measures takes its time and is not run here: the last figures, kept by hand. */
const PANEL = readFileSync(new URL("bench/panel-figures.md", root), "utf8");
const SEEDS = [0, 1, 2];

interface Row {
  readonly file: string;
  readonly column: string;
  readonly rows: number;
  readonly train: number;
  readonly naive: number;
  readonly seasonalNaive: number | null;
  readonly ar: number;
  readonly es: number;
}

const golden = JSON.parse(readFileSync(new URL("test/golden/forecasts.json", root), "utf8")) as Row[];

/** A column of a CSV file, empty fields as NaN; null when the file is not here. */
function read(file: string, column: string): number[] | null {
  const path = [new URL(`examples/data/${file}`, root), new URL(`../shared/data/${file}`, root)].find(
    existsSync,
  );
  if (path === undefined) return null;
  const [head, ...lines] = readFileSync(path, "utf8").trim().split(/\r?\n/);
  const index = head!.split(",").indexOf(column);
  return lines.map((line) => {
    const cell = line.split(",")[index]!;
    return cell === "" ? Number.NaN : Number(cell);
  });
}

const digits = (x: number): string => String(Number(x.toPrecision(4)));

interface Result {
  readonly name: string;
  readonly row: Row;
  readonly errors: readonly number[];
  readonly how: string;
  readonly seconds: number;
}

async function run(row: Row, series: number[]): Promise<Result> {
  const errors: number[] = [];
  let how = "";
  const began = performance.now();
  for (const seed of SEEDS) {
    const model = await forecaster({ seed }).fit(series.slice(0, row.train));
    errors.push((await model.backtest(series, { start: row.train })).metrics.rmse!);
    const chosen = (option: string): unknown =>
      model.explain().find((choice) => choice.option === option)?.value;
    const first = (option: string, otherwise: number): number =>
      (chosen(option) as number[] | undefined)?.[0] ?? otherwise;
    if (seed === SEEDS[0]) {
      const [kept, network] = [first("carrierWeight", 1), first("weight", 0)];
      const carrier = String(chosen("carrier"));
      const parts = [
        kept === 0 ? "" : kept === 1 ? carrier : `${kept} (${carrier})`,
        kept === 1 ? "" : `${Number((1 - kept).toPrecision(3))} differences`,
        network === 0 ? "" : `${network} LSTM`,
      ];
      how = parts.filter((part) => part !== "").join(" + ") + (chosen("log") === true ? ", log" : "");
    }
    model.dispose();
  }
  const stem = row.file.replace(".csv", "");
  const name = row.column === "value" ? stem : `${stem}: ${row.column}`;
  return { name, row, errors, how, seconds: (performance.now() - began) / 1000 / SEEDS.length };
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
};

const ratioOf = ({ row, errors }: Result): number => median(errors) / Math.min(row.ar, row.es);

function line(result: Result): string {
  const { name, row, errors, how, seconds } = result;
  const [low, high] = [Math.min(...errors), Math.max(...errors)];
  const spread = digits(low) === digits(high) ? "none" : `${digits(low)} to ${digits(high)}`;
  const best = Math.min(row.ar, row.es);
  const error = median(errors);
  const marks = [
    error > best * 1.05 ? "over 5 % worse" : "",
    best < row.naive && error >= row.naive ? "loses to naive" : "",
  ];
  return `| ${name} | ${digits(error)} | ${spread} | ${digits(row.ar)} | ${digits(row.es)} | ${digits(row.naive)} | ${ratioOf(result).toFixed(3)} | ${marks.filter((mark) => mark !== "").join(", ")} | ${how} | ${seconds.toFixed(1)} |`;
}

const results: Result[] = [];
const skipped: string[] = [];
for (const row of golden) {
  const series = read(row.file, row.column);
  if (series === null) {
    skipped.push(`${row.file}: ${row.column}`);
    continue;
  }
  const result = await run(row, series);
  console.log(line(result));
  results.push(result);
}

/** Steps ahead, a year of weeks, with a window of a year. */
async function yearAhead(options: ForecasterOptions): Promise<string> {
  const series = read("co2_weekly.csv", "value")!;
  const start = Math.floor(series.length * 0.8);
  const began = performance.now();
  const model = await forecaster({ window: 52, horizon: 52, ...options }).fit(series.slice(0, start));
  const { rmseByStep } = await model.backtest(series, { start, horizon: 52 });
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  model.dispose();
  const label = options.model === "lstm" ? "LSTM alone" : "default";
  console.log(label, `${seconds} s`);
  const rows = options.model === "lstm" ? ["model"] : Object.keys(rmseByStep);
  return rows
    .map((name) => {
      const errors = [1, 4, 13, 26, 52].map((step) => digits(rmseByStep[name]![step - 1]!));
      return `| ${name === "model" ? `forecaster, ${label} (${seconds} s)` : name} | ${errors.join(" | ")} |`;
    })
    .join("\n");
}

const field = await fieldSection(root);
const year = [await yearAhead({}), await yearAhead({ model: "lstm" })].join("\n");
const ratios = results.map(ratioOf);
const losing = results.filter(
  ({ row, errors }) => Math.min(row.ar, row.es) < row.naive && median(errors) >= row.naive,
);
const far = results.filter((result) => ratioOf(result) > 1.05);
const names = (list: readonly Result[]): string =>
  list.length === 0 ? "none" : list.map(({ name }) => name).join(", ");

const text = `# Forecasts, measured

Written by \`npx tsx bench/forecasts.ts\`. Every series is cut at 80 %; everything is fitted once on the first part, then
one-step forecasts roll over the rest. RMSE in the units of the data; gaps count in nothing.

- **forecaster**: \`forecaster({ seed })\` with no other option, median of ${SEEDS.length} seeds, their spread beside it.
- **AR**: statsmodels' AutoReg on the levels, lags by AIC. **ES**: statsmodels' ExponentialSmoothing, the best by AICc of no,
  additive and damped trend with and without an additive season. Made by \`test/golden/forecasts.py\`.
- **ratio**: the forecaster's error over the smaller of AR's and ES's.
- **how**: what the forecast is made of with the first seed: the carrier's parts (of the values and, where all are positive,
  of their logarithms), in a blend what the differences imply (\`differences\`), and the LSTM's outputs, each with its
  share. Where no LSTM is named, the network did not help on the validation tail and is not listened to: \`explain()\` says
  so.

| series | forecaster | over seeds | AR | ES | naive | ratio | | how | s |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${results.map(line).join("\n")}

Median ratio ${median(ratios).toFixed(3)}, smallest ${Math.min(...ratios).toFixed(3)}, largest ${Math.max(...ratios).toFixed(3)}, over ${results.length} series.
More than 5 % worse than the better of AR and ES: ${names(far)}.
Loses to the naive forecast where AR or ES beats it: ${names(losing)}.
${skipped.length === 0 ? "" : `\nLeft out, for the data may not be committed: ${skipped.join("; ")}.\n`}
## Over the horizon, on public series of many kinds

Fitted once on the first four fifths, from origins in the last fifth, all steps ahead together; statsmodels' AR, ETS, seasonal
ARIMA, theta and the mean of the last three (comb) are given the season, the forecaster finds it. Each column is the
forecaster's RMSE over that of a peer.

${field}
The weights of the parts are chosen on the training part alone. Where the ratio to comb is above 1 the forecaster loses.

${PANEL}
## A year of weeks ahead

co2_weekly, trained on the first 80 %, window and horizon 52, from every week of the rest. RMSE in ppm by weeks ahead; time
for fit and evaluation together.

| | 1 | 4 | 13 | 26 | 52 |
| --- | --- | --- | --- | --- | --- |
${year}
`;
writeFileSync(new URL("docs/forecasts.md", root), text);
console.log(text.split("\n").find((part) => part.startsWith("Median ratio")));
