import { signal } from "@preact/signals";
import { css, sequential } from "../draw/colours.ts";
import { powerText, readable } from "../draw/numbers.ts";
import { type Area, cells, label } from "../draw/plot.ts";
import { theme } from "../draw/theme.ts";
import type { Frame, LayerFrame } from "../protocol.ts";
import { frames, layerName, shownFrame, shownLayer, shownPlace, sweep } from "../state.ts";
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

interface Drawn {
  readonly now: Area;
  readonly past: Area;
  readonly layers: readonly LayerFrame[];
  readonly rows: readonly Frame[];
  readonly steps: number;
}
let drawn: Drawn | undefined;

const recurrentOf = (frame: Frame | undefined): LayerFrame[] =>
  frame?.layers.filter(({ recurrent }) => recurrent !== null) ?? [];

function draw({ ctx, width, height }: Sheet): void {
  const { muted, text, grid, surface } = theme();
  const frame = shownFrame.value;
  const layers = recurrentOf(frame);
  const steps = Math.max(0, ...layers.map((layer) => normsOf(layer).length));
  drawn = undefined;
  if (frame === undefined || steps === 0) {
    label(ctx, frame === undefined ? "Nothing is recorded yet." : "This cell has no such gradient.", 8, 16);
    return;
  }
  const left = 44;
  const right = 54;
  const rowHeight = Math.max(16, Math.min(30, 56 / layers.length));
  const now = { x: left, y: 16, width: width - left - right, height: rowHeight * layers.length };
  const past = {
    x: left,
    y: now.y + now.height + 22,
    width: now.width,
    height: height - now.y - now.height - 42,
  };
  const rows = frames.slice(Math.max(0, shownPlace.value - HISTORY + 1), shownPlace.value + 1);
  const chosen = shownLayer.value?.name;
  const history = rows.map((row) => normsOf(recurrentOf(row).find(({ name }) => name === chosen)));
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const list of [...layers.map(normsOf), ...history]) {
    for (const value of list) {
      if (!Number.isFinite(value) || value === 0) continue;
      if (value > most) most = value;
      if (value < least) least = value;
    }
  }
  const top = most > 0 ? Math.ceil(Math.log10(most)) : 0;
  const span = most > 0 ? top - Math.floor(Math.log10(least)) : FEWEST_DECADES;
  const decades = Math.max(FEWEST_DECADES, Math.min(MOST_DECADES, span));
  const colourOf = (value: number): readonly [number, number, number] | null => {
    if (value === 0) return null;
    if (!Number.isFinite(value)) return [220, 30, 60];
    return sequential((Math.log10(value) - (top - decades)) / decades);
  };
  const ground = (area: Area): void => {
    // What is exactly zero shows through.
    ctx.fillStyle = surface;
    ctx.fillRect(area.x, area.y, area.width, area.height);
    ctx.strokeStyle = grid;
    ctx.lineWidth = 1;
    ctx.save();
    ctx.beginPath();
    ctx.rect(area.x, area.y, area.width, area.height);
    ctx.clip();
    ctx.beginPath();
    for (let at = -area.height; at < area.width; at += 6) {
      ctx.moveTo(area.x + at, area.y + area.height);
      ctx.lineTo(area.x + at + area.height, area.y);
    }
    ctx.stroke();
    ctx.restore();
    ctx.strokeRect(area.x - 0.5, area.y - 0.5, area.width + 1, area.height + 1);
  };
  ground(now);
  cells(ctx, now, steps, layers.length, (t, row) => {
    const list = normsOf(layers[layers.length - 1 - row]);
    return t < list.length ? colourOf(list[t]!) : null;
  });
  if (sweep.value !== null) {
    // What the gradient has not come to yet.
    ctx.fillStyle = surface;
    ctx.fillRect(now.x, now.y, now.width * sweep.value, now.height);
  }
  layers.forEach((layer, i) => {
    const y = now.y + (layers.length - 1 - i + 0.5) * rowHeight;
    const isChosen = layer.name === chosen;
    label(ctx, layers.length === 1 ? "now" : `L${i + 1}`, left - 6, y, {
      align: "right",
      colour: isChosen ? text : muted,
      bold: isChosen && layers.length > 1,
    });
  });
  label(ctx, "first", left, 8);
  label(ctx, "← the gradient comes back", left + now.width, 8, { align: "right", colour: text });
  if (past.height > 12) {
    ground(past);
    const shownRows = Math.max(rows.length, 12);
    cells(ctx, past, steps, shownRows, (t, row) => {
      const list = history[rows.length - 1 - row];
      return list !== undefined && t < list.length ? colourOf(list[t]!) : null;
    });
    label(ctx, "before", left - 6, past.y + 6, { align: "right" });
    label(ctx, "start", left - 6, past.y + past.height - 6, { align: "right" });
    label(ctx, `time step t = 1 … ${steps}`, left + past.width / 2, past.y + past.height + 10, {
      align: "center",
    });
  }
  bar(ctx, { x: width - right + 10, y: now.y, width: 8, height: past.y + past.height - now.y }, top, decades);
  drawn = { now, past, layers, rows, steps };
}

/** The bar of colours with its powers of ten. */
function bar(ctx: CanvasRenderingContext2D, area: Area, top: number, decades: number): void {
  for (let i = 0; i < area.height; i++) {
    ctx.fillStyle = css(sequential(1 - i / area.height));
    ctx.fillRect(area.x, area.y + i, area.width, 1.5);
  }
  for (let k = 0; k <= decades; k += decades > 6 ? 2 : 1)
    label(ctx, powerText(10 ** (top - k)), area.x + area.width + 3, area.y + (k / decades) * area.height);
}

function read(px: number, py: number): string | null {
  if (drawn === undefined) return null;
  const { now, past, layers, rows, steps } = drawn;
  const t = Math.floor(((px - now.x) / now.width) * steps);
  if (t < 0 || t >= steps) return null;
  const back = steps - 1 - t;
  const where = back === 0 ? "the last step" : `${back} ${back === 1 ? "step" : "steps"} back`;
  if (py < past.y - 10) {
    const row = Math.max(
      0,
      Math.min(layers.length - 1, Math.floor(((py - now.y) / now.height) * layers.length)),
    );
    const layer = layers[layers.length - 1 - row]!;
    const norms = normsOf(layer);
    return `${layer.name}, time step ${t + 1} (${where}): ${symbols[measure.value]} = ${readable(norms[t] ?? 0, 4)}; it reaches ${reachOf(norms)} of ${steps} steps back.`;
  }
  const row = Math.floor(((py - past.y) / past.height) * Math.max(rows.length, 12));
  const frame = rows[rows.length - 1 - row];
  if (frame === undefined) return null;
  const layer = recurrentOf(frame).find(({ name }) => name === shownLayer.value?.name);
  return `Update ${frame.update}, time step ${t + 1} (${where}): ${symbols[measure.value]} = ${readable(normsOf(layer)[t] ?? 0, 4)}.`;
}

export const GradientFlowPicture = () => (
  <Picture
    name="Gradient flow"
    about="How much each earlier step can still change the result: dark is little, hatched is nothing."
    watch={() => {
      void shownFrame.value;
      void shownLayer.value;
      void measure.value;
      void sweep.value;
    }}
    draw={draw}
    read={read}
    onPick={(_, y) => {
      if (drawn === undefined || y > drawn.past.y - 10) return;
      const { now, layers } = drawn;
      const row = Math.floor(((y - now.y) / now.height) * layers.length);
      layerName.value = layers[layers.length - 1 - row]?.name ?? layerName.value;
    }}
    steps={() => drawn?.steps ?? 20}
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
