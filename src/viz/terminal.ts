import { type GradientFlow, isRecurrentFlow } from "../inspect/index.js";
import { numberIn, refuseUnknown } from "../options.js";
import { log10, logScale, type Scale, shortNumber } from "./scales.js";

const heights = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
const darkness = [" ", "░", "▒", "▓", "█"] as const;
const plainDarkness = [" ", ".", ":", "=", "#"] as const;

/** At most so many characters, the cut marked. */
export const clipLine = (line: string, columns: number): string =>
  line.length <= columns ? line : `${line.slice(0, columns - 1)}…`;

/** At most `columns` values: each the largest of its share, so that a spike stays. */
function squeeze(values: ArrayLike<number>, columns: number): number[] {
  const n = values.length;
  if (n <= columns) return Array.from(values);
  return Array.from({ length: columns }, (_, i) => {
    let most = Number.NEGATIVE_INFINITY;
    for (let k = Math.floor((i * n) / columns); k < Math.floor(((i + 1) * n) / columns); k++) {
      most = Math.max(most, values[k]!);
    }
    return most;
  });
}

/**
 * A line of block characters, one a value: the lowest for the least, the highest for the largest, `·` for a value that has
 * no place (NaN, and on a log scale 0).
 * @param options columns: at most so many characters (default 60), of more values the largest each; log: by decades.
 */
export function sparkline(
  values: ArrayLike<number>,
  options: { readonly columns?: number; readonly log?: boolean } = {},
): string {
  refuseUnknown("sparkline()", options, ["columns", "log"]);
  const columns = numberIn("sparkline()", "columns", options.columns ?? 60, { min: 1, integer: true });
  const shown = squeeze(values, columns).map((value) =>
    options.log === true ? (value > 0 ? log10(value) : Number.NaN) : value,
  );
  const finite = shown.filter(Number.isFinite);
  const low = Math.min(...finite);
  const span = Math.max(...finite) - low;
  return shown
    .map((value) => {
      if (!Number.isFinite(value)) return "·";
      return heights[span === 0 ? 3 : Math.min(7, Math.floor(((value - low) / span) * 8))]!;
    })
    .join("");
}

/** Rows of five shades, the darkest the largest, by decades; `0` where a value is exactly zero, `!` where it is not finite. */
export function shadedRows(
  rows: readonly { readonly name: string; readonly values: ArrayLike<number> }[],
  columns: number,
  ascii = false,
): { lines: string[]; scale: Scale; shades: readonly string[]; margin: number } {
  const shades = ascii ? plainDarkness : darkness;
  const [left, right] = ascii ? ["|", "|"] : ["▏", "▕"];
  const widest = Math.min(24, Math.floor(columns / 3), Math.max(0, ...rows.map(({ name }) => name.length)));
  const scale = logScale(
    rows.flatMap(({ values }) => Array.from(values)),
    [0, shades.length],
  );
  const lines = rows.map(({ name, values }) => {
    const cells = squeeze(values, columns - widest - 3).map((value) => {
      if (value === 0) return "0";
      if (!Number.isFinite(value)) return "!";
      return shades[Math.min(shades.length - 1, Math.max(0, Math.floor(scale.at(value))))]!;
    });
    return `${clipLine(name, widest).padEnd(widest)} ${left}${cells.join("")}${right}`;
  });
  return { lines, scale, shades, margin: widest };
}

/**
 * Time step by layer for a terminal: each recurrent layer a line of five shades, the darkest the largest ‖dL/dh‖, by
 * decades, `0` where it is exactly zero.
 * @param options columns: width of the whole, default 72.
 */
export function gradientFlowText(flow: GradientFlow, options: { readonly columns?: number } = {}): string {
  refuseUnknown("gradientFlowText()", options, ["columns"]);
  const columns = numberIn("gradientFlowText()", "columns", options.columns ?? 72, {
    min: 30,
    integer: true,
  });
  const layers = flow.layers.filter(isRecurrentFlow);
  const rows = layers.map(({ name, hiddenGradient }) => ({ name, values: hiddenGradient }));
  const { lines, scale, shades, margin } = shadedRows(rows, columns);
  const steps = Math.max(0, ...layers.map(({ hiddenGradient }) => hiddenGradient.length));
  return [
    `‖dL/dh‖ by time step, 0 to ${steps - 1} from left to right`,
    ...lines,
    `${" ".repeat(margin)} shades from ${shortNumber(scale.low)} (${shades[0]}) to ${shortNumber(scale.high)} (${shades.at(-1)}), by decades`,
    "",
  ].join("\n");
}
