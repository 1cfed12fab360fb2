import { describe, expect, it } from "vitest";
import { tableCells } from "../../../../src/report/summary/error-table.js";
import { comparisons, verdict } from "../../../../src/report/text/forecast-report.js";
import { decimalsFor, percent, readableNumber } from "../../../../src/report/text/numbers.js";

const table = {
  unit: "ppm",
  columns: ["RMSE, 1 step ahead", "MAE, 1 step ahead"],
  rows: [
    { name: "LSTM", values: [0.31234, 0.5] },
    { name: "naive", values: [0.4, 0.25] },
    { name: "drift", values: [0.35, Number.NaN] },
  ],
};

describe("a table of errors", () => {
  it("marks the smallest of each column, and writes a column with equal decimals", () => {
    expect(tableCells(table)).toEqual([
      {
        name: "LSTM",
        cells: [
          { text: "0.312", best: true },
          { text: "0.500", best: false },
        ],
      },
      {
        name: "naive",
        cells: [
          { text: "0.400", best: false },
          { text: "0.250", best: true },
        ],
      },
      {
        name: "drift",
        cells: [
          { text: "0.350", best: false },
          { text: "–", best: false },
        ],
      },
    ]);
  });

  it("is compared with the best baseline of each RMSE column, also when the model loses", () => {
    const [comparison, ...rest] = comparisons(table);
    expect(rest).toEqual([]);
    expect(verdict(comparison!, "ppm")).toBe(
      "RMSE, 1 step ahead: LSTM 0.312 ppm, 11 % less than the best baseline (drift, 0.350 ppm).",
    );
    const [lost] = comparisons({
      ...table,
      rows: [{ name: "LSTM", values: [0.7, 1] }, ...table.rows.slice(1)],
    });
    expect(verdict(lost!, undefined)).toBe(
      "RMSE, 1 step ahead: LSTM 0.700, 100 % more than the best baseline (drift, 0.350).",
    );
  });

  it("without a baseline is compared with nothing", () => {
    expect(comparisons({ ...table, rows: table.rows.slice(0, 1) })).toEqual([]);
  });
});

describe("numbers", () => {
  it("are written with four significant digits and no power of ten a reader can do without", () => {
    expect([0.31274, 371.52, 12345.6, 0, -2.5, 1.23456e-7, 2.5e12].map(readableNumber)).toEqual([
      "0.3127",
      "371.5",
      "12,346",
      "0",
      "-2.5",
      "1.235e-7",
      "2.500e+12",
    ]);
  });

  it("of a column have three significant digits in the smallest", () => {
    expect(decimalsFor([0.0123, 4])).toBe(4);
    expect(decimalsFor([123, 4567])).toBe(0);
    expect(decimalsFor([Number.NaN])).toBe(2);
  });

  it("shares are percent", () => {
    expect([0.0258, 0.2, 1].map(percent)).toEqual(["2.6 %", "20 %", "100 %"]);
  });
});
