import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors-file.js";
import { type Forecaster, forecaster, GateflowError, loadForecaster } from "../../src/index.js";

/** What a file may hold in place of any value. */
const hostile = [3e9, 2 ** 31, -1, 0, 0.5, 1e300, null, "x", [], {}, true] as const;
/** Longest a file of some kilobytes may take to be refused, or to forecast three steps, in milliseconds. */
const PATIENCE = 5000;

type Path = readonly (string | number)[];

/** Where something stands in parsed JSON; of lists, their first places. */
function placesOf(value: unknown, at: Path = []): Path[] {
  const own = at.length === 0 ? [] : [at];
  if (typeof value !== "object" || value === null) return own;
  const entries = Object.entries(value);
  const some = Array.isArray(value) ? entries.slice(0, 2) : entries;
  return [...own, ...some.flatMap(([key, inner]) => placesOf(inner, [...at, key]))];
}

function changed(description: unknown, path: Path, value: unknown): string {
  const copy = structuredClone(description) as Record<string | number, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1)!] = value;
  return JSON.stringify(copy);
}

/** Saved forecasters to change: of one series without and with a season, and of many. */
export async function storedForecasters(): Promise<{ name: string; key: string; bytes: Uint8Array }[]> {
  const wave = (phase: number): number[] =>
    Array.from(
      { length: 150 },
      (_, t) => 10 + 3 * Math.sin((2 * Math.PI * t) / 12 + phase) + 0.3 * Math.cos(t * t),
    );
  const common = { epochs: 2, units: 4, horizon: 2 } as const;
  const made: { name: string; key: string; bytes: Uint8Array }[] = [];
  const add = async (name: string, key: string, own: Forecaster): Promise<void> => {
    made.push({ name, key, bytes: await own.save() });
    own.dispose();
  };
  const one = forecaster({ ...common, window: 6, quantiles: [0.1, 0.9] });
  await one.fit(wave(0));
  await add("one series", "forecaster", one);
  const smooth = forecaster({ ...common, window: 6, carrier: "both", model: "hybrid", season: 12 });
  await smooth.fit(wave(1));
  await add("one series, both carriers", "forecaster", smooth);
  const many = forecaster({ ...common, members: 2, season: 12 });
  await many.fit({ panel: { a: wave(0), b: wave(1), c: wave(2) } });
  await add("a panel", "forecaster-panel", many);
  return made;
}

/** What became of files in each of which one value was changed. */
export interface StoredOutcome {
  readonly files: number;
  readonly refused: number;
  /** Neither a forecast nor a refusal in gateflow's own words, or too late. */
  readonly faults: readonly string[];
}

/** @param every of all changes, one in so many. */
export async function changedForecasters(
  every: number,
  say: (at: string) => void = () => {},
): Promise<StoredOutcome> {
  const faults: string[] = [];
  let [files, refused, turn] = [0, 0, 0];
  for (const { name, key, bytes } of await storedForecasters()) {
    const file = readSafetensors(bytes);
    const description: unknown = JSON.parse(file.metadata[key]!);
    for (const path of placesOf(description)) {
      for (const value of hostile) {
        if (turn++ % every !== 0) continue;
        files++;
        const metadata = { ...file.metadata, [key]: changed(description, path, value) };
        const told = `${name}: ${path.join(".")} = ${JSON.stringify(value)}`;
        say(told);
        const start = performance.now();
        let loaded: Forecaster | undefined;
        try {
          loaded = loadForecaster(writeSafetensors({ ...file, metadata }));
          await loaded.forecast({ horizon: 3 });
        } catch (error) {
          if (error instanceof GateflowError) refused++;
          else faults.push(`${told}: ${(error as Error).name}: ${(error as Error).message.slice(0, 120)}`);
        } finally {
          loaded?.dispose();
        }
        const spent = performance.now() - start;
        if (spent > PATIENCE) faults.push(`${told}: took ${Math.round(spent)} ms`);
      }
    }
  }
  return { files, refused, faults };
}
