import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { DataError } from "../../../../src/errors.js";
import { readCsv } from "../../../../src/node/csv.js";
import { type SeriesSummary, summarize } from "../../../../src/report/summary/series-summary.js";
import { advise, describeSummary } from "../../../../src/report/text/describe-summary.js";

const path = fileURLToPath(new URL("../../../../examples/data/co2_weekly.csv", import.meta.url));

const summaryOf = (values: number[], dates?: string[]): SeriesSummary =>
  summarize({
    path: "x.csv",
    target: "y",
    unit: undefined,
    values: Float64Array.from(values),
    ...(dates === undefined ? {} : { dates, times: Float64Array.from(dates, (date) => Date.parse(date)) }),
  });

describe("weekly CO2 at Mauna Loa", () => {
  let co2: SeriesSummary;
  beforeAll(async () => {
    const { columns, dates, times } = await readCsv(path, { columns: ["value"] });
    co2 = summarize({
      path,
      target: "value",
      unit: "ppm",
      values: columns.value!,
      dates: dates!,
      times: times!,
    });
  });

  it("has 2284 regular weeks, 59 of them gaps, and a season of 52", () => {
    expect(co2.rows).toBe(2284);
    expect(co2.gaps).toBe(59);
    expect(co2.gapRuns.reduce((sum, { length }) => sum + length, 0)).toBe(59);
    expect([co2.axis.step, co2.axis.irregular.length]).toEqual(["7 days", 0]);
    expect(co2.seasonality.season).toBe(52);
  });

  it("is not stationary until it is differenced, by both tests", () => {
    const [asIs, first] = co2.stationarity;
    expect(asIs!.adf!.pValue).toBeGreaterThan(0.05);
    expect(asIs!.kpss!.pValue).toBeLessThan(0.05);
    expect(first!.adf!.pValue).toBeLessThan(0.05);
    expect(first!.kpss!.pValue).toBeGreaterThan(0.05);
  });

  it("shows the year among the correlations of its differences", () => {
    expect(co2.acfPeaks.some(({ lag }) => Math.abs(lag - 52) <= 2)).toBe(true);
  });

  it("is described with gaps, dates and verdicts, and advised to be differenced", () => {
    const text = new Map(describeSummary(co2, { full: true }).map((fact) => [fact.name, fact.text]));
    expect(text.get("length")).toBe("2,284 rows");
    expect(text.get("dates")).toBe(
      "1958-03-29 to 2001-12-29, one value every 7 days (on Saturdays), regular",
    );
    expect(text.get("gaps")).toBe(
      "59 values missing (2.6 %) in 22 places; the longest is 18 from 1964-01-25",
    );
    expect(text.get("ADF as it is")).toContain("not stationary");
    expect(text.get("ADF differenced (lag 1)")).toMatch(/: stationary$/);
    expect(advise(co2).join(" ")).toMatch(/Train on differences.*seasonal naive forecast at 52 steps/);
  });
});

describe("other series", () => {
  it("a column without a value is refused with file and column", () => {
    expect(() => summaryOf([Number.NaN, Number.NaN])).toThrow(DataError);
    expect(() => summaryOf([Number.NaN, Number.NaN])).toThrow('x.csv, column "y": has no value');
  });

  it("a constant or very short series is described, its tests left open", () => {
    for (const values of [new Array<number>(50).fill(4), [1, 2, 4]]) {
      const facts = describeSummary(summaryOf(values), { full: true });
      expect(facts.find(({ name }) => name === "ADF as it is")!.text).toBe(
        "too short or too regular to test",
      );
      expect(facts.map(({ text }) => text).join(" ")).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  it("irregular dates are told with an example, and advised about", () => {
    const dates = ["01", "02", "03", "07", "08", "09", "10", "11"].map((day) => `2024-01-${day}`);
    const summary = summaryOf([1, 2, 4, 3, 5, 6, 7, 5], dates);
    const text = describeSummary(summary, { full: false }).find(({ name }) => name === "dates")!.text;
    expect(text).toContain("irregular: 1 step differs, the first from 2024-01-03 to 2024-01-07");
    expect(advise(summary).join(" ")).toContain("insert the missing dates");
  });
});
