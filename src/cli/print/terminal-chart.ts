import pc from "picocolors";
import { printPicture } from "../../viz/print-picture.js";

export interface ForecastLine {
  readonly title: string;
  /** Gaps NaN. */
  readonly measured: readonly number[];
  /** As many as there are measured values. */
  readonly forecast: readonly number[];
  readonly xLabel: string;
}

/** Wider pictures say no more. */
const WIDEST = 76;

const drawable = (values: readonly number[]): (number | null)[] =>
  values.map((value) => (Number.isFinite(value) ? value : null));

/** What was measured as a line, what was forecast as signs of its own: to be told apart without colour. */
export function forecastChart(data: ForecastLine, columns: number, color: boolean): string {
  const { measured, forecast, title, xLabel } = data;
  const count = (values: readonly number[]): number => values.filter(Number.isFinite).length;
  if (count(measured) < 2 || count(forecast) === 0) return "";
  const steps = measured.map((_, i) => i + 1);
  const text = printPicture(
    {
      kind: "lines",
      title,
      x: { label: xLabel },
      y: { label: "" },
      lines: [
        { name: "measured", values: drawable(measured), x: steps },
        { name: "forecast", values: drawable(forecast), x: steps, points: true },
      ],
    },
    { columns: Math.max(30, Math.min(columns - 2, WIDEST)) },
  );
  const [head, ...body] = text.split("\n").filter((line) => line !== "");
  const { cyan } = pc.createColors(color);
  return `${head}\n${body.map((line) => `  ${line.replaceAll("○", cyan("○"))}\n`).join("")}`;
}
