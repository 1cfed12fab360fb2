import { DataError } from "../errors.js";
import { type GradientFlow, isRecurrentFlow } from "../inspect/index.js";
import { listIn, numberIn, refuseUnknown } from "../options.js";
import { checkFlow } from "./check-input.js";
import { log10, logScale, type Scale } from "./scales.js";
import { shortNumber } from "./short-number.js";

const heights = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
const darkness = [" ", "░", "▒", "▓", "█"] as const;
const plainDarkness = [" ", ".", ":", "=", "#"] as const;

/** At most so many characters, the cut marked. */
export const clipLine = (line: string, columns: number): string =>
  line.length <= columns ? line : `${line.slice(0, columns - 1)}…`;

/** A name's beginning and end, of which the beginning has so many characters. */
const cutAt = (name: string, columns: number, head: number): string =>
  name.length <= columns ? name : `${name.slice(0, head)}…${name.slice(name.length - (columns - head - 1))}`;

/** Characters with which all names begin. */
function sharedStart(names: readonly string[]): number {
  const [first = ""] = names;
  let count = 0;
  while (count < first.length && names.every((name) => name[count] === first[count])) count++;
  return count;
}

/** Names in at most so many characters, cut where they stay apart: at the end, at the beginning, or on both sides. */
export function shortNames(names: readonly string[], columns: number): string[] {
  const different = new Set(names).size;
  const heads = [columns - 1, ...Array.from({ length: Math.max(0, columns - 1) }, (_, head) => head)];
  const long = names.filter((name) => name.length > columns);
  const start = sharedStart(long);
  const middle = (name: string): string =>
    name.length <= columns ? name : clipLine(`…${name.slice(start)}`, columns);
  const tried = [...heads.map((head) => names.map((name) => cutAt(name, columns, head))), names.map(middle)];
  return tried.find((cut) => new Set(cut).size === different) ?? tried[0]!;
}

/** Text in lines of at most so many characters, broken between words; a longer word is cut. */
export function wrapLine(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/(?<=\S)(?= )/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length <= columns) lines[lines.length - 1] = last + word;
    else lines.push(clipLine(lines.length === 0 ? word : word.trimStart(), columns));
  }
  return lines;
}

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

/** Changes of less than this share of the value are not blown up to the whole height. */
const LEAST_SHARE = 0.1;
/** The same by decades. */
const LEAST_DECADES = log10(1 + LEAST_SHARE);

/**
 * A line of block characters, one a value: the lowest for the least, the highest for the largest, `·` for a value that has
 * no place (NaN, and on a log scale 0). Values that differ by less than a tenth stay near the middle: noise about a level
 * looks like a level.
 * @param options columns: at most so many characters (default 60), of more values the largest each; log: by decades.
 * @throws ConfigError for an unknown option; DataError for what is no list.
 *
 * @example
 * sparkline([1, 3, 2]);
 */
export function sparkline(
  values: ArrayLike<number>,
  options: { readonly columns?: number; readonly log?: boolean } = {},
): string {
  refuseUnknown("sparkline()", options, ["columns", "log"]);
  const columns = numberIn("sparkline()", "columns", options.columns ?? 60, { min: 1, integer: true });
  const shown = squeeze(listIn("sparkline()", "values", values), columns).map((value) =>
    options.log === true ? (value > 0 ? log10(value) : Number.NaN) : value,
  );
  const finite = shown.filter(Number.isFinite);
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const size = Math.max(Math.abs(least), Math.abs(most));
  const span = Math.max(most - least, options.log === true ? LEAST_DECADES : LEAST_SHARE * size);
  // What hardly changes stands in the middle, just below it.
  const low = span > most - least ? (least + most) / 2 - 0.499 * span : least;
  return shown
    .map((value) => {
      if (!Number.isFinite(value)) return "·";
      return heights[span === 0 ? 3 : Math.min(7, Math.max(0, Math.floor(((value - low) / span) * 8)))]!;
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
  const names = shortNames(
    rows.map(({ name }) => name),
    widest,
  );
  const scale = logScale(
    rows.flatMap(({ values }) => Array.from(values)),
    [0, shades.length],
  );
  const lines = rows.map(({ values }, r) => {
    const cells = squeeze(values, columns - widest - 3).map((value) => {
      if (value === 0) return "0";
      if (!Number.isFinite(value)) return "!";
      return shades[Math.min(shades.length - 1, Math.max(0, Math.floor(scale.at(value))))]!;
    });
    return `${names[r]!.padEnd(widest)} ${left}${cells.join("")}${right}`;
  });
  return { lines, scale, shades, margin: widest };
}

/**
 * Time step by layer for a terminal: each recurrent layer a line of five shades, the darkest the largest ‖dL/dh‖, by
 * decades, `0` where it is exactly zero.
 * @param options columns: width of the whole, default 72.
 * @throws DataError where no layer of the flow is recurrent; ConfigError for what is no flow.
 *
 * @example
 * const text = gradientFlowText(await model.gradientFlow(x, y));
 */
export function gradientFlowText(flow: GradientFlow, options: { readonly columns?: number } = {}): string {
  const where = "gradientFlowText()";
  checkFlow(where, flow);
  refuseUnknown(where, options, ["columns"]);
  const columns = numberIn(where, "columns", options.columns ?? 72, { min: 30, integer: true });
  const layers = flow.layers.filter(isRecurrentFlow);
  if (layers.length === 0) throw new DataError(`${where}: no layer of this flow is recurrent.`);
  const rows = layers.map(({ name, hiddenGradient }) => ({ name, values: hiddenGradient }));
  const { lines, scale, shades, margin } = shadedRows(rows, columns);
  const steps = Math.max(0, ...layers.map(({ hiddenGradient }) => hiddenGradient.length));
  const legend = `shades from ${shortNumber(scale.low)} (${shades[0]}) to ${shortNumber(scale.high)} (${shades.at(-1)}), by decades`;
  const before = " ".repeat(Math.max(0, Math.min(margin + 1, columns - legend.length)));
  return [
    ...wrapLine(`‖dL/dh‖ by time step, 0 to ${steps - 1} from left to right`, columns),
    ...lines,
    ...wrapLine(`${before}${legend}`, columns),
    "",
  ].join("\n");
}
