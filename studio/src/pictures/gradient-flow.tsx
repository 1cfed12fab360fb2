import { signal } from "@preact/signals";
import { sequential } from "../draw/colours.ts";
import { powerText, readable } from "../draw/numbers.ts";
import { type Area, cells, cut, label, textWidth } from "../draw/plot.ts";
import { theme } from "../draw/theme.ts";
import type { Frame, LayerFrame } from "../protocol.ts";
import {
  beside,
  besideFrame,
  besideLayer,
  frames,
  layerName,
  recurrentOf,
  shownFrame,
  shownLayer,
  shownPlace,
  sweep,
} from "../state.ts";
import { Picture, type Sheet } from "./picture.tsx";

type Measure = "hidden" | "cell" | "input";
export const measure = signal<Measure>("hidden");
export const symbols: Readonly<Record<Measure, string>> = {
  hidden: "‖dL/dhₜ‖",
  cell: "‖dL/dcₜ‖",
  input: "‖dL/dxₜ‖",
};

/** Norms of one layer in one frame; a GRU has no c, a first layer of a truncated training no dL/dx. */
export const normsOf = (layer: LayerFrame | undefined): Float32Array =>
  layer?.recurrent?.[measure.value] ?? new Float32Array(0);

/** A step of the backward pass below this share of the last one's gradient counts as forgotten. */
const FORGOTTEN = 1e-3;

/** How many steps back the gradient reaches. */
export function reachOf(norms: ArrayLike<number>): number {
  const last = norms.length - 1;
  const end = norms[last] ?? 0;
  if (!(end > 0)) return 0;
  for (let back = 1; back <= last; back++) {
    if (norms[last - back]! < FORGOTTEN * end) return back;
  }
  return norms.length;
}

const HISTORY = 60;
/** Powers of ten the colours span: as many as there are, within reason. */
const FEWEST_DECADES = 3;
const MOST_DECADES = 10;

/** One run's part of the picture: all of it, or half beside another run's. */
interface Pane {
  /** Null where there is but one. */
  readonly title: string | null;
  readonly frame: Frame;
  readonly layers: readonly LayerFrame[];
  /** Name of the layer whose past is shown. */
  readonly chosen: string | undefined;
  readonly rows: readonly Frame[];
  readonly steps: number;
  readonly now: Area;
  readonly past: Area;
}
let drawn: readonly Pane[] = [];

const LEFT = 44;
const RIGHT = 54;
/** Rows of the past there is room for, even where fewer have been. */
const FEWEST_ROWS = 12;

type Colour = (value: number) => readonly [number, number, number] | null;

function panesOf(width: number, height: number): Pane[] {
  const runs: Omit<Pane, "now" | "past" | "steps" | "layers">[] = [];
  const other = besideFrame.value;
  if (other !== undefined && beside.value !== undefined) {
    const { name, frames: kept } = beside.value;
    const end = kept.indexOf(other) + 1;
    const rows = kept.slice(Math.max(0, end - HISTORY), end);
    runs.push({ title: name, frame: other, rows, chosen: besideLayer.value?.name });
  }
  const frame = shownFrame.value;
  if (frame !== undefined) {
    const end = shownPlace.value + 1;
    const rows = frames.slice(Math.max(0, end - HISTORY), end);
    runs.push({ title: runs.length > 0 ? "now" : null, frame, rows, chosen: shownLayer.value?.name });
  }
  const gap = 12;
  const wide = (width - LEFT - RIGHT - gap * (runs.length - 1)) / Math.max(1, runs.length);
  const most = Math.max(1, ...runs.map((run) => recurrentOf(run.frame).length));
  const rowHeight = Math.max(16, Math.min(30, 56 / most));
  return runs.map((run, i): Pane => {
    const layers = recurrentOf(run.frame);
    const now = { x: LEFT + i * (wide + gap), y: 16, width: wide, height: rowHeight * layers.length };
    const top = 16 + rowHeight * most + 22;
    return {
      ...run,
      layers,
      steps: Math.max(0, ...layers.map((layer) => normsOf(layer).length)),
      now,
      past: { x: now.x, y: top, width: wide, height: height - top - 20 },
    };
  });
}

const normsOfRow = (row: Frame, chosen: string | undefined): Float32Array =>
  normsOf(recurrentOf(row).find(({ name }) => name === chosen));

