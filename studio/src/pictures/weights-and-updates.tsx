import { readable } from "../draw/numbers.ts";
import { type Area, axes, cursor, extent, label, legend, line, type Scale, scale } from "../draw/plot.ts";
import { theme } from "../draw/theme.ts";
import { frames, recorded, shownFrame } from "../state.ts";
import { Picture, type Sheet } from "./picture.tsx";

/** An update of about a thousandth of its weight is usual. */
const USUAL = 1e-3;
const MOST_LINES = 6;

let drawn: { readonly upper: Area; readonly lower: Area; readonly x: Scale } | undefined;

/** `lstm/recurrent_kernel` as it fits beside a line. */
const shortName = (name: string): string => name.replace("recurrent_kernel", "recurrent").replace("/", " ");

function draw({ ctx, width, height }: Sheet): void {
  const { lines, text } = theme();
  drawn = undefined;
  const newest = frames.at(-1);
  if (newest === undefined) {
    label(ctx, "Nothing is recorded yet.", 8, 16);
    return;
  }
  const weights = newest.layers.flatMap((layer) => layer.weights).slice(0, MOST_LINES);
  const top = legend(
    ctx,
    weights.map(({ name }, i) => ({ name: shortName(name), colour: lines[i]! })),
    44,
    0,
    width - 48,
  );
  const upper = { x: 44, y: top + 16, width: width - 52, height: (height - top - 52) / 2 };
  const lower = { x: 44, y: upper.y + upper.height + 18, width: width - 52, height: upper.height };
  const lists = weights.map((_, i) => {
    const of = frames.map((frame) => frame.layers.flatMap((layer) => layer.weights)[i]);
    return {
      ratio: of.map((weight) => weight?.updateRatio ?? Number.NaN),
      norm: of.map((weight) => weight?.norm ?? Number.NaN),
    };
  });
  const x = scale(0, Math.max(1, newest.update), upper.x, upper.x + upper.width);
  const at = frames.map(({ update }) => update);
  const ratios = scale(
    ...extent([...lists.map(({ ratio }) => ratio), [USUAL / 3, USUAL * 3]], true),
    upper.y + upper.height,
    upper.y,
    true,
  );
  const norms = scale(...extent(lists.map(({ norm }) => norm)), lower.y + lower.height, lower.y);
  axes(ctx, upper, null, ratios);
  axes(ctx, lower, x, norms);
  label(ctx, "update ÷ weight (usual: 0.001)", upper.x, upper.y - 7, { colour: text, bold: true });
  label(ctx, "size of the weights ‖w‖", lower.x, lower.y - 7, { colour: text, bold: true });
  line(ctx, x, ratios, [0, newest.update], [USUAL, USUAL], {
    colour: text,
    width: 1,
    dash: [2, 3],
    alpha: 0.6,
  });
  lists.forEach(({ ratio, norm }, i) => {
    line(ctx, x, ratios, at, ratio, { colour: lines[i]!, width: 1.4 });
    line(ctx, x, norms, at, norm, { colour: lines[i]!, width: 1.4 });
  });
  const frame = shownFrame.value;
  if (frame !== undefined) for (const area of [upper, lower]) cursor(ctx, area, x.at(frame.update));
  drawn = { upper, lower, x };
}

function read(px: number, py: number): string | null {
  if (drawn === undefined || frames.length === 0) return null;
  const update = drawn.x.invert(px);
  let frame = frames[0]!;
  for (const one of frames) if (Math.abs(one.update - update) < Math.abs(frame.update - update)) frame = one;
  const weights = frame.layers.flatMap((layer) => layer.weights).slice(0, MOST_LINES);
  const isUpper = py < drawn.upper.y + drawn.upper.height + 6;
  const words = weights.map(
    ({ name, updateRatio, norm, gradientNorm }) =>
      `${shortName(name)} ${isUpper ? readable(updateRatio) : `‖w‖ ${readable(norm)}, ‖dL/dw‖ ${readable(gradientNorm, 2)}`}`,
  );
  return `Update ${frame.update}: ${isUpper ? "update ÷ weight: " : ""}${words.join("; ")}.`;
}

export const WeightsPicture = () => (
  <Picture
    name="Weights and updates"
    about="How far each update moves the weights. Near 0.001 is healthy, 0.1 is wild, 0.000001 stands still."
    watch={() => {
      void recorded.value;
      void shownFrame.value;
    }}
    draw={draw}
    read={read}
  />
);
