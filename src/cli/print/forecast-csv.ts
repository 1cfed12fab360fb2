import type { FutureForecast } from "../../report/text/forecast-report.js";

/** A field as RFC 4180 wants it. */
const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Ten digits: more than any forecast is good for, and without the noise of binary fractions. */
const cellText = (cell: string | number): string =>
  typeof cell === "number" ? String(Number(cell.toPrecision(10))) : quote(cell);

/** Rows of texts and numbers as CSV. */
export const csvText = (rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((row) => `${row.map(cellText).join(",")}\n`).join("");

/** `date,forecast,lower,upper`; the bounds only where there are intervals. */
export function forecastCsv(dateName: string, labels: readonly string[], forecast: FutureForecast): string {
  const { mean, lower, upper } = forecast;
  const bounds = lower === undefined || upper === undefined ? undefined : { lower, upper };
  return csvText([
    [dateName, "forecast", ...(bounds === undefined ? [] : ["lower", "upper"])],
    ...mean.map((value, i) => [
      labels[i]!,
      value,
      ...(bounds === undefined ? [] : [bounds.lower[i]!, bounds.upper[i]!]),
    ]),
  ]);
}
