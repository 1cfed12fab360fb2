import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readSafetensors } from "../../../src/formats/safetensors-file.js";
import { dailyRows, gateflow, type Outcome, scratch } from "./capture.js";

const { folder, file } = scratch();
const ROWS = 160;
const TEST_ROWS = 32;
const daily = file("daily.csv", `day,sales\n${dailyRows(ROWS)}`);
/** Small enough to be quick, and the same in every run. */
const SMALL = ["--units", "4", "--epochs", "3", "--window", "8", "--model", "lstm", "--horizon", "7"];
const train = (path: string, out: string, ...more: string[]): Promise<Outcome> =>
  gateflow(["train", path, "--target", "sales", "--out", join(folder, out), ...SMALL, ...more]);

describe("gateflow train", () => {
  let outcome: Outcome;
  const out = join(folder, "first");
  const forecastRows = (): string[] => readFileSync(join(out, "forecast.csv"), "utf8").trim().split("\n");
  beforeAll(async () => {
    outcome = await train(daily, "first", "--data-unit", "EUR");
  });

  it("succeeds and writes exactly three files", () => {
    expect([outcome.code, readdirSync(out).sort()]).toEqual([
      0,
      ["forecast.csv", "model.safetensors", "report.html"],
    ]);
  });

  it("says what is in the data, what was chosen and why", () => {
    for (const text of [
      "160 rows",
      "one value every 1 day",
      "ADF differenced (lag 1)",
      "window: 8 (given)",
    ]) {
      expect(outcome.out).toContain(text);
    }
  });

  it("ends with a row for the model and each baseline, the first column one step ahead", () => {
    const table = outcome.out.slice(outcome.out.indexOf("Errors on the last 32 rows"));
    expect(table).toMatch(/\(EUR\)[^─]*─+\n +RMSE, 1 +RMSE, 7 +/);
    for (const name of ["LSTM", "naive", "seasonal naive", "drift", "Holt-Winters"]) {
      expect(table).toMatch(new RegExp(`^ ${name} +\\d+\\.\\d+`, "m"));
    }
    // One best in each of four columns; ties may add more.
    expect(table.match(/ \* /g)!.length).toBeGreaterThanOrEqual(4);
  });

  it("keeps to 80 columns and sends no control character where there is no terminal", () => {
    const lines = `${outcome.out}${outcome.err}`.replaceAll(folder, "").split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(`${outcome.out}${outcome.err}`).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it("forecasts the days after the file's end, with bounds on both sides", () => {
    const [head, ...rows] = forecastRows();
    expect(head).toBe("date,forecast,lower,upper");
    expect(rows.map((row) => row.split(",")[0])).toEqual(
      Array.from({ length: 7 }, (_, i) =>
        new Date(Date.UTC(2024, 0, 1 + ROWS + i)).toISOString().slice(0, 10),
      ),
    );
    for (const row of rows) {
      const [, mean, lower, upper] = row.split(",").map(Number);
      expect(lower!).toBeLessThanOrEqual(mean!);
      expect(upper!).toBeGreaterThanOrEqual(mean!);
    }
  });

  it("the model file alone gives the same forecast again", async () => {
    const again = await gateflow(["forecast", join(out, "model.safetensors")]);
    expect([again.code, again.err]).toEqual([0, ""]);
    expect(again.out).toBe(readFileSync(join(out, "forecast.csv"), "utf8"));
  });

  it("the model goes on from newer rows, whether the file has only these or all", async () => {
    const model = join(out, "model.safetensors");
    const only = await gateflow(["forecast", model, file("only.csv", `day,sales\n${dailyRows(5, ROWS)}`)]);
    const whole = await gateflow(["forecast", model, file("whole.csv", `day,sales\n${dailyRows(ROWS + 5)}`)]);
    expect(only.out).toBe(whole.out);
    expect(only.out).toMatch(/^date,forecast,lower,upper\n2024-06-14,/);
    expect(only.out).not.toBe(readFileSync(join(out, "forecast.csv"), "utf8"));
    const asJson = await gateflow(["forecast", model, "--json", "--horizon", "2"]);
    expect((JSON.parse(asJson.out) as { dates: string[] }).dates).toEqual(["2024-06-09", "2024-06-10"]);
  });

  it("says where it goes on from when no row is newer", async () => {
    const model = join(out, "model.safetensors");
    const old = await gateflow(["forecast", model, file("old.csv", `day,sales\n${dailyRows(40)}`)]);
    expect([old.code, old.out]).toEqual([0, readFileSync(join(out, "forecast.csv"), "utf8")]);
    expect(old.err).toMatch(/old\.csv: no row is newer .* goes on from 2024-06-08\n$/);
  });

  it("writes a forecast to a file on demand", async () => {
    const path = join(folder, "next.csv");
    const { out: text } = await gateflow(["forecast", join(out, "model.safetensors"), "-o", path]);
    expect(text).toBe(`Wrote ${path}: 7 rows from 2024-06-09 to 2024-06-15.\n`);
    expect(readFileSync(path, "utf8")).toBe(readFileSync(join(out, "forecast.csv"), "utf8"));
  });
});

describe("the test", () => {
  it("is never seen in training: other values in its rows leave every weight as it was", async () => {
    const rows = dailyRows(ROWS).trimEnd().split("\n");
    const other = rows
      .map((row, i) => (i < ROWS - TEST_ROWS ? row : `${row.split(",")[0]},${i % 5}`))
      .join("\n");
    await train(daily, "same", "--quiet");
    await train(file("other.csv", `day,sales\n${other}\n`), "other", "--quiet");
    const weights = (name: string) =>
      readSafetensors(readFileSync(join(folder, name, "model.safetensors"))).tensors.map(({ name, data }) => [
        name,
        [...data],
      ]);
    expect(weights("other")).toEqual(weights("same"));
  });

  it("gives the same model file to the byte when it is run again, another with another seed", async () => {
    await train(daily, "again", "--quiet");
    await train(daily, "seeded", "--quiet", "--seed", "2");
    const bytes = (name: string): Buffer => readFileSync(join(folder, name, "model.safetensors"));
    await train(daily, "once", "--quiet");
    expect(bytes("again").equals(bytes("once"))).toBe(true);
    expect(bytes("again").equals(bytes("seeded"))).toBe(false);
  });
});

describe("other ways to run it", () => {
  it("--quiet prints the table and nothing else", async () => {
    const { out, err } = await train(daily, "quiet", "--quiet");
    expect(err).toBe("");
    expect(out).toMatch(/^─+\n/);
    expect(out).toMatch(/─+\n$/);
  });

  it("--json prints one document with errors by forecast and column", async () => {
    const { out, err } = await train(daily, "json", "--json");
    expect(err).toBe("");
    const result = JSON.parse(out) as { errors: Record<string, Record<string, number>>; files: string[] };
    expect(result).toMatchObject({ rows: ROWS, trainRows: ROWS - TEST_ROWS, horizon: 7 });
    expect(result.errors.LSTM!["RMSE, 1 step ahead"]).toBeGreaterThan(0);
    expect(Object.keys(result.errors)).toContain("seasonal naive");
    expect(result.files).toHaveLength(3);
  });

  it("without a date column counts rows", async () => {
    const values = dailyRows(ROWS).replaceAll(/^[^,]+,/gm, "");
    await train(file("rows.csv", `sales\n${values}`), "rows", "--quiet");
    expect(readFileSync(join(folder, "rows", "forecast.csv"), "utf8")).toMatch(
      /^row,forecast,lower,upper\n160,/,
    );
  });

  it("Ctrl-C ends it with 130 and leaves nothing behind", async () => {
    const interrupt = new AbortController();
    const outcome = await gateflow(
      ["train", daily, "-t", "sales", "-o", join(folder, "stopped"), ...SMALL, "--epochs", "100000"],
      { signal: interrupt.signal, err: (text) => text.includes("epoch") && interrupt.abort() },
    );
    expect(outcome.code).toBe(130);
    expect(existsSync(join(folder, "stopped"))).toBe(false);
  });
});

describe("gateflow backtest", () => {
  it("counts errors from each origin, and writes every forecast on demand", async () => {
    const path = join(folder, "backtest.csv");
    const { code, out } = await gateflow([
      "backtest",
      daily,
      "-t",
      "sales",
      "--start",
      "2024-05-09",
      "--horizon",
      "7",
      "--step",
      "8",
      "--units",
      "4",
      "--epochs",
      "2",
      "--model",
      "lstm",
      "--out",
      path,
    ]);
    expect(code).toBe(0);
    expect(out.replaceAll(/\s+/g, " ")).toContain("4 forecasts of 7 steps, from 2024-05-09 on");
    expect(out).toMatch(/^ seasonal naive +\d/m);
    const rows = readFileSync(path, "utf8").trim().split("\n");
    expect(rows).toHaveLength(1 + 4 * 7);
    expect(rows[0]).toBe("origin,step,date,actual,forecast");
    expect(rows[8]).toMatch(/^2024-05-17,1,2024-05-17,[\d.]+,[\d.]+$/);
  });
});