/** Powers of ten from the largest norm down. */
function decadesIn(panes: readonly Pane[]): { top: number; decades: number } {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const { layers, rows, chosen } of panes) {
    for (const list of [...layers.map(normsOf), ...rows.map((row) => normsOfRow(row, chosen))]) {
      for (const value of list) {
        if (!Number.isFinite(value) || value === 0) continue;
        if (value > most) most = value;
        if (value < least) least = value;
      }
    }
  }
  const top = most > 0 ? Math.ceil(Math.log10(most)) : 0;
  const span = most > 0 ? top - Math.floor(Math.log10(least)) : FEWEST_DECADES;
  return { top, decades: Math.max(FEWEST_DECADES, Math.min(MOST_DECADES, span)) };
}

function draw({ ctx, width, height }: Sheet): void {
  const panes = panesOf(width, height);
  drawn = panes.filter(({ steps }) => steps > 0);
  if (drawn.length === 0) {
    label(ctx, panes.length === 0 ? "Nothing is recorded yet." : "This cell has no such gradient.", 8, 16);
    return;
  }
  const { top, decades } = decadesIn(drawn);
  const colourOf: Colour = (value) => {
    if (value === 0) return null;
    if (!Number.isFinite(value)) return [220, 30, 60];
    return sequential((Math.log10(value) - (top - decades)) / decades);
  };
  drawn.forEach((pane) => {
    drawPane(ctx, pane, colourOf);
  });
  const { now, past } = drawn[0]!;
  label(ctx, "before", LEFT - 6, past.y + 6, { align: "right" });
  label(ctx, "start", LEFT - 6, past.y + past.height - 6, { align: "right" });
  bar(ctx, { x: width - RIGHT + 10, y: now.y, width: 8, height: past.y + past.height - now.y }, top, decades);
}

/** A ground whose hatching shows through where a gradient is exactly zero. */
function ground(ctx: CanvasRenderingContext2D, { x, y, width, height }: Area): void {
  const { grid, surface } = theme();
  ctx.fillStyle = surface;
  ctx.fillRect(x, y, width, height);
  ctx.strokeStyle = grid;
  ctx.lineWidth = 1;
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, width, height);
  ctx.clip();
  ctx.beginPath();
  for (let at = -height; at < width; at += 6) {
    ctx.moveTo(x + at, y + height);
    ctx.lineTo(x + at + height, y);
  }
  ctx.stroke();
  ctx.restore();
  ctx.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
}

function drawPane(ctx: CanvasRenderingContext2D, pane: Pane, colourOf: Colour): void {
  const { muted, text, surface } = theme();
  const { title, layers, chosen, rows, steps, now, past } = pane;
  const isPresent = title === null || title === "now";
  ground(ctx, now);
  cells(ctx, now, steps, layers.length, (t, row) => {
    const list = normsOf(layers[layers.length - 1 - row]);
    return t < list.length ? colourOf(list[t]!) : null;
  });
  if (isPresent && sweep.value !== null) {
    // What the gradient has not come to yet.
    ctx.fillStyle = surface;
    ctx.fillRect(now.x, now.y, now.width * sweep.value, now.height);
  }
  if (now.x === LEFT) {
    layers.forEach((layer, i) => {
      const y = now.y + ((layers.length - 1 - i + 0.5) * now.height) / layers.length;
      const isChosen = layer.name === chosen;
      label(ctx, layers.length === 1 ? (title === null ? "now" : "") : `L${i + 1}`, LEFT - 6, y, {
        align: "right",
        colour: isChosen ? text : muted,
        bold: isChosen && layers.length > 1,
      });
    });
  }
  if (title === null) {
    const way = "← the gradient comes back";
    const isRoom = textWidth(ctx, "first step") + textWidth(ctx, way) + 12 < now.width;
    if (isRoom) label(ctx, "first step", now.x, 8);
    label(ctx, way, now.x + now.width, 8, { align: "right", colour: text });
  } else label(ctx, cut(ctx, title, now.width), now.x, 8, { colour: text, bold: true });
  if (past.height <= 12) return;
  ground(ctx, past);
  const history = rows.map((row) => normsOfRow(row, chosen));
  cells(ctx, past, steps, Math.max(rows.length, FEWEST_ROWS), (t, row) => {
    const list = history[rows.length - 1 - row];
    return list !== undefined && t < list.length ? colourOf(list[t]!) : null;
  });
  const below = `time step t = 1 … ${steps}`;
  const fits = textWidth(ctx, below) < past.width;
  label(ctx, fits ? below : `t = 1 … ${steps}`, past.x + past.width / 2, past.y + past.height + 10, {
    align: "center",
  });
}

