import { type Scale, shortNumber } from "./scales.js";
import { element, pixels, text, textWidth } from "./svg.js";

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
}

/** Grid, axes, numbers and names of a panel. */
export function frame(panel: Panel, axes: Axes): string[] {
  const { x: left, y: top, width, height } = panel;
  const bottom = top + height;
  const parts: string[] = [];
  for (const tick of axes.y.ticks) {
    const y = axes.y.at(tick);
    parts.push(element("path", { class: "grid", d: `M${pixels(left)} ${pixels(y)}h${pixels(width)}` }));
    parts.push(text(shortNumber(tick), left - 6, y + 4, { "text-anchor": "end", class: "small" }));
  }
  if (axes.xNumbers ?? true) {
    for (const tick of axes.x.ticks) {
      const x = axes.x.at(tick);
      parts.push(element("path", { class: "axis", d: `M${pixels(x)} ${pixels(bottom)}v4` }));
      parts.push(text(shortNumber(tick), x, bottom + 17, { "text-anchor": "middle", class: "small" }));
    }
  }
  parts.push(
    element("path", {
      class: "axis",
      d: `M${pixels(left)} ${pixels(top)}v${pixels(height)}h${pixels(width)}`,
    }),
  );
  if (axes.xLabel !== undefined) {
    parts.push(text(axes.xLabel, left + width / 2, bottom + 36, { "text-anchor": "middle" }));
  }
  const across = `translate(${pixels(left - 52)} ${pixels(top + height / 2)}) rotate(-90)`;
  parts.push(element("g", { transform: across }, [text(axes.yLabel, 0, 0, { "text-anchor": "middle" })]));
  return parts;
}

/** Lines that differ by dash as well as by colour; the colours differ in darkness. */
const strokes = [
  { stroke: "#1b3a6b" },
  { stroke: "#d1570a", "stroke-dasharray": "7 3" },
  { stroke: "#2a8f6d", "stroke-dasharray": "2 3" },
  { stroke: "#8a2be2", "stroke-dasharray": "9 3 2 3" },
  { stroke: "#777777", "stroke-dasharray": "4 2" },
  { stroke: "#b8860b", "stroke-dasharray": "1 4" },
] as const;

export const strokeOf = (index: number): Readonly<Record<string, string>> => strokes[index % strokes.length]!;

/** A line through points; it breaks where a value has no place (NaN, or 0 on a log scale). */
export function polyline(values: ArrayLike<number>, x: Scale, y: Scale, index: number): string {
  let path = "";
  let down = false;
  let [px, py] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    [px, py] = [x.at(i), y.at(values[i]!)];
    if (!Number.isFinite(py)) {
      down = false;
      continue;
    }
    path += `${down ? "L" : "M"}${pixels(px)} ${pixels(py)}`;
    down = true;
  }
  if (values.length === 1 && down) path += "h0.01";
  const cap = values.length === 1 ? { "stroke-linecap": "round", "stroke-width": "6" } : {};
  return path === "" ? "" : element("path", { class: "line", d: path, ...strokeOf(index), ...cap });
}

/** Names of lines, in rows as wide as there is room. Returns the rows' height too. */
export function legend(
  names: readonly string[],
  left: number,
  top: number,
  width: number,
): { parts: string[]; height: number } {
  const parts: string[] = [];
  let [x, y] = [left, top];
  names.forEach((name, i) => {
    const room = 34 + textWidth(name) + 14;
    if (x > left && x + room > left + width) [x, y] = [left, y + 18];
    parts.push(element("path", { class: "line", d: `M${pixels(x)} ${pixels(y - 4)}h26`, ...strokeOf(i) }));
    parts.push(text(name, x + 32, y));
    x += room;
  });
  return { parts, height: y - top + 18 };
}
