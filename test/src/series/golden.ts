import { readFileSync } from "node:fs";
import { expect } from "vitest";

/** A column of examples/data, empty fields as NaN. */
export function example(file: string, column: string): number[] {
  const [head, ...lines] = readFileSync(new URL(`../../../examples/data/${file}`, import.meta.url), "utf8")
    .trim()
    .split(/\r?\n/);
  const index = head!.split(",").indexOf(column);
  return lines.map((line) => {
    const cell = line.split(",")[index]!;
    return cell === "" ? Number.NaN : Number(cell);
  });
}

type Numbers = (number | null)[];

export interface Golden {
  normalCdf: [number, number][];
  adfuller: [
    name: SeriesName,
    regression: "n" | "c" | "ct" | "ctt",
    autolag: "AIC" | "BIC" | "t-stat" | null,
    maxLag: number | null,
    statistic: number,
    pValue: number,
    usedLag: number,
    nObs: number,
    critical: number[] | null,
  ][];
  kpss: [SeriesName, "c" | "ct", "auto" | "legacy" | number, number, number, number][];
  acf: [SeriesName, boolean, number | null, number[], [number, number][]][];
  pacf: [SeriesName, "ywm" | "yw" | "ols" | "ldb", number | null, number[], [number, number][]][];
  scalers: { table: Numbers[]; cases: [string, Record<string, [number, number]>, Numbers[]][] };
  power: {
    likelihood: ["box-cox" | "yeo-johnson", SeriesName, number, number[]][];
    fixed: ["box-cox" | "yeo-johnson", number, number[], number[]][];
  };
  knnImpute: [Numbers[], number, "uniform" | "distance", number[][]][];
  gaps: {
    values: Numbers;
    interpolate: [
      {
        limit?: number;
        limit_direction: "forward" | "backward" | "both";
        limit_area?: "inside" | "outside";
      },
      Numbers,
    ][];
    ffill: [number | null, Numbers][];
    bfill: [number | null, Numbers][];
  };
  features: {
    values: Numbers;
    rolling: Record<"mean" | "std" | "min" | "max", [number, Numbers][]>;
    pctChange: [number, Numbers][];
  };
  folds: {
    kFold: [number, number, [number[], number[]][]][];
    timeSeriesSplit: [Record<string, number>, number, [number[], number[]][]][];
  };
}

/** Written by test/golden/series.py with statsmodels, scikit-learn and pandas. */
export const golden = JSON.parse(
  readFileSync(new URL("../../golden/series.json", import.meta.url), "utf8"),
) as Golden;

export type SeriesName = "sunspots" | "co2" | "realgdp" | "unemp" | "infl";

export const series = (name: SeriesName): number[] => {
  if (name === "sunspots") return example("sunspots_yearly.csv", "value");
  if (name === "co2") return example("co2_weekly.csv", "value");
  return example("macrodata.csv", name);
};

/** Compares entry by entry, gaps (null or NaN) with gaps, with |a - e| <= relative * max(|e|, floor). */
export function expectClose(
  actual: ArrayLike<number | null>,
  expected: ArrayLike<number | null>,
  relative: number,
  floor = 1,
): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i] ?? Number.NaN, expected[i] ?? Number.NaN];
    const fits =
      Number.isNaN(e) === Number.isNaN(a) && !(Math.abs(a - e) > relative * Math.max(Math.abs(e), floor));
    if (!fits) expect.fail(`at ${i}: got ${a}, expected ${e}, off by ${a - e}`);
  }
}
