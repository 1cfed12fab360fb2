import { numberIn } from "../options.js";
import { checkCurves } from "./check-input.js";
import { type Drawn, frame, legend, type Panel, polyline, roomBelow } from "./frame.js";
import { drawMarks, halo, markedValues, type PictureMark, roomAbove } from "./marks.js";
import { linearScale, logScale, type Scale, stepScale } from "./scales.js";
import { lineHeight, svgDocument, textLines, titleText, wrapText } from "./svg.js";

/** A line of a chart. */
export interface Curve extends Drawn {
  readonly name: string;
}

/** One of several panels that share the x axis. */
export interface CurvePanel {
  readonly yLabel: string;
  readonly curves: readonly Curve[];
  readonly log?: boolean;
  /** Fixed ends of a linear y axis; default: those of the data. */
  readonly range?: readonly [number, number];
  /** Pixels. Default 200. */
  readonly height?: number;
  readonly marks?: readonly PictureMark[];
  /** Drawn behind the lines. */
  readonly behind?: (panel: Panel, x: Scale, y: Scale) => readonly string[];
}

/** Options all charts have. */
export interface ChartOptions {
  /** Stands above the picture. Default: none, or what it shows. */
  readonly title: string;
  /** Stands below the x axis. Default: what it counts. */
  readonly xLabel: string;
  /** In CSS pixels. Default: the chart's own. */
  readonly width?: number;
  /** What stands at the x axis in place of 0, 1, 2 …, such as a scale that begins elsewhere. Default 0. */
  readonly firstX?: number;
}

const LEFT = 78;
const RIGHT = 24;
const HEAD = 34;
const GAP = 16;
const FOOT = 52;

function yScale({ curves, log, range, marks = [] }: CurvePanel, panel: Panel): Scale {
  const pixels: readonly [number, number] = [panel.y + panel.height, panel.y];
  const count = Math.max(2, Math.floor(panel.height / 36));
  const all = [...curves.flatMap(({ values }) => Array.from(values)), ...markedValues(marks, "y")].filter(
    Number.isFinite,
  );
  if (log) return logScale(all, pixels, count);
  if (range !== undefined) return linearScale(range, pixels, count);
  let [low, high] = [0, 0];
  for (const value of all) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const room = (high - low) * 0.05;
  return linearScale([low === 0 ? 0 : low - room, high === 0 ? 0 : high + room], pixels, count);
}

/** Time steps from 0; where a curve brings places of its own, or a mark stands outside, from the least to the largest. */
function xScale(panels: readonly CurvePanel[], range: readonly [number, number]): Scale {
  const marks = Math.max(2, Math.floor((range[1] - range[0]) / 80));
  const curves = panels.flatMap((panel) => panel.curves);
  const count = Math.max(1, ...curves.map(({ values }) => values.length));
  const marked = panels.flatMap((panel) => markedValues(panel.marks ?? [], "x"));
  if (marked.length === 0 && curves.every(({ x }) => x === undefined)) return stepScale(count, range, marks);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let whole = true;
  const places = curves.map(({ x, values }) => x ?? [0, Math.max(0, values.length - 1)]);
  for (const values of [...places, marked]) {
    for (let i = 0; i < values.length; i++) {
      [low, high] = [Math.min(low, values[i]!), Math.max(high, values[i]!)];
      if (values !== marked) whole &&= Number.isInteger(values[i]!);
    }
  }
  const scale = linearScale([low, high], range, marks);
  return whole ? { ...scale, ticks: scale.ticks.filter(Number.isInteger) } : scale;
}

/** Pixels between two points of a curve that a label could hide. */
const STEP = 6;

/** Where a curve goes, in pixels, close enough together to see whether a label stands in its way. */
function pointsOf({ values, x: places, points }: Drawn, x: Scale, y: Scale): [number, number][] {
  const all: [number, number][] = [];
  for (let i = 0; i < values.length; i++) {
    const [px, py] = [x.at(places?.[i] ?? i), y.at(values[i]!)];
    const [beforeX, beforeY] = all.at(-1) ?? [px, py];
    if (!Number.isFinite(py)) continue;
    const steps =
      points === true ? 1 : Math.min(200, Math.ceil(Math.hypot(px - beforeX, py - beforeY) / STEP));
    for (let k = 1; k < steps; k++)
      all.push([beforeX + ((px - beforeX) * k) / steps, beforeY + ((py - beforeY) * k) / steps]);
    all.push([px, py]);
  }
  return all;
}

