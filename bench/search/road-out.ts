/**
 * The road out of gateflow, walked as far as a machine can: a recipe trained here, its preprocessing as a script and its
 * weights in PyTorch, forecast there, and the two held against each other. `npx tsx bench/search/road-out.ts`; needs Python
 * with torch and numpy (Debian: apt-get install python3-torch).
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dense, lstm, sequential, slidingWindows, standardScaler, toTorch } from "../../src/index.js";

const UNITS = 12;
const WINDOW = 10;
const series = Array.from({ length: 240 }, (_, t) => 50 + 8 * Math.sin(t / 5) + 3 * Math.cos(t / 2));
const taught = series.slice(0, 180);
const scaler = standardScaler().fit(taught);
const [{ mean, scale }] = (scaler.toJSON() as unknown as { columns: [{ mean: number; scale: number }] })
  .columns;
const scaled = (values: number[]): number[] => values.map((value) => (value - mean) / scale);

const model = sequential(
  [lstm({ units: UNITS, inputShape: [WINDOW, 1], name: "lstm" }), dense({ units: 1, name: "dense" })],
  { seed: 3 },
);
model.compile({ optimizer: "adam", loss: "mse" });
const { x, y } = slidingWindows(scaled(taught), { window: WINDOW });
await model.fit(x, y, { epochs: 20 });
const { x: all } = slidingWindows(scaled(series), { window: WINDOW });
const here = Array.from((await model.predict(all)).data, (value) => value * scale + mean);

const folder = mkdtempSync(join(tmpdir(), "gateflow-road-"));
try {
  const path = (name: string): string => join(folder, name);
  writeFileSync(path("series.csv"), `value\n${series.join("\n")}\n`);
  writeFileSync(path("preprocessing.json"), JSON.stringify({ mean, scale, window: WINDOW, units: UNITS }));
  writeFileSync(path("weights.pt"), await toTorch(model));
  const script = fileURLToPath(new URL("forecast_in_pytorch.py", import.meta.url));
  const said = execFileSync(
    "/usr/bin/python3",
    [script, path("series.csv"), path("preprocessing.json"), path("weights.pt")],
    { encoding: "utf8" },
  );
  const there = said.trim().split("\n").map(Number);
  const apart = Math.max(...here.map((value, i) => Math.abs(value - there[i]!)));
  console.log(
    `${there.length} forecasts here and in PyTorch: at most ${apart.toExponential(1)} apart, of values about ${Math.round(mean)}`,
  );
  process.exitCode = there.length === here.length && apart < 1e-3 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
