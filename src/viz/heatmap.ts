import { numberIn } from "../options.js";
import { logScale, type Scale, shade, stepScale } from "./scales.js";
import { shortNumber } from "./short-number.js";
import {
  element,
  lineHeight,
  pixels,
  svgDocument,
  text,
  textLines,
  textWidth,
  titleText,
  wrapText,
} from "./svg.js";

export interface HeatmapRow {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

export interface HeatmapOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** What the colour says, unit included. */
  readonly valueLabel: string;
  /** Pixels. Default 760. */
  readonly width?: number;
  /** Pixels of a row. Default 34, less where there are many. */
  readonly rowHeight?: number;
}

const RIGHT = 110;
const TOP = 48;
const FOOT = 66;
const BAR = 16;
/** The least height at which the colour bar's numbers keep apart. */
const LEAST = 110;
const SMALL = 11;
const EDGE = 12;
/** Rows of more are lines in a picture of a training: their names are short. */
const NAMED = 24;

/** Colour bar with the numbers of its decades, and what is drawn where there is no colour. */
function colourBar(scale: Scale, label: string, x: number, top: number, height: number): string[] {
  const cells = 40;
  const bar = Array.from({ length: cells }, (_, i) =>
    element("rect", {
      x,
      y: top + (i * height) / cells,
      width: BAR,
      height: height / cells + 0.5,
      fill: shade(1 - (i + 0.5) / cells),
    }),
  );
  const marks = scale.ticks.map((tick) => {
    const y = top + (1 - scale.at(tick)) * height;
    return (
      element("path", { class: "axis", d: `M${pixels(x + BAR)} ${pixels(y)}h4` }) +
      text(shortNumber(tick), x + BAR + 7, y + 4, { class: "small" })
    );
  });
  const across = `translate(${pixels(x + BAR + 58)} ${pixels(top + height / 2)}) rotate(-90)`;
  return [
    ...bar,
    ...marks,
    element("g", { transform: across }, [text(label, 0, 0, { "text-anchor": "middle", class: "small" })]),
  ];
}

/** Rows of values against time steps, darker where larger, by decades; hatched where a value is exactly zero, black
 *  where it is not finite. */
export function heatmap(rows: readonly HeatmapRow[], options: HeatmapOptions): string {
  const where = "heatmap";
  const width = numberIn(where, "width", options.width ?? 760, { min: 320, max: 10_000 });
  const names = rows.map(({ name }) => name);
  const longest = Math.max(0, ...names.map((name) => textWidth(name)));
  const left = 40 + Math.min(longest, width / 3);
  const across = width - left - RIGHT;
  const wrapped = names.map((name) => (rows.length > NAMED ? [name] : wrapText(name, left - 30, SMALL)));
  const tallest = Math.max(1, ...wrapped.map(({ length }) => length));
  const asked = options.rowHeight ?? Math.max(4, Math.min(34, 420 / Math.max(1, rows.length)));
  // A name in several lines needs its row to be as high.
  const each = tallest === 1 ? asked : Math.max(asked, tallest * lineHeight(SMALL) + 2);
  const rowHeight = numberIn(where, "rowHeight", each, { min: 1, max: 200 });
  const height = rows.length * rowHeight;
  const title = titleText(options.title, left, width);
  const HEAD = TOP + title.extra;
  const steps = Math.max(1, ...rows.map(({ values }) => values.length));
  const cell = across / steps;
  const x = stepScale(
    steps,
    [left + cell / 2, left + across - cell / 2],
    Math.max(2, Math.floor(across / 70)),
  );
  const colours = logScale(
    rows.flatMap(({ values }) => Array.from(values)),
    [0, 1],
  );
  const body: string[] = [...title.parts];
  const cells: string[] = [];
  rows.forEach(({ values }, r) => {
    const y = HEAD + r * rowHeight;
    for (let t = 0; t < values.length; t++) {
      const value = values[t]!;
      const place = { x: left + t * cell, y, width: cell + 0.3, height: rowHeight + 0.3 };
      const known = value > 0 && Number.isFinite(value);
      cells.push(
        element("rect", {
          ...place,
          fill: known ? shade(colours.at(value)) : value === 0 ? "url(#none)" : "#000",
        }),
      );
    }
  });
  body.push(element("g", { "shape-rendering": "crispEdges" }, cells));
  // Rows too low for their names are named at the ends and between, as far apart as text needs.
  const every = Math.max(1, Math.ceil(14 / rowHeight));
  wrapped.forEach((lines, r) => {
    if (r % every !== 0) return;
    const y = HEAD + (r + 0.5) * rowHeight + 4 - ((lines.length - 1) / 2) * lineHeight(SMALL);
    body.push(...textLines(lines, left - 6, y, SMALL, { "text-anchor": "end", class: "small" }));
  });
  for (const tick of x.ticks) {
    const at = x.at(tick);
    body.push(element("path", { class: "axis", d: `M${pixels(at)} ${pixels(HEAD + height)}v4` }));
    body.push(text(shortNumber(tick), at, HEAD + height + 17, { "text-anchor": "middle", class: "small" }));
  }
  body.push(element("rect", { class: "axis", x: left, y: HEAD, width: across, height }));
  // Wider than the cells where they are few pixels: as far as the colour bar's numbers, from the names' beginning on.
  const labelRoom = Math.max(across, width - 2 * EDGE);
  const xLines = textWidth(options.xLabel) <= across ? [options.xLabel] : wrapText(options.xLabel, labelRoom);
  const xMiddle = textWidth(options.xLabel) <= across ? left + across / 2 : width / 2;
  const barHeight = Math.max(LEAST, height);
  // A label beneath the colour bar's foot stands free of it.
  const xTop =
    xMiddle === width / 2 ? Math.max(HEAD + height + 36, HEAD + barHeight + 22) : HEAD + height + 36;
  body.push(...textLines(xLines, xMiddle, xTop, 12, { "text-anchor": "middle" }));
  const below = xTop + (xLines.length - 1) * lineHeight();
  const turned = `translate(16 ${pixels(HEAD + height / 2)}) rotate(-90)`;
  body.push(element("g", { transform: turned }, [text(options.yLabel, 0, 0, { "text-anchor": "middle" })]));
  body.push(...colourBar(colours, options.valueLabel, width - RIGHT + 18, HEAD, barHeight));
  const all = rows.flatMap(({ values }) => Array.from(values));
  const notes = [
    ...(all.includes(0) ? ["hatched: exactly 0"] : []),
    ...(all.every(Number.isFinite) ? [] : ["black: not finite"]),
  ];
  const note = notes.join("; ");
  const noteAt = Math.max(8, Math.min(left, width - 8 - textWidth(note, 11)));
  if (note !== "") body.push(text(note, noteAt, below + 18, { class: "small" }));
  return svgDocument(width, Math.max(HEAD + barHeight + 22, below + FOOT - 36), options.title, body);
}
