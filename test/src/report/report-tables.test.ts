import { expect, it } from "vitest";
import { decompositionCharts } from "../../../src/report/html/decomposition-charts.js";
import { renderReport } from "../../../src/report/html/render.js";
import { intervalCoverage } from "../../../src/report/summary/interval-coverage.js";
import { forecastTable, originTable, relativeErrors } from "../../../src/report/text/report-tables.js";
import { sampleReport } from "./sample-report.js";

it("coverage counts what lay inside, at each level that has bounds", () => {
  const quantiles = {
    "0.1": [0, 0, 0, 0],
    "0.9": [10, 10, 10, 10],
    "0.25": [4, 4, 4, 4],
    "0.75": [6, 6, 6, 6],
  };
  const found = intervalCoverage([{ actual: [5, 9, 11, Number.NaN], quantiles }]);
  expect(found).toEqual([
    { level: 0.5, share: 1 / 3, values: 3, width: 2 },
    { level: 0.8, share: 2 / 3, values: 3, width: 10 },
  ]);
});

it("a report shows the data first, then errors with MASE and sMAPE, and the forecast as a table", async () => {
  const report = { ...sampleReport(), coverage: [{ level: 0.8, share: 0.75, values: 40, width: 3 }] };
  const html = await renderReport(report);
  const at = (text: string): number => html.indexOf(text);
  expect(at("What is in the data")).toBeGreaterThan(0);
  expect(at("What is in the data")).toBeLessThan(at("Errors on rows"));
  expect(at('<th scope="col">MASE</th>')).toBeGreaterThan(at("Errors on rows"));
  expect(at("<td>75 %</td>")).toBeGreaterThan(0);
  const table = forecastTable(report);
  expect(table.rows).toHaveLength(report.forecast.mean.length);
  expect(html).toContain(`<td>${table.rows[0]![0]}</td><td>${table.rows[0]![1]}</td>`);
  expect(relativeErrors(report).rows[0]![0]).toBe(report.test.name);
});

it("origins from the first to the last are told apart, and trend and season are drawn", () => {
  const report = sampleReport();
  const { origins } = report.test.far;
  const { rows } = originTable(report);
  expect([rows[0]![0], rows.at(-1)![0]]).toEqual(
    [origins[0]!, origins.at(-1)!].map((row) => report.summary.axis.label(row)),
  );
  const parts = decompositionCharts(report)!;
  expect(parts.trend.lines!.map(({ name }) => name)).toEqual(["measured", "trend"]);
  expect(parts.season.lines![0]!.points.length).toBeGreaterThan(2);
});
