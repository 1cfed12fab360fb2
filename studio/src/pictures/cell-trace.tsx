import { diverging } from "../draw/colours.ts";
import { readable } from "../draw/numbers.ts";
import { type Area, axes, cells, cursor, cut, extent, label, line, scale, textWidth } from "../draw/plot.ts";
import { theme } from "../draw/theme.ts";
import type { ProbeTrace } from "../protocol.ts";
import { beside, besideTrace, shownLayer, shownLook, shownTrace, timeStep, unit } from "../state.ts";
import { Picture, type Sheet } from "./picture.tsx";

/** Features of the input that are drawn. */
const MOST_FEATURES = 3;

/** What a cell remembers: c of an LSTM, h of the others. */
export const memoryOf = (trace: ProbeTrace): { readonly symbol: string; readonly values: Float64Array } =>
  trace.cell.length > 0 ? { symbol: "c", values: trace.cell } : { symbol: "h", values: trace.hidden };

/** One run's part of the picture: all of it, or half beside another run's. */
interface Pane {
  readonly title: string | null;
  readonly trace: ProbeTrace;
  readonly heat: Area;
  readonly curve: Area;
  readonly input: Area;
}
let drawn: readonly Pane[] = [];

const LEFT = 40;
const GAP = 34;

const column = (values: Float64Array, width: number, index: number): Float64Array =>
  Float64Array.from({ length: values.length / width }, (_, t) => values[t * width + index]!);

function draw({ ctx, width, height }: Sheet): void {
  const own = shownTrace.value;
  const other = besideTrace.value;
  drawn = [];
  if (own === undefined) {
    label(
      ctx,
      shownLook.value === undefined ? "Nothing is recorded yet." : "Too large, or stateful: not followed.",
      8,
      16,
    );
    return;
  }
  const runs =
    other === undefined || beside.value === undefined
      ? [{ title: null, trace: own }]
      : [
          { title: beside.value.name, trace: other },
          { title: "now", trace: own },
        ];
  const wide = (width - LEFT - 8 - GAP * (runs.length - 1)) / runs.length;
  drawn = runs.map((run, i): Pane => {
    const x = LEFT + i * (wide + GAP);
    const heat = { x, y: 14, width: wide, height: Math.max(30, (height - 60) * 0.42) };
    const curve = { x, y: heat.y + heat.height + 18, width: wide, height: (height - 60 - heat.height) * 0.5 };
    const top = curve.y + curve.height + 14;
    return { ...run, heat, curve, input: { x, y: top, width: wide, height: height - top - 18 } };
  });
  for (const pane of drawn) drawPane(ctx, pane);
  label(ctx, "unit", LEFT - 6, drawn[0]!.heat.y + drawn[0]!.heat.height / 2, { align: "right" });
}

