import { numberIn } from "../options.js";
import { frame, type Panel, roomBelow } from "./frame.js";
import { drawMarks, halo, markedValues, type PictureMark, roomAbove } from "./marks.js";
import { linearScale, logScale, NO_NUMBER, type Scale } from "./scales.js";
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

/** A value by name; with `from` the bar floats between two values: a range. NaN has no bar. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly from?: number;
}

export interface BarChartOptions {
  readonly title: string;
  /** What the bars' length says, unit included. */
  readonly xLabel: string;
  /** What there is a bar of. */
  readonly yLabel: string;
  /** Whether length goes by decades; bars then begin at the axis's left end. */
  readonly log?: boolean;
  /** Ends of a linear axis. Default: 0 and the values' own. */
  readonly range?: readonly [number, number];
  readonly marks?: readonly PictureMark[];
  /** Pixels. Default 760. */
  readonly width?: number;
  /** Pixels of a bar and its gap. Default 34, less where there are many. */
  readonly rowHeight?: number;
}

const RIGHT = 24;
const HEAD = 34;
const FOOT = 52;
/** Right of the longest bar: its number. */
const NUMBER = 62;
const SMALL = 11;

function valueScale(bars: readonly Bar[], options: BarChartOptions, range: readonly [number, number]): Scale {
  const count = Math.max(2, Math.floor((range[1] - range[0]) / 90));
  const all = [
    ...bars.flatMap(({ value, from }) => (from === undefined ? [value] : [from, value])),
    ...markedValues(options.marks ?? [], "x"),
  ].filter(Number.isFinite);
  if (options.log === true) {
    // A bar of exactly a power of ten at the left end would have no length.
    const least = Math.min(...all.filter((value) => value > 0));
    return logScale([...all, least / 1.5], range, count);
  }
  return linearScale(options.range ?? barRange(all), range, count);
}

/** Ends of an axis of bars: 0 and the values; where all of them are 0, some room beside it. */
export function barRange(values: readonly number[]): readonly [number, number] {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  return low === 0 && high === 0 ? [0, 1] : [low, high];
}

/** Horizontal bars below each other, each with its name to the left and its number at its end. */
export function barChart(bars: readonly Bar[], options: BarChartOptions): string {
  const width = numberIn("chart", "width", options.width ?? 760, { min: 320, max: 10_000 });
  const marks = options.marks ?? [];
  const room = Math.min(width / 3, Math.max(0, ...bars.map(({ name }) => textWidth(name, SMALL))));
  const names = bars.map(({ name }) => wrapText(name, room, SMALL));
  const tallest = Math.max(1, ...names.map(({ length }) => length));
  const asked = options.rowHeight ?? Math.max(16, Math.min(34, 420 / Math.max(1, bars.length)));
  const rowHeight = tallest === 1 ? asked : Math.max(asked, tallest * lineHeight(SMALL) + 2);
  const title = titleText(options.title, 24, width, 24);
  const left = 44 + room;
  const across = width - left - RIGHT;
  const x = valueScale(bars, options, [left, left + across - NUMBER]);
  const top = HEAD + title.extra + 6 + roomAbove(marks, { x: left, width: across }, x);
  const panel: Panel = { x: left, y: top, width: across, height: bars.length * rowHeight };
  const y: Scale = { low: 0, high: bars.length, ticks: [], at: (row) => top + row * rowHeight };
  const zero = options.log === true ? left : x.at(0);
  const rows = bars.flatMap(({ value, from }, r) => {
    const middle = top + (r + 0.5) * rowHeight;
    const lines = names[r]!;
    const first = middle + 4 - ((lines.length - 1) / 2) * lineHeight(SMALL);
    const label = textLines(lines, left - 6, first, SMALL, { "text-anchor": "end", class: "small" });
    const [begin, end] = [from === undefined ? zero : x.at(from), x.at(value)];
    const drawn = Number.isFinite(begin) && Number.isFinite(end);
    const place = drawn ? Math.max(begin, end) : left;
    const thick = rowHeight * 0.56;
    const bar = element("rect", {
      class: "bar",
      x: Math.min(begin, end),
      y: middle - thick / 2,
      width: Math.max(1, Math.abs(end - begin)),
      height: thick,
    });
    const ends = (from === undefined ? [value] : [from, value]).map(shortNumber).join(" to ");
    const numbers = Number.isNaN(value) ? NO_NUMBER : ends;
    return [...label, drawn ? bar : "", text(numbers, place + 5, middle + 4, halo)];
  });
  const axes = { x, y, xLabel: options.xLabel, yLabel: options.yLabel, yRoom: room + 22, upright: true };
  const { behind, above } = drawMarks(marks, panel, x, y);
  const axis =
    options.log === true || x.low === 0
      ? []
      : [element("path", { class: "axis", d: `M${pixels(zero)} ${pixels(top)}v${pixels(panel.height)}` })];
  const body = [...title.parts, ...behind, ...frame(panel, axes), ...axis, ...above, ...rows];
  return svgDocument(width, top + panel.height + FOOT + roomBelow(panel, axes), options.title, body);
}
