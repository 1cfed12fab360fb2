import { readable } from "../draw/numbers.ts";
import { type Area, axes, label, line, scale } from "../draw/plot.ts";
import { theme } from "../draw/theme.ts";
import type { GateFrame } from "../protocol.ts";
import { shownFrame, shownLayer } from "../state.ts";
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

let drawn: { readonly panels: readonly { area: Area; gate: GateFrame }[] } | undefined;

function draw({ ctx, width, height }: Sheet): void {
  const { lines, text } = theme();
  const gates = shownLayer.value?.recurrent?.gates ?? [];
  drawn = undefined;
  if (gates.length === 0) {
    label(ctx, "Nothing is recorded yet.", 8, 16);
    return;
  }
  const left = 34;
  const each = (height - 18) / gates.length;
  const panels = gates.map((gate, i) => {
    const area = { x: left, y: i * each + 14, width: width - left - 8, height: each - 20 };
    const steps = gate.mean.length;
    const signed = isSigned(gate.name);
    const x = scale(0, Math.max(1, steps - 1), area.x, area.x + area.width);
    const y = scale(signed ? -1 : 0, 1, area.y + area.height, area.y);
    axes(ctx, area, i === gates.length - 1 ? x : null, y, {
      yTicks: signed ? 2 : 1,
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
    label(ctx, gate.name, area.x, area.y - 7, { colour: text, bold: true });
    label(ctx, meanings[gate.name] ?? "", area.x + 66, area.y - 7);
    return { area, gate };
  });
  drawn = { panels };
}

function read(px: number, py: number): string | null {
  if (drawn === undefined) return null;
  const panel = drawn.panels.find(({ area }) => py < area.y + area.height + 4) ?? drawn.panels.at(-1)!;
  const { area, gate } = panel;
  const t = Math.round(((px - area.x) / area.width) * (gate.mean.length - 1));
  if (t < 0 || t >= gate.mean.length) return null;
  return `${gate.name} gate, time step ${t + 1}: mean ${readable(gate.mean[t]!)}, ${readable(100 * gate.saturated[t]!)}% stuck at a bound, ‖dL/dz‖ = ${readable(gate.gradient[t]!)}.`;
}

export const GatesPicture = () => (
  <Picture
    name="Gates"
    about="Line: how open each gate is on average. Shade: how many units are stuck at a bound."
    watch={() => {
      void shownFrame.value;
      void shownLayer.value;
    }}
    draw={draw}
    read={read}
    steps={() => drawn?.panels[0]?.gate.mean.length ?? 20}
  />
);
