import { probe } from "../commands.ts";
import { readable } from "../draw/numbers.ts";
import { type Area, axes, cursor, extent, label, legend, line, type Scale, scale } from "../draw/plot.ts";
import { theme } from "../draw/theme.ts";
import { shownLook } from "../state.ts";
import { Picture, type Sheet } from "./picture.tsx";

/** Entries that are drawn: of a long validation part its end. */
const MOST_DRAWN = 120;

let drawn: { readonly area: Area; readonly x: Scale; readonly from: number } | undefined;

function draw({ ctx, width, height }: Sheet): void {
  const { lines, text } = theme();
  const look = shownLook.value;
  drawn = undefined;
  if (look === undefined) {
    label(ctx, "Nothing is recorded yet.", 8, 16);
    return;
  }
  const { predicted, actual, baselines, rmse, axis, unit } = look.forecast;
  const from = axis === "value" ? Math.max(0, actual.length - MOST_DRAWN) : 0;
  const to = axis === "value" ? actual.length : Math.min(actual.length, MOST_DRAWN / 2);
  const cut = (values: Float64Array): Float64Array => values.subarray(from, to);
  const entries = [
    { name: "truth", colour: text },
    { name: `forecast, error ${readable(rmse)}`, colour: lines[0]!, width: 2.4 },
    ...baselines.map(({ name, rmse: error }, i) => ({
      name: `${name}, ${readable(error)}`,
      colour: lines[1 + i]!,
      dash: [3, 3],
    })),
  ];
  const top = legend(ctx, entries, 44, 0, width - 48);
  const area = { x: 44, y: top + 4, width: width - 52, height: height - top - 22 };
  const truth = cut(actual);
  const own = cut(predicted);
  const x = scale(0, Math.max(1, truth.length - 1), area.x, area.x + area.width);
  const y = scale(...extent([truth, own]), area.y + area.height, area.y);
  axes(ctx, area, x, y, {
    xText: (value) => (Number.isInteger(value) ? String(look.forecast.first + from + value + 1) : ""),
  });
  if (unit !== "") label(ctx, unit, area.x + 2, area.y + 6);
  const at = Array.from(truth, (_, i) => i);
  ctx.save();
  ctx.beginPath();
  ctx.rect(area.x, area.y - 2, area.width, area.height + 4);
  ctx.clip();
  baselines.forEach(({ values }, i) => {
    line(ctx, x, y, at, cut(values), { colour: lines[1 + i]!, width: 1, dash: [3, 3], alpha: 0.8 });
  });
  if (axis === "example") {
    // Examples stand beside each other: dots, and how far off each is.
    for (const i of at) {
      ctx.strokeStyle = lines[0]!;
      ctx.globalAlpha = 0.5;
      ctx.beginPath();
      ctx.moveTo(x.at(i), y.at(truth[i]!));
      ctx.lineTo(x.at(i), y.at(own[i]!));
      ctx.stroke();
      ctx.globalAlpha = 1;
      for (const [value, colour] of [
        [truth[i]!, text],
        [own[i]!, lines[0]!],
      ] as const) {
        ctx.fillStyle = colour;
        ctx.beginPath();
        ctx.arc(x.at(i), y.at(value), 2.4, 0, 7);
        ctx.fill();
      }
    }
  } else {
    line(ctx, x, y, at, truth, { colour: text, width: 1.2 });
    line(ctx, x, y, at, own, { colour: lines[0]!, width: 2 });
  }
  ctx.restore();
  const followed = look.example - look.forecast.first - from;
  if (followed >= 0 && followed < truth.length) cursor(ctx, area, x.at(followed));
  drawn = { area, x, from };
}

function entryAt(px: number): number | null {
  if (drawn === undefined) return null;
  const i = Math.round(drawn.x.invert(px)) + drawn.from;
  const look = shownLook.value;
  return look !== undefined && i >= drawn.from && i < look.forecast.actual.length ? i : null;
}

/** Steps whose input the followed output listens to: nine tenths of its gradient lie within them. */
function reachWords(): string {
  const trace = shownLook.value?.traces[0];
  if (trace === undefined) return "";
  const { timesteps, features, inputGradient } = trace;
  const sizes = Array.from({ length: timesteps }, (_, t) =>
    Math.hypot(...inputGradient.subarray(t * features, (t + 1) * features)),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (!(total > 0)) return " No gradient reaches its inputs.";
  let [sum, back] = [0, 0];
  while (sum < 0.9 * total && back < timesteps) sum += sizes[timesteps - 1 - back++]!;
  return ` Nine tenths of its gradient reach the last ${back} of ${timesteps} inputs.`;
}

function read(px: number): string | null {
  const i = entryAt(px);
  const look = shownLook.value;
  if (i === null || look === undefined) return null;
  const { predicted, actual, axis, first, unit } = look.forecast;
  const end = unit === "" ? "" : ` ${unit}`;
  const reach = look.example === first + i ? reachWords() : "";
  return `Validation ${axis} ${first + i + 1}: truth ${readable(actual[i]!, 4)}${end}, forecast ${readable(predicted[i]!, 4)}${end}, off by ${readable(predicted[i]! - actual[i]!)}.${reach}`;
}

/** Follows the example beneath a point, so that one sees which inputs its gradient reaches. */
function follow(px: number): void {
  const i = entryAt(px);
  const look = shownLook.value;
  if (i !== null && look !== undefined) probe(look.forecast.first + i);
}

export const ForecastPicture = () => (
  <Picture
    name="Forecast"
    about="Values the model was not trained on: truth, forecast, and what a simple guess gives. Click one to follow it."
    watch={() => {
      void shownLook.value;
    }}
    draw={draw}
    read={read}
    onPick={follow}
  />
);
