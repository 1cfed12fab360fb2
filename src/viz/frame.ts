import { line as linePath } from "d3-shape";
import type { Scale } from "./scales.js";
import { shortNumber } from "./short-number.js";
import { clipText, element, lineHeight, pixels, text, textLines, textWidth, wrapText } from "./svg.js";

/** A rectangle to draw in, in pixels. */
export interface Panel {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Axes {
  readonly x: Scale;
  readonly y: Scale;
  readonly xLabel?: string;
  readonly yLabel: string;
  /** Whether the x axis has numbers; panels above another leave them to it. */
  readonly xNumbers?: boolean;
  /** Pixels between the panel and the y axis's name. Default 52. */
  readonly yRoom?: number;
  /** Whether lines of the grid stand at the x axis's numbers in place of the y axis's. Default false. */
  readonly upright?: boolean;
}

/** Pixels above and below a panel together that a name beside it may take. */
const BEYOND = 80;
/** From line to line of a name beside a panel. */
const TURNED = 14;

/** Grid, axes, numbers and names of a panel. */
export function frame(panel: Panel, axes: Axes): string[] {
  const { x: left, y: top, width, height } = panel;
  const bottom = top + height;
  const parts: string[] = [];
  for (const tick of axes.upright === true ? axes.x.ticks : []) {
    const d = `M${pixels(axes.x.at(tick))} ${pixels(top)}v${pixels(height)}`;
    parts.push(element("path", { class: "grid", d }));
  }
  for (const tick of axes.y.ticks) {
    const y = axes.y.at(tick);
    parts.push(element("path", { class: "grid", d: `M${pixels(left)} ${pixels(y)}h${pixels(width)}` }));
    parts.push(
      text((axes.y.write ?? shortNumber)(tick), left - 6, y + 4, { "text-anchor": "end", class: "small" }),
    );
  }
  if (axes.xNumbers ?? true) {
    for (const tick of axes.x.ticks) {
      const x = axes.x.at(tick);
      parts.push(element("path", { class: "axis", d: `M${pixels(x)} ${pixels(bottom)}v4` }));
      parts.push(
        text((axes.x.write ?? shortNumber)(tick), x, bottom + 17, {
          "text-anchor": "middle",
          class: "small",
        }),
      );
    }
  }
  parts.push(
    element("path", {
      class: "axis",
      d: `M${pixels(left)} ${pixels(top)}v${pixels(height)}h${pixels(width)}`,
    }),
  );
  if (axes.xLabel !== undefined) {
    parts.push(
      ...textLines(wrapText(axes.xLabel, width), left + width / 2, bottom + 36, 12, {
        "text-anchor": "middle",
      }),
    );
  }
  // Lines of a turned name go towards the panel: the last stands where a single one would.
  const nameAt = left - (axes.yRoom ?? 52);
  const most = Math.max(1, 1 + Math.floor((nameAt - 10) / TURNED));
  const all = wrapText(axes.yLabel, height + BEYOND);
  const names =
    all.length <= most
      ? all
      : [...all.slice(0, most - 1), clipText(all.slice(most - 1).join(" "), height + BEYOND)];
  names.forEach((name, i) => {
    const x = nameAt - (names.length - 1 - i) * TURNED;
    const across = `translate(${pixels(x)} ${pixels(top + height / 2)}) rotate(-90)`;
    parts.push(element("g", { transform: across }, [text(name, 0, 0, { "text-anchor": "middle" })]));
  });
  return parts;
}

/** Pixels that the lines of an x axis's name need beyond the first. */
export const roomBelow = ({ width }: Panel, { xLabel }: Axes): number =>
  xLabel === undefined ? 0 : (wrapText(xLabel, width).length - 1) * lineHeight();

/** Lines that differ by dash as well as by colour; the colours differ in darkness. */
const strokes = [
  { stroke: "#1b3a6b" },
  { stroke: "#d1570a", "stroke-dasharray": "7 3" },
  { stroke: "#2a8f6d", "stroke-dasharray": "2 3" },
  { stroke: "#8a2be2", "stroke-dasharray": "9 3 2 3" },
  { stroke: "#777777", "stroke-dasharray": "4 2" },
  { stroke: "#b8860b", "stroke-dasharray": "1 4" },
] as const;

/** A line's stroke; its class gives it a lighter colour where the paper is dark. */
const strokeOf = (index: number): Readonly<Record<string, string>> => strokes[index % strokes.length]!;
const classOf = (index: number): string => `s${index % strokes.length}`;

/** Signs of points, as paths from their middle, and whether they are filled; they differ without colour. */
const signs = [
  ["m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0", true],
  ["m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0", false],
  ["m-3.5-3.5l7 7m0-7l-7 7", false],
  ["m-4 0h8m-4-4v8", false],
  ["m-3.5-3.5h7v7h-7z", false],
  ["m-4 3.5h8l-4-7.5z", false],
  ["m-4.5 0l4.5-4.5l4.5 4.5l-4.5 4.5z", false],
  ["m-3-3h6v6h-6z", true],
  ["m-4 3.5h8l-4-7.5z", true],
  ["m-4 0l4-4l4 4l-4 4z", true],
  ["m-4-3.5h8l-4 7.5z", false],
  ["m-4-3.5h8l-4 7.5z", true],
] as const;

/** One sign a point. @param colour of which line. */
function signsAt(points: readonly (readonly [number, number])[], kind: number, colour = kind): string {
  const [sign, isFilled] = signs[kind % signs.length]!;
  const { stroke } = strokeOf(colour) as { stroke: string };
  const d = points.map(([px, py]) => `M${pixels(px)} ${pixels(py)}${sign}`).join("");
  const fill = isFilled ? stroke : "none";
  const looks = `${classOf(colour)}${isFilled ? ` f${colour % strokes.length}` : ""}`;
  return d === "" ? "" : element("path", { class: looks, d, stroke, fill, "stroke-width": "1.25" });
}

/** Beyond as many lines as there are dashes, lines have signs as well; undefined: none. */
const signOfLine = (index: number): number | undefined => {
  const round = Math.floor(index / strokes.length);
  return round === 0 ? undefined : (round - 1) % signs.length;
};

/** Signs along a line. */
const SIGNS = 8;

/** What a line is drawn of: values, the places they stand at (default 0, 1, 2 …), and whether as points alone. */
export interface Drawn {
  readonly values: ArrayLike<number>;
  readonly x?: ArrayLike<number>;
  readonly points?: boolean;
}

/** A line through points; it breaks where a value has no place (NaN, or 0 on a log scale). */
export function polyline({ values, x: places, points }: Drawn, x: Scale, y: Scale, index: number): string {
  let run = 0;
  const all: [number, number][] = [];
  const lonely: [number, number][] = [];
  for (let i = 0; i <= values.length; i++) {
    const [px, py] = i === values.length ? [0, Number.NaN] : [x.at(places?.[i] ?? i), y.at(values[i]!)];
    if (!Number.isFinite(py)) {
      // A value between two gaps is no line: it is drawn as its sign.
      if (run === 1) lonely.push(all.at(-1)!);
      run = 0;
      continue;
    }
    run++;
    all.push([px, py]);
  }
  if (points === true) return signsAt(all, index);
  const place = Array.from(values, (value, i): [number, number] => [x.at(places?.[i] ?? i), y.at(value)]);
  const path = linePath()
    .digits(2)
    .defined(([, py]) => Number.isFinite(py))(place);
  const line =
    path === null ? "" : element("path", { class: `line ${classOf(index)}`, d: path, ...strokeOf(index) });
  const sign = signOfLine(index);
  if (sign === undefined) return line + signsAt(lonely, index);
  // Each line's signs stand somewhere else, so that lines close together keep theirs apart.
  const every = Math.max(1, Math.floor(all.length / SIGNS));
  const some = all.filter((_, i) => i % every === index % every);
  return line + signsAt([...some, ...lonely], sign, index);
}

/** Names of lines, in rows as wide as there is room. Returns the rows' height too. */
export function legend(
  lines: readonly { readonly name: string; readonly points?: boolean }[],
  left: number,
  top: number,
  width: number,
): { parts: string[]; height: number } {
  const parts: string[] = [];
  let [x, y] = [left, top];
  lines.forEach(({ name: whole, points }, i) => {
    const names = wrapText(whole, width - 34);
    const room = 34 + Math.max(...names.map((name) => textWidth(name))) + 14;
    if (x > left && x + room > left + width) [x, y] = [left, y + 18];
    const middle = [[x + 13, y - 4]] as const;
    const sign = signOfLine(i);
    if (points === true) parts.push(signsAt(middle, i));
    else {
      parts.push(
        element("path", {
          class: `line ${classOf(i)}`,
          d: `M${pixels(x)} ${pixels(y - 4)}h26`,
          ...strokeOf(i),
        }),
      );
      if (sign !== undefined) parts.push(signsAt(middle, sign, i));
    }
    parts.push(...textLines(names, x + 32, y, 12));
    x += room;
    // A name in several lines has its rows for itself.
    if (names.length > 1) [x, y] = [left + width, y + (names.length - 1) * lineHeight()];
  });
  return { parts, height: y - top + 18 };
}
