import { decadesOf, powerText, readable, ticksOf } from "./numbers.ts";
import { theme } from "./theme.ts";

/** A rectangle of a picture in CSS pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Numbers to pixels along one side, and back. */
export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly log: boolean;
  at(value: number): number;
  invert(pixel: number): number;
}

export function scale(min: number, max: number, from: number, to: number, log = false): Scale {
  const own = (value: number): number => (log ? Math.log10(value) : value);
  const [low, high] = [own(min), own(max)];
  const span = high - low || 1;
  return {
    min,
    max,
    log,
    at: (value) => from + ((own(value) - low) / span) * (to - from),
    invert: (pixel) => {
      const value = low + ((pixel - from) / (to - from || 1)) * span;
      return log ? 10 ** value : value;
    },
  };
}

/** The span of all finite numbers, a little wider; of a logarithmic one those above zero. */
export function extent(lists: readonly Iterable<number>[], log = false): [number, number] {
  let [min, max] = [Infinity, -Infinity];
  for (const list of lists) {
    for (const value of list) {
      if (!Number.isFinite(value) || (log && value <= 0)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  if (min > max) return log ? [0.1, 1] : [0, 1];
  if (log) return min === max ? [min / 3, max * 3] : [min / 1.15, max * 1.15];
  const room = max === min ? Math.abs(max) * 0.1 || 0.5 : (max - min) * 0.06;
  return [min - room, max + room];
}

export const FONT = "11px system-ui, sans-serif";

/** Lines of the grid with their numbers, for both sides. */
export function axes(
  ctx: CanvasRenderingContext2D,
  area: Area,
  x: Scale | null,
  y: Scale | null,
  options: {
    readonly xTicks?: number;
    readonly yTicks?: number;
    readonly xText?: (value: number) => string;
  } = {},
): void {
  const { grid, muted } = theme();
  ctx.font = FONT;
  ctx.lineWidth = 1;
  ctx.strokeStyle = grid;
  ctx.fillStyle = muted;
  if (y !== null) {
    ctx.textAlign = "right";
    ctx.textBaseline = "middle";
    const wanted = options.yTicks ?? Math.max(2, Math.floor(area.height / 34));
    for (const tick of y.log ? decadesOf(y.min, y.max, wanted) : ticksOf(y.min, y.max, wanted)) {
      const at = Math.round(y.at(tick)) + 0.5;
      if (at < area.y - 1 || at > area.y + area.height + 1) continue;
      ctx.beginPath();
      ctx.moveTo(area.x, at);
      ctx.lineTo(area.x + area.width, at);
      ctx.stroke();
      ctx.fillText(y.log ? powerText(tick) : readable(tick), area.x - 5, at);
    }
  }
  if (x !== null) {
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    const wanted = options.xTicks ?? Math.max(2, Math.floor(area.width / 70));
    for (const tick of ticksOf(x.min, x.max, wanted)) {
      const at = x.at(tick);
      if (at < area.x - 1 || at > area.x + area.width + 1) continue;
      const text = options.xText?.(tick) ?? readable(tick, 6);
      // The last number ends with the picture.
      const half = ctx.measureText(text).width / 2;
      ctx.fillText(text, Math.min(at, area.x + area.width + 6 - half), area.y + area.height + 4);
    }
  }
}

export interface LineStyle {
  readonly colour: string;
  readonly width?: number;
  readonly dash?: readonly number[];
  readonly alpha?: number;
}

/** A line through points; what is not finite breaks it. */
export function line(
  ctx: CanvasRenderingContext2D,
  x: Scale,
  y: Scale,
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  { colour, width = 1.6, dash = [], alpha = 1 }: LineStyle,
): void {
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.globalAlpha = alpha;
  ctx.lineWidth = width;
  ctx.lineJoin = "round";
  ctx.setLineDash([...dash]);
  ctx.beginPath();
  let isDown = false;
  for (let i = 0; i < xs.length; i++) {
    const value = ys[i]!;
    if (!Number.isFinite(value) || (y.log && value <= 0)) {
      isDown = false;
      continue;
    }
    const [px, py] = [x.at(xs[i]!), y.at(value)];
    if (isDown) ctx.lineTo(px, py);
    else ctx.moveTo(px, py);
    isDown = true;
  }
  ctx.stroke();
  if (xs.length === 1 && isDown) {
    ctx.fillStyle = colour;
    ctx.beginPath();
    ctx.arc(x.at(xs[0]!), y.at(ys[0]!), 2.5, 0, 7);
    ctx.fill();
  }
  ctx.restore();
}

/** Names of lines in their colours, in one row that breaks where it must. @returns the height it took. */
export function legend(
  ctx: CanvasRenderingContext2D,
  entries: readonly (LineStyle & { readonly name: string })[],
  x: number,
  y: number,
  width: number,
): number {
  const { muted } = theme();
  ctx.font = FONT;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  let [left, top] = [x, y];
  for (const { name, colour, dash = [], width: thickness = 2, alpha = 1 } of entries) {
    const size = ctx.measureText(name).width + 26;
    if (left + size > x + width && left > x) [left, top] = [x, top + 14];
    ctx.save();
    ctx.globalAlpha = alpha;
    ctx.strokeStyle = colour;
    ctx.lineWidth = thickness;
    ctx.setLineDash([...dash]);
    ctx.beginPath();
    ctx.moveTo(left, top + 6);
    ctx.lineTo(left + 14, top + 6);
    ctx.stroke();
    ctx.restore();
    ctx.fillStyle = muted;
    ctx.fillText(name, left + 18, top + 6.5);
    left += size;
  }
  return top - y + 14;
}

/** A line from top to bottom: where one is in time. */
export function cursor(ctx: CanvasRenderingContext2D, area: Area, at: number): void {
  if (at < area.x - 0.5 || at > area.x + area.width + 0.5) return;
  ctx.save();
  ctx.strokeStyle = theme().accent;
  ctx.lineWidth = 1;
  ctx.setLineDash([3, 3]);
  ctx.beginPath();
  ctx.moveTo(Math.round(at) + 0.5, area.y);
  ctx.lineTo(Math.round(at) + 0.5, area.y + area.height);
  ctx.stroke();
  ctx.restore();
}

/** How wide a text is, as labels write it. */
export function textWidth(ctx: CanvasRenderingContext2D, text: string): number {
  ctx.font = FONT;
  return ctx.measureText(text).width;
}

/** A text cut short with an ellipsis, where it is wider than there is room. */
export function cut(ctx: CanvasRenderingContext2D, text: string, width: number): string {
  if (textWidth(ctx, text) <= width) return text;
  let length = text.length;
  while (length > 1 && textWidth(ctx, `${text.slice(0, length)}…`) > width) length--;
  return `${text.slice(0, length).trimEnd()}…`;
}

export function label(
  ctx: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  options: { readonly align?: CanvasTextAlign; readonly colour?: string; readonly bold?: boolean } = {},
): void {
  ctx.font = options.bold === true ? `600 ${FONT}` : FONT;
  ctx.fillStyle = options.colour ?? theme().muted;
  ctx.textAlign = options.align ?? "left";
  ctx.textBaseline = "middle";
  ctx.fillText(text, x, y);
}

/** Rows of colours, drawn as an image of one pixel a cell and made larger. */
export function cells(
  ctx: CanvasRenderingContext2D,
  area: Area,
  columns: number,
  rows: number,
  colourOf: (column: number, row: number) => readonly [number, number, number] | null,
): void {
  if (columns === 0 || rows === 0) return;
  const image = new ImageData(columns, rows);
  const { data } = image;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const colour = colourOf(column, row);
      if (colour === null) continue;
      const at = 4 * (row * columns + column);
      data[at] = colour[0];
      data[at + 1] = colour[1];
      data[at + 2] = colour[2];
      data[at + 3] = 255;
    }
  }
  const small = scratch(columns, rows);
  const pen = small.getContext("2d")!;
  pen.putImageData(image, 0, 0);
  ctx.save();
  ctx.imageSmoothingEnabled = false;
  ctx.drawImage(small, 0, 0, columns, rows, area.x, area.y, area.width, area.height);
  ctx.restore();
}

let small: HTMLCanvasElement | undefined;

/** A canvas nobody sees, at least so large. */
function scratch(width: number, height: number): HTMLCanvasElement {
  small ??= document.createElement("canvas");
  if (small.width < width) small.width = width;
  if (small.height < height) small.height = height;
  small.getContext("2d")!.clearRect(0, 0, small.width, small.height);
  return small;
}
