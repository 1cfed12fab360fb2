import { beforeAll, describe, expect, it } from "vitest";
import {
  futureChart,
  histogramChart,
  leadChart,
  lossChart,
  pathChart,
  residualAcfChart,
  residualsOf,
  seriesChart,
} from "../../../../src/report/html/charts.js";
import { renderPicture, renderReport } from "../../../../src/report/html/render.js";
import { drawChart } from "../../../../src/viz/chart.js";
import { sampleReport } from "../sample-report.js";

const size = { width: 600, height: 240 };
const report = sampleReport();
const texts = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]+)</g)].map(([, text]) => text!);
const strokes = (svg: string): string[] =>
  [...svg.matchAll(/<path [^>]*stroke="[^"]+"[^>]*>/g)].map(([path]) => path);

describe("charts", () => {
  it("name both axes, with the data's unit", async () => {
    const svg = drawChart(seriesChart(report), size);
    expect(texts(svg)).toContain("sales &amp; more (k€)");
    expect(texts(svg)).toContain("date (UTC)");
    expect(texts(drawChart(lossChart(report), size))).toEqual(
      expect.arrayContaining(["epoch", "loss (scaled units), logarithmic", "training", "validation"]),
    );
  });

  it("draw every series with its own dash or width, to be told apart without colour", async () => {
    const svg = drawChart(pathChart(report), size);
    const looks = strokes(svg).map((path) => /stroke-dasharray="[^"]*"/.exec(path)?.[0]);
    expect(texts(svg)).toEqual(
      expect.arrayContaining(["measured", "LSTM", "naive", "seasonal naive", "drift"]),
    );
    expect(new Set(looks).size).toBe(5);
  });

  it("break the line at a gap instead of drawing NaN", async () => {
    const points = [1, 2, Number.NaN, 4, 5].map((y, x) => ({ x, y }));
    const svg = drawChart({ x: { title: "x" }, y: { title: "y" }, lines: [{ name: "a", points }] }, size);
    const [line] = strokes(svg).filter((path) => /d="M[^"]*M/.test(path));
    expect(line).toContain("M");
    expect(svg).not.toContain("NaN");
  });

  it("continue the time axis beyond the series and shade the interval", () => {
    const chart = futureChart(report);
    const [measured, forecast] = chart.lines!;
    expect(forecast!.points[0]!.x).toBe(Date.UTC(2010, 0, 1));
    expect(measured!.points.at(-1)!.x).toBe(Date.UTC(2009, 11, 1));
    expect(chart.band).toHaveLength(12);
  });

  it("show one RMSE a step ahead, and nothing where there is one step", () => {
    expect(leadChart(report)!.lines!.map(({ points }) => points.length)).toEqual([12, 12, 12, 12]);
    expect(leadChart(sampleReport(1))).toBeUndefined();
  });

  it("count every residual once, gaps left out", () => {
    const residuals = residualsOf(report);
    expect(residuals).toHaveLength(47);
    expect(residuals.every(({ residual }) => Math.abs(Math.abs(residual) - 0.5) < 1e-9)).toBe(true);
    expect(histogramChart(report)!.bars!.reduce((sum, { y }) => sum + y, 0)).toBe(47);
  });

  it("show that alternating residuals are correlated", () => {
    // One gap among 48 alternating values: r(1) is -45/47 and little more.
    expect(residualAcfChart(report)!.bars![0]!.y).toBeLessThan(-0.8);
  });
});

describe("the report", () => {
  let html: string;
  beforeAll(async () => {
    html = renderReport(report);
  });

  it("is one file that asks for nothing: no script, link, import or address but namespaces", () => {
    expect(html).not.toMatch(/<(script|link|img|iframe|object)\b|@import|url\(|\bsrc=|\bhref=/);
    const addresses = [...html.matchAll(/https?:\/\/[^"'\s<]+/g)].map(([address]) => address);
    expect([...new Set(addresses)]).toEqual(["http://www.w3.org/2000/svg"]);
  });

  it("holds the table, the verdict, the choices, the data and ten figures for screen and phone", () => {
    expect(html).toContain("<td>seasonal naive</td>");
    expect(html.match(/class="best"/g)).toHaveLength(report.errors.columns.length);
    expect(html).toContain("LSTM 0.500 k€, 75 % less than the best baseline");
    expect(html).toContain("2 values missing");
    expect(html.match(/<figure>/g)).toHaveLength(10);
    expect(html.match(/<svg /g)).toHaveLength(20);
    expect(html).toContain("20 epochs, 4,513 weights; the whole fit, its choices included, took 12.3 s");
    expect(html).toContain("Trained on 2026-01-02 with gateflow 9.9.9");
  });

  it("escapes what the file says", () => {
    expect(html).not.toContain("a <b>.csv");
    expect(html).toContain("a &#60;b&#62;.csv");
    expect(html).toContain("&#60;because&#62;");
  });

  it("has no hole where a number should be", () => {
    const prose = html.replaceAll(/<style>[\s\S]*?<\/style>/g, "");
    expect(prose).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  it("is the same in every drawing", async () => {
    expect(renderReport(report)).toBe(html);
  });

  it("is drawn for one step ahead as well", async () => {
    const near = renderReport(sampleReport(1));
    expect(near.match(/<figure>/g)).toHaveLength(9);
    expect(near).not.toMatch(/steps 1 to 1\b/);
  });

  it("gives a picture that stands alone, on light paper or on dark", async () => {
    const svg = renderPicture(report);
    expect(svg).toMatch(/^<svg [^>]*role="img"[^>]*><title>sales &amp; more, forecast 12 steps/);
    expect(svg).toContain("@media (prefers-color-scheme:dark)");
    expect(texts(svg)).toContain("seasonal naive");
  });
});