/** The bar of colours with its powers of ten. */
function bar(ctx: CanvasRenderingContext2D, area: Area, top: number, decades: number): void {
  cells(ctx, area, 1, 64, (_, row) => sequential(1 - row / 63));
  for (let k = 0; k <= decades; k += decades > 6 ? 2 : 1)
    label(ctx, powerText(10 ** (top - k)), area.x + area.width + 3, area.y + (k / decades) * area.height);
}

/** Where a point lies: its part of the picture, its time step, its row. */
function placeAt(px: number, py: number): { pane: Pane; t: number; isPast: boolean } | null {
  const pane = drawn.find(({ now }) => px >= now.x && px < now.x + now.width);
  if (pane === undefined) return null;
  const t = Math.floor(((px - pane.now.x) / pane.now.width) * pane.steps);
  return { pane, t, isPast: py >= pane.past.y - 10 };
}

const layerAt = ({ now, layers }: Pane, py: number): LayerFrame =>
  layers[
    layers.length -
      1 -
      Math.max(0, Math.min(layers.length - 1, Math.floor(((py - now.y) / now.height) * layers.length)))
  ]!;

function read(px: number, py: number): string | null {
  const at = placeAt(px, py);
  if (at === null) return null;
  const { pane, t, isPast } = at;
  const { past, rows, steps, chosen, title } = pane;
  const back = steps - 1 - t;
  const where = back === 0 ? "the last step" : `${back} ${back === 1 ? "step" : "steps"} back`;
  const whose = title === null ? "" : `${title}: `;
  if (!isPast) {
    const layer = layerAt(pane, py);
    const norms = normsOf(layer);
    return `${whose}${layer.name}, time step ${t + 1} (${where}): ${symbols[measure.value]} = ${readable(norms[t] ?? 0, 4)}, its size over batch and units; it reaches ${reachOf(norms)} of ${steps} steps back.`;
  }
  const row = Math.floor(((py - past.y) / past.height) * Math.max(rows.length, FEWEST_ROWS));
  const frame = rows[rows.length - 1 - row];
  if (frame === undefined) return null;
  return `${whose}update ${frame.update}, time step ${t + 1} (${where}): ${symbols[measure.value]} = ${readable(normsOfRow(frame, chosen)[t] ?? 0, 4)}.`;
}

function sum(): string {
  const told = drawn.map(({ title, layers, steps, chosen }) => {
    const layer = layers.find(({ name }) => name === chosen) ?? layers[0];
    return `${title === null ? "" : `${title}: `}of ${steps} steps back it reaches ${reachOf(normsOf(layer))}`;
  });
  return told.length === 0 ? "" : `How far the gradient goes: ${told.join("; ")}.`;
}

export const GradientFlowPicture = () => (
  <Picture
    name="Gradient flow"
    about="How much each earlier step can still change the result: dark is little, hatched is nothing."
    watch={() => {
      void shownFrame.value;
      void shownLayer.value;
      void besideFrame.value;
      void measure.value;
      void sweep.value;
    }}
    draw={draw}
    read={read}
    sum={sum}
    onPick={(x, y) => {
      const at = placeAt(x, y);
      if (at === null || at.isPast || at.pane.frame !== shownFrame.value) return;
      layerName.value = layerAt(at.pane, y).name;
    }}
    steps={() => drawn.reduce((sum, { steps }) => sum + steps, 0) || 20}
  >
    <label class="tick">
      of{" "}
      <select
        aria-label="Gradient of"
        value={measure.value}
        onChange={(event) => {
          measure.value = event.currentTarget.value as Measure;
        }}
      >
        <option value="hidden">h, hidden state</option>
        <option value="cell">c, memory</option>
        <option value="input">x, input</option>
      </select>
    </label>
  </Picture>
);
