import { readFileSync } from "node:fs";
import type { SmoothingParameters } from "../../../src/series/baselines/smoothing-state.js";
import { interpolate } from "../../../src/series/prepare/gaps.js";
import { example } from "./golden.js";

interface SmoothingGolden {
  smoothing: {
    series: string;
    trend: boolean;
    damped: boolean;
    season: number | null;
    parameters: SmoothingParameters;
    start: number[];
    sse: number;
    fitted: number[];
    forecast: number[];
  }[];
  theta: { series: string; season: number | null; alpha: number; forecast: number[] }[];
}

/** Written by test/golden/smoothing.py with statsmodels. */
export const smoothingGolden = JSON.parse(
  readFileSync(new URL("../../golden/smoothing.json", import.meta.url), "utf8"),
) as SmoothingGolden;

export function goldenSeries(name: string): number[] {
  if (name === "sunspots") return example("sunspots_yearly.csv", "value");
  // Filled first, as the script does: the 400th week is no gap's neighbour then.
  if (name === "co2") return interpolate(example("co2_weekly.csv", "value")).slice(0, 400);
  return example("macrodata.csv", name);
}
