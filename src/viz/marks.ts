import type { Panel } from "./frame.js";
import type { Scale } from "./scales.js";
import { clipText, element, lineHeight, pixels, text, textLines, textWidth, wrapText } from "./svg.js";

/**
 * A place worth pointing at: a bound, a window's end, the step where something arose. A number is a dashed line, a pair a
 * shaded band from one value to the other. Either `x` or `y` is given.
 */
export interface PictureMark {
  readonly label: string;
  readonly x?: number | readonly [number, number];
  readonly y?: number | readonly [number, number];
}

/** Values of an axis that its marks ask to be seen. */
export const markedValues = (marks: readonly PictureMark[], axis: "x" | "y"): number[] =>
  marks.flatMap((mark) => mark[axis] ?? []);

const ROW = 15;
const SMALL = 11;
const EDGE = 8;
/** Room between a label and its neighbour. */
const APART = 10;

interface Label {
  readonly text: string;
  readonly left: number;
  readonly row: number;
}

/** Labels of vertical marks stand above the panel, in as many rows as they need not to touch. */
function labelsAbove(marks: readonly PictureMark[], panel: Pick<Panel, "x" | "width">, x: Scale): Label[] {
  const ends: number[] = [];
  return marks
    .filter((mark) => mark.x !== undefined)
    .map((mark) => {
      const places = [mark.x!].flat().map(x.at);
      const centre = (Math.min(...places) + Math.max(...places)) / 2;
      const right = panel.x + panel.width;
      // What is wider than the panel reaches beyond it to the left: nothing else stands above there.
      const label = clipText(mark.label, right - EDGE, SMALL);
      const room = textWidth(label, SMALL);
      const left = Math.min(right - room, Math.max(panel.x, centre - room / 2));
      return { text: label, left, room };
    })
    .sort((a, b) => a.left - b.left)
    .map(({ text: label, left, room }) => {
      let row = ends.findIndex((end) => left >= end + APART);
      if (row < 0) row = ends.length;
      ends[row] = left + room;
      return { text: label, left, row };
    });
}

/** Pixels that vertical marks' labels need above their panel. */
export function roomAbove(
  marks: readonly PictureMark[],
  panel: Pick<Panel, "x" | "width">,
  x: Scale,
): number {
  const rows = labelsAbove(marks, panel, x).map(({ row }) => row + 1);
  return rows.length === 0 ? 0 : Math.max(...rows) * ROW + 2;
}

/** Lines of a chart go through behind a label: an outline of the paper's colour keeps it readable. */
export const halo = { class: "small halo" } as const;

/** Thinner bands could not be seen. */
const THINNEST = 2;

type Points = readonly (readonly [number, number])[];

const crowd = (points: Points, left: number, y: number, width: number): number =>
  points.reduce(
    (count, [px, py]) => count + (px >= left && px <= left + width && py >= y - SMALL && py <= y + 4 ? 1 : 0),
    0,
  );

/**
 * Where a label hides least of the curves: at the left or the right end of the panel, at one of some heights (the first of
 * equals). Not where another label stands, nor outside the panel, unless there is no other place.
 */
function roomiest(
  heights: readonly number[],
  { width, lines }: { readonly width: number; readonly lines: number },
  panel: Panel,
  points: Points,
  taken: readonly number[],
): { y: number; isLeft: boolean } {
  const [right, bottom] = [panel.x + panel.width, panel.y + panel.height];
  const rowsOf = (y: number): number[] => Array.from({ length: lines }, (_, i) => y + i * lineHeight(SMALL));
  const isFree = (y: number): boolean =>
    y - SMALL >= panel.y &&
    rowsOf(y).at(-1)! + 4 <= bottom &&
    rowsOf(y).every((row) => taken.every((other) => Math.abs(other - row) >= ROW));
  const free = heights.filter(isFree);
  const hidden = (left: number, y: number): number =>
    rowsOf(y).reduce((sum, row) => sum + crowd(points, left, row, width), 0);
  const places = (free.length > 0 ? free : heights.slice(1, 2)).flatMap((y) => [
    { y, isLeft: false, hidden: hidden(right - width, y) },
    { y, isLeft: true, hidden: hidden(panel.x, y) },
  ]);
  return places.reduce((best, place) => (place.hidden < best.hidden ? place : best));
}

/**
 * Marks in two layers: bands go behind the curves, lines and labels above them.
 * @param points where the curves go, in pixels: labels stand where they hide few of them.
 */
export function drawMarks(
  marks: readonly PictureMark[],
  panel: Panel,
  x: Scale,
  y: Scale,
  points: Points = [],
): { behind: string[]; above: string[] } {
  const behind: string[] = [];
  const above: string[] = [];
  const [right, bottom] = [panel.x + panel.width, panel.y + panel.height];
  const within = (place: number, low: number, high: number): number => Math.max(low, Math.min(high, place));
  const taken: number[] = [];
  for (const { label, x: atX, y: atY } of marks) {
    const places = atX === undefined ? [atY!].flat().map(y.at) : [atX].flat().map(x.at);
    const across = atX === undefined;
    const [low, high] = across ? [panel.y, bottom] : [panel.x, right];
    const [from, to] = [within(Math.min(...places), low, high), within(Math.max(...places), low, high)];
    if (places.length > 1) {
      const area = across
        ? { x: panel.x, y: from, width: panel.width, height: Math.max(THINNEST, to - from) }
        : { x: from, y: panel.y, width: Math.max(THINNEST, to - from), height: panel.height };
      behind.push(element("rect", { ...area, class: "band" }));
    } else {
      const d = across
        ? `M${pixels(panel.x)} ${pixels(from)}h${pixels(panel.width)}`
        : `M${pixels(from)} ${pixels(panel.y)}v${pixels(panel.height)}`;
      above.push(element("path", { class: "mark", d }));
    }
    if (!across) continue;
    const lines = wrapText(label, panel.width - 8, SMALL);
    const width = Math.max(...lines.map((line) => textWidth(line, SMALL))) + 8;
    const rise = (lines.length - 1) * lineHeight(SMALL) + 4;
    const heights = [from - rise, from + SMALL + 3, to + SMALL + 3, to - rise];
    const place = roomiest(heights, { width, lines: lines.length }, panel, points, taken);
    taken.push(...lines.map((_, i) => place.y + i * lineHeight(SMALL)));
    const anchor = { x: place.isLeft ? panel.x + 4 : right - 4, end: place.isLeft ? "start" : "end" };
    above.push(...textLines(lines, anchor.x, place.y, SMALL, { ...halo, "text-anchor": anchor.end }));
  }
  for (const { text: label, left, row } of labelsAbove(marks, panel, x)) {
    above.push(text(label, left, panel.y - 5 - row * ROW, halo));
  }
  return { behind, above };
}
