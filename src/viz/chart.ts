import { extent } from "d3-array";
import { format } from "d3-format";
import { area } from "d3-shape";
import { frame, legend, type Panel, polyline } from "./frame.js";
import { halo } from "./marks.js";
import { linearScale, logScale, type Scale, timeScale } from "./scales.js";
import { clipText, element, pixels, svgDocument, text, titleText } from "./svg.js";

export interface Point {
  readonly x: number;
  /** NaN breaks the line. */
  readonly y: number;
}

export interface LineSeries {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface ChartAxis {
  /** What is shown, with its unit: `CO2 (ppm)`. */
  readonly title: string;
  /** `time`: milliseconds since 1970, UTC. Default `linear`. */
  readonly type?: "linear" | "time" | "log";
  /** Whether the axis must reach zero. Default false. */
  readonly zero?: boolean;
  /** How numbers are written (d3-format). Default: short numbers, or as many digits as tell them apart. */
  readonly format?: string;
}

/** A chart of a report as plain data, over a time axis or bars of a histogram, for which a `Picture` has no words. */
export interface Chart {
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly lines?: readonly LineSeries[];
  /** Bars from x0 to x1, of a histogram or, where both are equal, stems. */
  readonly bars?: readonly { readonly x0: number; readonly x1: number; readonly y: number }[];
  readonly dots?: readonly Point[];
  /** A band, such as an interval of a forecast. */
  readonly band?: readonly { readonly x: number; readonly low: number; readonly high: number }[];
  /** Horizontal lines, such as zero. */
  readonly levels?: readonly number[];
  /** A vertical line with a word beside it. */
  readonly cut?: { readonly x: number; readonly label: string };
}

export interface ChartSize {
  readonly width: number;
  readonly height: number;
  /** Stands above the drawing, and is read to those who do not see it. Default: for those alone, the axes' names. */
  readonly title?: string;
}

const LEFT = 78;
const RIGHT = 16;
const FOOT = 46;
/** Pixels between numbers of an axis. */
const APART = { x: 96, y: 40 };
const STEM = 3;

function domainOf(values: readonly number[], zero: boolean | undefined): readonly [number, number] {
  const [low, high] = extent(zero === true ? [...values, 0] : values);
  return low === undefined ? [0, 1] : [low, high];
}

/** An axis with its numbers written as asked for. */
function written(scale: Scale, axis: ChartAxis): Scale {
  if (axis.format === undefined) return scale;
  const write = format(axis.format);
  const ticks = axis.format === "d" ? scale.ticks.filter(Number.isInteger) : scale.ticks;
  return { ...scale, ticks, write: (tick) => write(tick).replace("\u2212", "-") };
}

function scalesOf(chart: Chart, { x, y, width, height }: Panel): { x: Scale; y: Scale } {
  const { lines = [], bars = [], dots = [], band = [], levels = [] } = chart;
  const points = [...lines.flatMap((one) => one.points), ...dots];
  const xs = [...points.map((p) => p.x), ...band.map((p) => p.x), ...bars.flatMap(({ x0, x1 }) => [x0, x1])];
  const ys = [
    ...points.map((p) => p.y),
    ...bars.map((p) => p.y),
    ...levels,
    ...band.flatMap(({ low, high }) => [low, high]),
  ].filter(Number.isFinite);
  const across: readonly [number, number] = [x, x + width];
  const up: readonly [number, number] = [y + height, y];
  const marks = { x: Math.max(2, Math.floor(width / APART.x)), y: Math.max(2, Math.floor(height / APART.y)) };
  const along = domainOf(xs, chart.x.zero);
  return {
    x: written(
      chart.x.type === "time" ? timeScale(along, across, marks.x) : linearScale(along, across, marks.x),
      chart.x,
    ),
    y: written(
      chart.y.type === "log"
        ? logScale(ys, up, marks.y)
        : linearScale(domainOf(ys, chart.y.zero), up, marks.y, true),
      chart.y,
    ),
  };
}

/** Bars and bands, which stand behind the lines. */
function areasOf({ bars = [], band = [] }: Chart, x: Scale, y: Scale): string[] {
  const shape = area<{ x: number; low: number; high: number }>()
    .digits(2)
    .defined(({ low, high }) => Number.isFinite(low) && Number.isFinite(high))
    .x((p) => x.at(p.x))
    .y0((p) => y.at(p.low))
    .y1((p) => y.at(p.high))(band);
  const floor = y.at(Math.max(y.low, Math.min(y.high, 0)));
  return [
    ...(shape === null ? [] : [element("path", { class: "area", d: shape })]),
    ...bars.map(({ x0, x1, y: value }) => {
      const [left, right] =
        x0 === x1 ? [x.at(x0) - STEM / 2, x.at(x0) + STEM / 2] : [x.at(x0) + 0.5, x.at(x1) - 0.5];
      const [top, bottom] = [Math.min(floor, y.at(value)), Math.max(floor, y.at(value))];
      return element("rect", { class: "bar", x: left, y: top, width: right - left, height: bottom - top });
    }),
  ];
}

/** Lines at values: what a level or a cut says. */
function rulesOf({ levels = [], cut }: Chart, panel: Panel, x: Scale, y: Scale): string[] {
  const rules = levels.map((level) =>
    element("path", {
      class: "mark",
      d: `M${pixels(panel.x)} ${pixels(y.at(level))}h${pixels(panel.width)}`,
    }),
  );
  if (cut === undefined) return rules;
  const at = x.at(cut.x);
  // Beside the line where there is more room.
  const isLeft = at - panel.x > panel.width / 2;
  const room = (isLeft ? at - panel.x : panel.x + panel.width - at) - 6;
  const label = text(clipText(cut.label, room, 11), at + (isLeft ? -5 : 5), panel.y + 11, {
    ...halo,
    "text-anchor": isLeft ? "end" : "start",
  });
  const d = `M${pixels(at)} ${pixels(panel.y)}v${pixels(panel.height)}`;
  return [...rules, element("path", { class: "mark", d }), label];
}

/** A chart as an SVG document of that size: axes named, a legend above where there are several lines. */
export function drawChart(chart: Chart, { width, height, title }: ChartSize): string {
  const { lines = [], dots = [] } = chart;
  const across = width - LEFT - RIGHT;
  const heading = title === undefined ? { parts: [], extra: -26 } : titleText(title, LEFT, width, RIGHT);
  const head = 34 + heading.extra;
  const names =
    lines.length < 2
      ? { parts: [], height: 6 }
      : legend(
          lines.map(({ name }) => ({ name })),
          LEFT,
          head + 12,
          across,
        );
  const top = head + names.height;
  const panel: Panel = { x: LEFT, y: top, width: across, height: Math.max(60, height - top - FOOT) };
  const { x, y } = scalesOf(chart, panel);
  const drawn = ({ points }: { points: readonly Point[] }) => ({
    values: points.map((point) => point.y),
    x: points.map((point) => point.x),
  });
  return svgDocument(width, panel.y + panel.height + FOOT, title ?? `${chart.y.title} by ${chart.x.title}`, [
    ...heading.parts,
    ...names.parts,
    ...frame(panel, { x, y, xLabel: chart.x.title, yLabel: chart.y.title }),
    ...areasOf(chart, x, y),
    ...lines.map((line, i) => polyline(drawn(line), x, y, i)),
    ...(dots.length === 0 ? [] : [polyline({ ...drawn({ points: dots }), points: true }, x, y, 0)]),
    ...rulesOf(chart, panel, x, y),
  ]);
}
