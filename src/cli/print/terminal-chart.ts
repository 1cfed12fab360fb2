import { readableNumber } from "../../report/text/numbers.js";

export interface ForecastLine {
  readonly title: string;
  /** Drawn as a line; gaps NaN. */
  readonly measured: readonly number[];
  /** Drawn as dots, as many as there are measured values. */
  readonly forecast: readonly number[];
  readonly xLabel: string;
}

const HEIGHT = 10;
/** Left of the plot: numbers and the axis. */
const MARGIN = 12;
const TICKS = 6;

/** What was measured as a line, what was forecast as dots: to be told apart without colour. */
export async function forecastChart(data: ForecastLine, columns: number, color: boolean): Promise<string> {
  const { default: plot } = await import("simple-ascii-chart");
  const points = (values: readonly number[]): [number, number][] =>
    values.flatMap((y, i): [number, number][] => (Number.isFinite(y) ? [[i + 1, y]] : []));
  const [measured, forecast] = [points(data.measured), points(data.forecast)];
  if (measured.length < 2 || forecast.length === 0) return "";
  const all = [...measured, ...forecast].map(([, y]) => y);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const n = data.forecast.length;
  const every = Math.max(1, Math.ceil(n / TICKS));
  const ticks = Array.from({ length: Math.floor(n / every) }, (_, i) => (i + 1) * every);
  const text = plot(measured, {
    width: Math.max(20, Math.min(columns - MARGIN, 64)),
    height: HEIGHT,
    yRange: [low, high],
    points: forecast.map(([x, y]) => ({ x, y, ...(color ? { color: "ansiCyan" as const } : {}) })),
    symbols: { point: "•" },
    customXAxisTicks: [1, ...ticks],
    customYAxisTicks: [low, (low + high) / 2, high],
    formatter: (value, { axis }) => (axis === "y" ? readableNumber(value) : value),
  });
  const lines = text.split("\n").map((line) => line.trimEnd());
  const body = lines
    .filter((line, i) => line !== "" || (i > 0 && i < lines.length - 1))
    .map((line) => `  ${line}\n`);
  return `${data.title}\n${body.join("")}  ${data.xLabel}; line: measured, dots: forecast\n`;
}
