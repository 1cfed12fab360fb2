import { existsSync, readFileSync } from "node:fs";
import type { Part } from "./series.js";

/** A public series, made stationary where it is not. */
export interface PublicSeries {
  readonly name: string;
  readonly values: readonly number[];
  /** As published, in its own units; gaps bridged by the value before. */
  readonly levels: readonly number[];
}

const examples = new URL("../../examples/data/", import.meta.url);
/** Tables that may not be part of the repository stand beside it. The bench runs without them, and says so. */
const beside = new URL("../../../shared/data/", import.meta.url);
export const hasTablesBeside = existsSync(beside);

function column(folder: URL, file: string, name: string): number[] {
  const [head, ...rows] = readFileSync(new URL(file, folder), "utf8").trim().split("\n");
  const at = head!.split(",").indexOf(name);
  const cells = rows.map((row) => row.split(",")[at]!.trim());
  const values: number[] = [];
  for (const cell of cells) {
    if (cell !== "") values.push(Number(cell));
    else if (values.length > 0) values.push(values.at(-1)!);
  }
  return values;
}

const changes = (values: readonly number[]): number[] =>
  values.slice(1).map((value, t) => value - values[t]!);
const growth = (values: readonly number[]): number[] => changes(values.map(Math.log));

const of = (
  name: string,
  levels: readonly number[],
  make: (values: readonly number[]) => readonly number[] = (values) => values,
): PublicSeries => ({ name, levels, values: make(levels) });

/** No file is in both parts. */
const sources: Readonly<Record<Part, readonly (() => PublicSeries)[]>> = {
  develop: [
    () => of("sunspots", column(examples, "sunspots_yearly.csv", "value")),
    () => of("CO2 changes", column(examples, "co2_weekly.csv", "value").slice(0, 700), changes),
    ...(hasTablesBeside
      ? [
          () => of("sales, changes", column(beside, "BJsales.csv", "value"), changes),
          () => of("earnings, growth", column(beside, "JohnsonJohnson.csv", "value"), growth),
        ]
      : []),
  ],
  report: [
    () => of("consumption, growth", column(examples, "macrodata.csv", "realcons"), growth),
    () => of("unemployment, changes", column(examples, "macrodata.csv", "unemp"), changes),
    () => of("investment, growth", column(examples, "macrodata.csv", "realinv"), growth),
    ...(hasTablesBeside
      ? [
          ...["DAX", "SMI", "CAC", "FTSE"].map(
            (name) => () =>
              of(`${name}, growth`, column(beside, "EuStockMarkets.csv", name).slice(0, 800), growth),
          ),
          () => of("lung diseases", column(beside, "ldeaths.csv", "value")),
          () => of("approval", column(beside, "presidents.csv", "value")),
        ]
      : []),
  ],
};

const read = new Map<Part, readonly PublicSeries[]>();

/** The public series of a part. */
export function publicSeries(part: Part): readonly PublicSeries[] {
  const known = read.get(part);
  if (known !== undefined) return known;
  const series = sources[part].map((make) => make());
  read.set(part, series);
  return series;
}