function drawPane(ctx: CanvasRenderingContext2D, { title, trace, heat, curve, input }: Pane): void {
  const { lines, text, isDark, grid } = theme();
  const { timesteps, units, features } = trace;
  const { symbol, values } = memoryOf(trace);
  const own = Math.min(unit.value, units - 1);
  let most = 1e-9;
  for (const value of values) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  cells(ctx, heat, timesteps, units, (t, row) => diverging(values[t * units + row]! / most, isDark));
  ctx.strokeStyle = grid;
  ctx.lineWidth = 1;
  ctx.strokeRect(heat.x - 0.5, heat.y - 0.5, heat.width + 1, heat.height + 1);
  const rowHeight = heat.height / units;
  ctx.strokeStyle = text;
  ctx.strokeRect(heat.x - 0.5, heat.y + own * rowHeight, heat.width + 1, Math.max(2, rowHeight));
  const size = `up to ±${readable(most, 2)}`;
  const head =
    title === null ? `memory ${symbol} of all ${units} units, ${size}` : `${title}: ${symbol} ${size}`;
  label(ctx, cut(ctx, head, heat.width), heat.x, 6, { colour: text, bold: title !== null });

  const x = scale(0, Math.max(1, timesteps - 1), curve.x, curve.x + curve.width);
  const steps = Array.from({ length: timesteps }, (_, t) => t);
  const state = column(values, units, own);
  const hidden = column(trace.hidden, units, own);
  const y = scale(...extent([state, hidden]), curve.y + curve.height, curve.y);
  axes(ctx, curve, null, y, { yTicks: 2 });
  line(ctx, x, y, steps, state, { colour: lines[0]! });
  if (symbol === "c") line(ctx, x, y, steps, hidden, { colour: lines[1]!, dash: [4, 2] });
  const name = title === null ? `unit ${own + 1}: memory ${symbol}` : `unit ${own + 1}: ${symbol}`;
  label(ctx, name, curve.x, curve.y - 8, { colour: lines[0]!, bold: true });
  if (symbol === "c") {
    const at = curve.x + textWidth(ctx, name) + 18;
    label(ctx, title === null ? "output h" : "h", at, curve.y - 8, { colour: lines[1]!, bold: true });
  }

  const shown = Math.min(MOST_FEATURES, features);
  const inputs = Array.from({ length: shown }, (_, f) => column(trace.input, features, f));
  const yInput = scale(...extent(inputs), input.y + input.height, input.y);
  axes(ctx, input, x, yInput, {
    yTicks: 2,
    xText: (value) => (Number.isInteger(value) ? String(value + 1) : ""),
  });
  inputs.forEach((list, f) => {
    line(ctx, x, yInput, steps, list, { colour: lines[2 + f]!, width: 1.3 });
  });
  label(ctx, features > shown ? `input x, ${shown} of ${features}` : "input x", input.x, input.y - 6, {
    colour: lines[2]!,
    bold: true,
  });
  if (timeStep.value !== null) for (const area of [curve, input]) cursor(ctx, area, x.at(timeStep.value));
}

function placeOf(px: number, py: number): { pane: Pane; t: number; row: number | null } | null {
  const pane = drawn.find(({ heat }) => px >= heat.x - GAP / 2 && px <= heat.x + heat.width + GAP / 2);
  if (pane === undefined) return null;
  const { heat, trace } = pane;
  const isHeat = py < heat.y + heat.height + 4;
  const share = (px - heat.x) / heat.width;
  const t = isHeat ? Math.floor(share * trace.timesteps) : Math.round(share * (trace.timesteps - 1));
  if (t < 0 || t >= trace.timesteps) return null;
  const row = Math.max(0, Math.min(trace.units - 1, Math.floor(((py - heat.y) / heat.height) * trace.units)));
  return { pane, t, row: isHeat ? row : null };
}

function read(px: number, py: number): string | null {
  const at = placeOf(px, py);
  if (at === null) return null;
  const { trace, title } = at.pane;
  const own = at.row ?? Math.min(unit.value, trace.units - 1);
  const { symbol, values } = memoryOf(trace);
  const gradient = symbol === "c" ? trace.cellGradient : trace.hiddenGradient;
  const place = at.t * trace.units + own;
  const x = Array.from(
    trace.input.subarray(at.t * trace.features, at.t * trace.features + MOST_FEATURES),
    (value) => readable(value),
  ).slice(0, trace.features);
  return `${title === null ? "Unit" : `${title}: unit`} ${own + 1}, time step ${at.t + 1}: ${symbol === "c" ? "memory " : ""}${symbol} = ${readable(values[place]!, 4)}, output h = ${readable(trace.hidden[place]!, 4)}, gradient dL/d${symbol} = ${readable(gradient[place]!)}, input x = ${x.join(", ")}.`;
}

function sum(): string {
  const trace = shownTrace.value;
  return trace === undefined
    ? ""
    : `${trace.units} units over ${trace.timesteps} time steps; unit ${Math.min(unit.value, trace.units - 1) + 1} is followed below.`;
}

export const CellTracePicture = () => (
  <Picture
    name="Cell trace"
    about="One sequence through the cells: what each unit remembers, with the input below. Click a row to follow that unit."
    watch={() => {
      void shownLook.value;
      void besideTrace.value;
      void shownLayer.value;
      void unit.value;
      void timeStep.value;
    }}
    draw={draw}
    read={read}
    sum={sum}
    onPick={(x, y) => {
      const at = placeOf(x, y);
      if (at === null) return;
      if (at.row !== null) unit.value = at.row;
      timeStep.value = at.t;
    }}
    steps={() => drawn.reduce((sum, { trace }) => sum + trace.timesteps, 0) || 20}
  />
);
