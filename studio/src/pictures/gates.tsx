import { readable } from "../draw/numbers.ts";
import { type Area, axes, cut, label, legend, line, scale, textWidth } from "../draw/plot.ts";
import { theme } from "../draw/theme.ts";
import type { GateFrame } from "../protocol.ts";
import { beside, besideLayer, shownFrame, shownLayer } from "../state.ts";
import { Picture, type Sheet } from "./picture.tsx";

/** Of an LSTM's gates what each does, in a few words. */
const meanings: Readonly<Record<string, string>> = {
  input: "lets new in",
  forget: "keeps the old",
  cell: "what is new",
  output: "shows it",
  update: "keeps the old",
  reset: "looks back",
  candidate: "what is new",
};
/** Gates that tanh bounds lie between -1 and 1. */
const isSigned = (name: string): boolean => name === "cell" || name === "candidate";

interface Panel {
  readonly area: Area;
  readonly gate: GateFrame;
  /** The same gate of the run beside. */
  readonly other: GateFrame | undefined;
}
let drawn: { readonly panels: readonly Panel[] } | undefined;

function draw({ ctx, width, height }: Sheet): void {
  const { lines, text, muted } = theme();
  const others = besideLayer.value?.recurrent?.gates ?? [];
  const gates = shownLayer.value?.recurrent?.gates ?? [];
  drawn = undefined;
  if (gates.length === 0) {
    label(ctx, "Nothing is recorded yet.", 8, 16);
    return;
  }
  const left = 34;
  const each = (height - 18) / gates.length;
  if (others.length > 0) {
    const style = { name: cut(ctx, beside.value?.name ?? "", width / 2 - 40), colour: muted, dash: [4, 3] };
    const room = textWidth(ctx, style.name) + 26;
    legend(ctx, [style], width - room, 0, room);
  }
  const panels = gates.map((gate, i): Panel => {
    const area = { x: left, y: i * each + 14, width: width - left - 8, height: each - 22 };
    const other = others.find(({ name }) => name === gate.name);
    const steps = gate.mean.length;
    const signed = isSigned(gate.name);
    const x = scale(0, Math.max(1, steps - 1), area.x, area.x + area.width);
    const y = scale(signed ? -1 : 0, 1, area.y + area.height, area.y);
    axes(ctx, area, i === gates.length - 1 ? x : null, y, {
      yTicks: 1,
      xText: (value) => (Number.isInteger(value) ? String(value + 1) : ""),
    });
    const colour = lines[i % lines.length]!;
    // The share at a bound rises from the bottom: full height is all of them.
    ctx.save();
    ctx.globalAlpha = 0.28;
    ctx.fillStyle = colour;
    ctx.beginPath();
    ctx.moveTo(area.x, area.y + area.height);
    for (let t = 0; t < steps; t++)
      ctx.lineTo(x.at(t), area.y + area.height - (gate.saturated[t] || 0) * area.height);
    ctx.lineTo(x.at(steps - 1), area.y + area.height);
    ctx.fill();
    ctx.restore();
    line(
      ctx,
      x,
      y,
      Array.from(gate.mean, (_, t) => t),
      gate.mean,
      { colour, width: 1.8 },
    );
    if (other !== undefined) {
      // Of another window: from its first to its last step, too.
      const last = Math.max(1, other.mean.length - 1);
      const across = Array.from(other.mean, (_, t) => (t * Math.max(1, steps - 1)) / last);
      line(ctx, x, y, across, other.mean, { colour: muted, width: 1.4, dash: [4, 3] });
    }
    label(ctx, gate.name, area.x, area.y - 7, { colour: text, bold: true });
    label(ctx, meanings[gate.name] ?? "", area.x + 66, area.y - 7);
    return { area, gate, other };
  });
  drawn = { panels };
}

function read(px: number, py: number): string | null {
  if (drawn === undefined) return null;
  const panel = drawn.panels.find(({ area }) => py < area.y + area.height + 4) ?? drawn.panels.at(-1)!;
  const { area, gate, other } = panel;
  const t = Math.round(((px - area.x) / area.width) * (gate.mean.length - 1));
  if (t < 0 || t >= gate.mean.length) return null;
  const theirs = other?.mean[t];
  const compared =
    theirs === undefined
      ? ""
      : `; ${beside.value?.name ?? ""}: ${readable(theirs)}, ${readable(100 * other!.saturated[t]!)}% stuck`;
  return `${gate.name} gate, time step ${t + 1}: mean ${readable(gate.mean[t]!)} over batch and units, ${readable(100 * gate.saturated[t]!)}% stuck at a bound, gradient ‖dL/dz‖ = ${readable(gate.gradient[t]!)}${compared}.`;
}

const meanOf = (values: Float32Array): number =>
  values.reduce((total, value) => total + value, 0) / Math.max(1, values.length);

function sum(): string {
  const told = (drawn?.panels ?? []).map(({ gate }) => `${gate.name} ${readable(meanOf(gate.mean), 2)}`);
  return told.length === 0 ? "" : `Mean over all steps: ${told.join(", ")}.`;
}

export const GatesPicture = () => (
  <Picture
    name="Gates"
    about="Line: how open each gate is on average. Shade: how many units are stuck at a bound."
    watch={() => {
      void shownFrame.value;
      void shownLayer.value;
      void besideLayer.value;
    }}
    draw={draw}
    read={read}
    sum={sum}
    steps={() => drawn?.panels[0]?.gate.mean.length ?? 20}
  />
);
