import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loadForecaster } from "../../../src/forecast/forecaster.js";
import { createRandom } from "../../../src/random.js";
import { gateflow, type Outcome, scratch } from "./capture.js";

const { folder, file } = scratch();
const lengths = { Oslo: 84, Bergen: 70, "Å, 2": 98 };
const random = createRandom(11);
const day = (t: number): string => new Date(Date.UTC(2024, 0, 1 + t)).toISOString().slice(0, 10);
const rows = Object.entries(lengths).flatMap(([store, length]) =>
  Array.from({ length }, (_, t) => {
    const sales = 40 + 15 * Math.sin((2 * Math.PI * t) / 7) + 2 * random.normal();
    return `"${store}",${day(t)},${sales.toFixed(2)}`;
  }),
);
const stores = file("stores.csv", `store,day,sales\n${rows.join("\n")}\n`);
const SMALL = ["--units", "4", "--epochs", "2", "--horizon", "7"];
const train = (out: string, ...more: string[]): Promise<Outcome> =>
  gateflow(["train", stores, "-t", "sales", "--id", "store", "-o", join(folder, out), ...SMALL, ...more]);

describe("gateflow train of all series of a file", () => {
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = await train("all");
  });

  it("writes one model, one table in long form and one report", () => {
    expect([outcome.code, readdirSync(join(folder, "all")).sort()]).toEqual([
      0,
      ["forecast.csv", "model.safetensors", "report.html"],
    ]);
    const [head, ...lines] = readFileSync(join(folder, "all/forecast.csv"), "utf8").trim().split("\n");
    expect(head).toBe("store,date,forecast,lower,upper");
    expect(lines).toHaveLength(3 * 7);
    // The day after each store's own end.
    expect(lines[0]!.startsWith(`Oslo,${day(84)},`)).toBe(true);
    expect(lines[7]!.startsWith(`Bergen,${day(70)},`)).toBe(true);
    expect(lines[14]!.startsWith(`"Å, 2",${day(98)},`)).toBe(true);
    for (const line of lines) {
      const [forecast, lower, upper] = line.split(",").slice(-3).map(Number) as [number, number, number];
      expect(lower).toBeLessThanOrEqual(forecast);
      expect(upper).toBeGreaterThanOrEqual(forecast);
    }
  });

  it("says what was chosen, puts baselines beside, and names the worst and best series", () => {
    expect(outcome.out.replaceAll(/\s+/g, " ")).toContain("sales of 3 series in column store, 70 to 98 rows");
    expect(outcome.out).toContain("season: 7");
    for (const name of ["naive", "seasonal naive", "holtWinters", "theta"]) {
      expect(outcome.out).toMatch(new RegExp(`^ ${name} +\\d`, "m"));
    }
    expect(outcome.out).toMatch(/worst: .*MASE \d/);
    const report = readFileSync(join(folder, "all/report.html"), "utf8");
    expect(report).toContain("Series forecast worst");
    expect(report).toContain("Å, 2");
    expect(report.match(/<svg /g)!.length).toBeGreaterThanOrEqual(2);
  });

  it("the model is a panel forecaster that knows every store", async () => {
    const model = loadForecaster(new Uint8Array(readFileSync(join(folder, "all/model.safetensors"))));
    expect(Object.keys(await model.forecast())).toEqual(Object.keys(lengths));
    model.dispose();
  });

  it("--json is one object with errors and forecasts of each series", async () => {
    const { code, out } = await train("json", "--json");
    const result = JSON.parse(out) as { series: { id: string; metrics: { mase: number } }[] };
    expect(code).toBe(0);
    expect(result.series.map(({ id }) => id)).toEqual(Object.keys(lengths));
    for (const { metrics } of result.series) expect(metrics.mase).toBeLessThan(2);
  });

  it("an option of one series is refused, and the picture of one", async () => {
    const window = await train("window", "--window", "8");
    expect([window.code, window.err]).toEqual([
      1,
      expect.stringMatching(/--window is an option of one series/),
    ]);
    const picture = await train("picture", "--picture", join(folder, "p.svg"));
    expect([picture.code, picture.err]).toEqual([1, expect.stringMatching(/--picture shows one series/)]);
  });

  it("one store alone is trained as before", async () => {
    const { code, out } = await train("oslo", "--series", "Oslo", "--model", "lstm", "--window", "8");
    expect(code).toBe(0);
    expect(out).toContain("84 rows");
  });

  it("gateflow forecast says that the model is one of many series", async () => {
    const { code, err } = await gateflow(["forecast", join(folder, "all/model.safetensors")]);
    expect(code).toBe(1);
    expect(err).toMatch(/many series/);
  });
});
