import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pc from "picocolors";
import { describe, expect, it } from "vitest";
import { writeTogether } from "../../../../src/cli/files/output.js";
import { forecastCsv } from "../../../../src/cli/print/forecast-csv.js";
import { forecastChart } from "../../../../src/cli/print/terminal-chart.js";
import { factLines, wrap } from "../../../../src/cli/print/text.js";
import { errorsText } from "../../../../src/cli/print/text-table.js";
import { scratch } from "../capture.js";

const { folder } = scratch();

describe("files", () => {
  it("are written together, into a folder that is made", async () => {
    const out = join(folder, "a", "b");
    const paths = await writeTogether(out, { "x.txt": "one", "y.bin": Uint8Array.of(1, 2) });
    expect(paths).toEqual([join(out, "x.txt"), join(out, "y.bin")]);
    expect(readdirSync(out)).toEqual(["x.txt", "y.bin"]);
    expect(readFileSync(paths[0]!, "utf8")).toBe("one");
  });

  it("leave no parts behind when one of them cannot be put in its place", async () => {
    const out = join(folder, "c");
    mkdirSync(join(out, "y.txt"), { recursive: true });
    await expect(writeTogether(out, { "y.txt": "two" })).rejects.toThrow();
    expect(readdirSync(out)).toEqual(["y.txt"]);
    expect(existsSync(join(out, "x.txt"))).toBe(false);
  });
});

describe("forecast.csv", () => {
  it("has bounds only where there are intervals, and quotes a date that needs it", () => {
    expect(forecastCsv("date", ["2024-01-01", "a,b"], { mean: [1.5, 2] })).toBe(
      'date,forecast\n2024-01-01,1.5\n"a,b",2\n',
    );
    expect(forecastCsv("row", ["7"], { mean: [1], lower: [0.5], upper: [2] })).toBe(
      "row,forecast,lower,upper\n7,1,0.5,2\n",
    );
  });
});

describe("the terminal", () => {
  const table = {
    unit: undefined,
    columns: ["RMSE, 1 step ahead", "RMSE, 52 steps ahead", "RMSE, steps 1-52", "MAE, steps 1-52"],
    rows: [
      { name: "LSTM", values: [0.3, 0.8, 0.7, 0.5] },
      { name: "seasonal naive", values: [1.3, 0.7, 1.9, 1.6] },
    ],
  };

  it("gets a table in which each row is a forecast, the best starred, within 80 columns", () => {
    const text = errorsText(table, pc.createColors(false));
    expect(text).toMatch(/LSTM +0\.300 \* +0\.800 +0\.700 \* +0\.500 \*/);
    expect(text).toMatch(/seasonal naive +1\.300 +0\.700 \* +1\.900 +1\.600/);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).not.toContain("\u001b");
    expect(errorsText(table, pc.createColors(true))).toContain("\u001b[1m");
  });

  it("gets a chart of line and dots that fits, without colour where none is wanted", async () => {
    const measured = Array.from({ length: 52 }, (_, i) => 370 + 3 * Math.sin(i / 8));
    const data = { title: "CO2", measured, forecast: measured.map((x) => x + 0.2), xLabel: "steps ahead" };
    const plain = await forecastChart(data, 80, false);
    expect(plain).not.toContain("\u001b");
    expect(plain.match(/•/g)!.length).toBeGreaterThan(20);
    expect(plain).toMatch(/373\.\d┤/);
    expect(Math.max(...plain.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(await forecastChart(data, 80, true)).toContain("\u001b[36m");
  });

  it("gets no chart of one point", async () => {
    expect(await forecastChart({ title: "", measured: [1], forecast: [1], xLabel: "" }, 80, false)).toBe("");
  });

  it("gets text broken at spaces, and a word longer than the line whole", () => {
    expect(wrap("aa bb cccccc d", 5)).toEqual(["aa bb", "cccccc", "d"]);
    expect(factLines([{ name: "n", text: "one two" }], 40)).toBe("  n  one two\n");
  });
});
