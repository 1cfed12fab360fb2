import { readable } from "../draw/numbers.ts";
import { type Area, axes, cursor, extent, label, legend, line, type Scale, scale } from "../draw/plot.ts";
import { theme } from "../draw/theme.ts";
import type { Frame, LayerFrame } from "../protocol.ts";
import { beside, frames, recorded, shownFrame } from "../state.ts";
import { Picture, type Sheet } from "./picture.tsx";

/** An update of about a thousandth of its weight is usual. */
const USUAL = 1e-3;
const MOST_LINES = 6;

interface Drawn {
  readonly upper: Area;
  readonly lower: Area;
  readonly x: Scale;
}
let drawn: Drawn | undefined;

/** `lstm/recurrent_kernel` as it fits beside a line. */
const shortName = (name: string): string => name.replace("recurrent_kernel", "recurrent").replace("/", " ");

type Weight = LayerFrame["weights"][number];
const weightsOf = (frame: Frame): Weight[] =>
  frame.layers.flatMap((layer) => layer.weights).slice(0, MOST_LINES);

interface Course {
  readonly at: number[];
  readonly ratios: number[][];
  readonly norms: number[][];
}

/** The weights' numbers over a run, a list a weight. */
function courseOf(run: readonly Frame[], count: number): Course {
  const course: Course = {
    at: [],
    ratios: Array.from({ length: count }, () => []),
    norms: Array.from({ length: count }, () => []),
  };
  for (const frame of run) {
    course.at.push(frame.update);
    const weights = weightsOf(frame);
    for (let i = 0; i < count; i++) {
      course.ratios[i]!.push(weights[i]?.updateRatio ?? Number.NaN);
      course.norms[i]!.push(weights[i]?.norm ?? Number.NaN);
    }
  }
  return course;
}

function draw({ ctx, width, height }: Sheet): void {
  const { lines, text, muted } = theme();
  drawn = undefined;
  const newest = frames.at(-1);
  if (newest === undefined) {
    label(ctx, "Nothing is recorded yet.", 8, 16);
    return;
  }
  const weights = weightsOf(newest);
  const kept = beside.value;
  const top = legend(
    ctx,
    [
      ...weights.map(({ name }, i) => ({ name: shortName(name), colour: lines[i]! })),
      ...(kept === undefined ? [] : [{ name: kept.name, colour: muted, dash: [2, 2] }]),
    ],
    44,
    0,
    width - 48,
  );
  const upper = { x: 44, y: top + 16, width: width - 52, height: (height - top - 52) / 2 };
  const lower = { x: 44, y: upper.y + upper.height + 18, width: width - 52, height: upper.height };
  const own = courseOf(frames, weights.length);
  const other = courseOf(kept?.frames ?? [], weights.length);
  const longest = Math.max(1, newest.update, other.at.at(-1) ?? 0);
  const x = scale(0, longest, upper.x, upper.x + upper.width);
  const ratios = scale(
    ...extent([...own.ratios, ...other.ratios, [USUAL / 3, USUAL * 3]], true),
    upper.y + upper.height,
    upper.y,
    true,
  );
  const norms = scale(...extent([...own.norms, ...other.norms]), lower.y + lower.height, lower.y);
  axes(ctx, upper, null, ratios);
  axes(ctx, lower, x, norms);
  label(ctx, "update ÷ weight (usual: 0.001)", upper.x, upper.y - 7, { colour: text, bold: true });
  label(ctx, "size of the weights ‖w‖", lower.x, lower.y - 7, { colour: text, bold: true });
  line(ctx, x, ratios, [0, longest], [USUAL, USUAL], { colour: text, width: 1, dash: [2, 3], alpha: 0.6 });
  weights.forEach((_, i) => {
    const colour = lines[i]!;
    line(ctx, x, ratios, other.at, other.ratios[i]!, { colour, width: 1, dash: [2, 2], alpha: 0.7 });
    line(ctx, x, norms, other.at, other.norms[i]!, { colour, width: 1, dash: [2, 2], alpha: 0.7 });
    line(ctx, x, ratios, own.at, own.ratios[i]!, { colour, width: 1.4 });
    line(ctx, x, norms, own.at, own.norms[i]!, { colour, width: 1.4 });
  });
  const frame = shownFrame.value;
  if (frame !== undefined) for (const area of [upper, lower]) cursor(ctx, area, x.at(frame.update));
  drawn = { upper, lower, x };
}

function nearest(run: readonly Frame[], update: number): Frame | undefined {
  let best = run[0];
  for (const frame of run)
    if (Math.abs(frame.update - update) < Math.abs(best!.update - update)) best = frame;
  return best;
}

function read(px: number, py: number): string | null {
  if (drawn === undefined) return null;
  const update = drawn.x.invert(px);
  const isUpper = py < drawn.upper.y + drawn.upper.height + 6;
  const told = (frame: Frame): string =>
    weightsOf(frame)
      .map(
        ({ name, updateRatio, norm, gradientNorm }) =>
          `${shortName(name)} ${isUpper ? readable(updateRatio) : `‖w‖ ${readable(norm)}, gradient ‖dL/dw‖ ${readable(gradientNorm, 2)}`}`,
      )
      .join("; ");
  const frame = nearest(frames, update);
  if (frame === undefined) return null;
  const other = nearest(beside.value?.frames ?? [], update);
  const compared = other === undefined ? "" : ` ${beside.value!.name}: ${told(other)}.`;
  return `Update ${frame.update}: ${isUpper ? "share of each weight's size that it moves: " : "sizes: "}${told(frame)}.${compared}`;
}

/** What was zero before it moved is left out: no share can be told of it. */
function sum(): string {
  const frame = shownFrame.value;
  const weights =
    frame === undefined
      ? []
      : weightsOf(frame).filter(({ updateRatio }) => updateRatio > 0 && updateRatio < Infinity);
  if (weights.length === 0) return "";
  const [first, ...rest] = weights.toSorted((a, b) => b.updateRatio - a.updateRatio);
  const last = rest.at(-1) ?? first!;
  return `Moves most: ${shortName(first!.name)}, by ${readable(first!.updateRatio, 2)} of its size; least: ${shortName(last.name)}, by ${readable(last.updateRatio, 2)}.`;
}

export const WeightsPicture = () => (
  <Picture
    name="Weights and updates"
    about="How far each update moves the weights. Near 0.001 is healthy, 0.1 is wild, 0.000001 stands still."
    watch={() => {
      void recorded.value;
      void beside.value;
      void shownFrame.value;
    }}
    draw={draw}
    read={read}
    sum={sum}
  />
);
