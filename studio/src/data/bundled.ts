import { DataError } from "gateflow/series";

/** Values of the files that come with the page; each is fetched when it is first chosen. */
const files: Readonly<Record<string, () => Promise<{ readonly default: string }>>> = {
  co2: () => import("../../../examples/data/co2_weekly.csv?raw"),
  sunspots: () => import("../../../examples/data/sunspots_yearly.csv?raw"),
};

/** The last column of a bundled table; an empty cell is a gap. */
export async function bundledRows(name: string): Promise<number[][]> {
  const load = files[name];
  if (load === undefined) throw new DataError(`There is no bundled series "${name}".`);
  const lines = (await load()).default.trim().split(/\r?\n/).slice(1);
  return lines.map((line) => {
    const cell = line.slice(line.lastIndexOf(",") + 1);
    return [cell === "" ? Number.NaN : Number(cell)];
  });
}
