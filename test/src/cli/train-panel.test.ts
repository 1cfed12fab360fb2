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

  const forecasts = (out: string): { id: string; day: string; value: number }[] =>
    out
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => {
        const cells = line.replace(/^"(.*)"/, (_, id: string) => id.replace(",", ";")).split(",");
        return { id: cells[0]!.replace(";", ","), day: cells[1]!, value: Number(cells[2]) };
      });

  it("gateflow forecast goes on with all stores from the model file alone, as the table beside it says", async () => {
    const { code, out, err } = await gateflow(["forecast", join(folder, "all/model.safetensors")]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(readFileSync(join(folder, "all/forecast.csv"), "utf8"));
  });

  it("gateflow forecast goes on from newer rows, counts holes, and takes a store it never saw", async () => {
    const newer = ["Oslo,2024-03-25,41", "Oslo,2024-03-27,43"];
    const unseen = Array.from({ length: 60 }, (_, t) => `Hamar,${day(t)},${30 + (t % 7)}`);
    const path = file("newer.csv", `store,day,sales\n${[...newer, ...unseen].join("\n")}\n`);
    const { code, out, err } = await gateflow([
      "forecast",
      join(folder, "all/model.safetensors"),
      path,
      "--horizon",
      "3",
    ]);
    expect(code).toBe(0);
    expect(err).toContain("1 newer value missing");
    expect(err).toContain("store Hamar is new to the model");
    expect(forecasts(out).map(({ id, day: at }) => `${id} ${at}`)).toEqual([
      ...["2024-03-28", "2024-03-29", "2024-03-30"].map((at) => `Oslo ${at}`),
      ...[60, 61, 62].map((t) => `Hamar ${day(t)}`),
    ]);
    for (const { value } of forecasts(out)) expect(Number.isFinite(value)).toBe(true);
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
});