/** Why nothing is drawn of some curves: an empty panel would say that there was nothing. */
function missingNotes({ curves, log }: CurvePanel): string[] {
  const invisible = curves.filter(({ values }) => {
    const all = Array.from(values);
    return all.length > 0 && !all.some((value) => Number.isFinite(value) && (log !== true || value > 0));
  });
  if (invisible.length === 0) return [];
  const isZero = invisible.every(({ values }) => Array.from(values).every((value) => value === 0));
  const why = isZero ? "exactly 0, which has no place on a log scale" : "not finite: nothing to draw";
  return [
    invisible.length === curves.length ? why : `${invisible.map(({ name }) => name).join(", ")}: ${why}`,
  ];
}

/** Panels of lines below each other over one x axis, each with its legend above it. */
export function lineChart(panels: readonly CurvePanel[], options: ChartOptions): string {
  const width = numberIn("chart", "width", options.width ?? 760, { min: 320, max: 10_000 });
  const across = width - LEFT - RIGHT;
  const x = xScale(panels, [LEFT, LEFT + across]);
  const first = options.firstX ?? 0;
  const title = titleText(options.title, LEFT, width, RIGHT);
  const body: string[] = [...title.parts];
  let top = HEAD + title.extra;
  let foot = FOOT;
  panels.forEach((panel, i) => {
    const names = legend(panel.curves, LEFT, top + 14, across);
    const marks = panel.marks ?? [];
    const head = top + names.height + 4 + roomAbove(marks, { x: LEFT, width: across }, x);
    const place: Panel = { x: LEFT, y: head, width: across, height: panel.height ?? 200 };
    const y = yScale(panel, place);
    const last = i === panels.length - 1;
    const shown =
      first === 0
        ? x
        : { ...x, at: (value: number) => x.at(value - first), ticks: x.ticks.map((t) => t + first) };
    const axes = {
      x: shown,
      y,
      yLabel: panel.yLabel,
      xNumbers: last,
      ...(last ? { xLabel: options.xLabel } : {}),
    };
    const lines = panel.curves.map((curve, k) => polyline(curve, x, y, k));
    const drawn = drawMarks(
      marks,
      place,
      x,
      y,
      panel.curves.flatMap((curve) => pointsOf(curve, x, y)),
    );
    const behind = [...drawn.behind, ...(panel.behind?.(place, x, y) ?? [])];
    body.push(...names.parts, ...behind, ...frame(place, axes), ...lines, ...drawn.above);
    const notes = missingNotes(panel).flatMap((note) => wrapText(note, across - 16, 11));
    const middle = place.y + (place.height - (notes.length - 1) * lineHeight(11)) / 2;
    body.push(...textLines(notes, place.x + across / 2, middle, 11, { ...halo, "text-anchor": "middle" }));
    foot = FOOT + roomBelow(place, axes);
    top = place.y + place.height + GAP;
  });
  return svgDocument(width, top - GAP + foot, options.title, body);
}

/**
 * Gradient norms, or anything positive, on a log axis over the time steps: one line each, told apart by dashes.
 * Zeros have no place on a log axis and break the line.
 * @returns an SVG document.
 * @throws ConfigError for curves that are none.
 *
 * @example
 * const { layers } = await model.gradientFlow(x, y);
 * const curves = layers.filter(isRecurrentFlow).map(({ name, hiddenGradient }) => ({ name, values: hiddenGradient }));
 * const svg = gradientNormChart(curves);
 */
export const gradientNormChart = (
  curves: readonly Curve[],
  options: Partial<ChartOptions> & { readonly yLabel?: string } = {},
): string => {
  checkCurves("gradientNormChart()", curves);
  return lineChart([{ yLabel: options.yLabel ?? "‖dL/dh‖ (log scale)", curves, log: true, height: 280 }], {
    title: options.title ?? "Gradient norm by time step",
    xLabel: options.xLabel ?? "time step t",
    ...(options.width === undefined ? {} : { width: options.width }),
  });
};
