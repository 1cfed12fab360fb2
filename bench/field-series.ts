/**
 * Public series of many kinds beside statsmodels, forecasts over the whole horizon from origins in the last fifth.
 *
 * The series, their origins and the peers' errors are read from a file that may not be committed:
 * ../shared/data/field/forecast/series.json.gz beside the repository; without it the section is left out with a note.
 */
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { forecaster } from "../src/index.js";

interface FieldSeries {
  readonly name: string;
  readonly season: number;
  readonly horizon: number;
  readonly origins: readonly number[];
  readonly values: readonly (number | null)[];
  /** RMSE of each peer over the same origins and steps. */
  readonly rmse: Readonly<Record<string, number>>;
}

const PEERS = ["naive", "snaive", "AR", "ETS", "ARIMA", "theta", "comb"];

interface Measured {
  readonly rmse: number;
  readonly coverage: number;
  readonly how: string;
}

async function measure({ values, horizon, origins }: FieldSeries): Promise<Measured> {
  const series = values.map((value) => value ?? Number.NaN);
  const model = await forecaster({ horizon, seed: 1 }).fit(series.slice(0, origins[0]));
  let [squares, count, covered] = [0, 0, 0];
  for (const origin of origins) {
    const history = series.slice(0, origin);
    const { mean, quantiles } = await model.forecast({ history, quantiles: [0.1, 0.9] });
    mean.forEach((value, h) => {
      const actual = series[origin + h];
      if (actual === undefined || Number.isNaN(actual)) return;
      squares += (actual - value) ** 2;
      count += 1;
      if (actual >= quantiles!["0.1"]![h]! && actual <= quantiles!["0.9"]![h]!) covered += 1;
    });
  }
  const weight = model.explain().find(({ option }) => option === "weight")?.value;
  const heard = Array.isArray(weight) && weight.some((share: number) => share > 0);
  model.dispose();
  return {
    rmse: Math.sqrt(squares / count),
    coverage: covered / count,
    how: heard ? "carrier and LSTM" : "carrier (LSTM: weight 0)",
  };
}

const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** The section of docs/forecasts.md. */
export async function fieldSection(root: URL): Promise<string> {
  const path = new URL("../shared/data/field/forecast/series.json.gz", root);
  if (!existsSync(path)) return "The public series of the field are not here, so that they were left out.\n";
  const all = JSON.parse(gunzipSync(readFileSync(path)).toString()) as FieldSeries[];
  const ratios: Record<string, number[]> = Object.fromEntries(PEERS.map((peer) => [peer, []]));
  const coverages: number[] = [];
  const lines: string[] = [];
  for (const series of all) {
    const { rmse, coverage, how } = await measure(series);
    coverages.push(coverage);
    const cells = PEERS.map((peer) => {
      const other = series.rmse[peer];
      if (other === undefined || !(other > 0)) return "–";
      ratios[peer]!.push(rmse / other);
      return (rmse / other).toFixed(2);
    });
    const line = `| ${series.name} | ${series.horizon} | ${Number(rmse.toPrecision(4))} | ${cells.join(" | ")} | ${coverage.toFixed(2)} | ${how} |`;
    console.log(line);
    lines.push(line);
  }
  const means = PEERS.map((peer) => geometricMean(ratios[peer]!).toFixed(3)).join(" | ");
  const mean = coverages.reduce((sum, value) => sum + value, 0) / coverages.length;
  return `| series | steps | RMSE | over ${PEERS.join(" | over ")} | 80 % holds | forecast by |
| --- | --- | --- | ${PEERS.map(() => "---").join(" | ")} | --- | --- |
${lines.join("\n")}
| geometric mean | | | ${means} | ${mean.toFixed(3)} | |
`;
}
