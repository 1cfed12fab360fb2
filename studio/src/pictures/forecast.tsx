import { probe } from "../commands.ts";
import { readable } from "../draw/numbers.ts";
import { type Area, axes, cursor, extent, label, legend, line, type Scale, scale } from "../draw/plot.ts";
import { theme } from "../draw/theme.ts";
import type { ForecastLook } from "../protocol.ts";
import { beside, besideLook, shownLook } from "../state.ts";
import { Picture, type Sheet } from "./picture.tsx";

/** Entries that are drawn: of a long validation part its end. */
const MOST_DRAWN = 120;

let drawn: { readonly area: Area; readonly x: Scale; readonly from: number } | undefined;

/** What the run beside forecast of the same values; null where it had other data. */
function otherForecast({ actual }: ForecastLook): { predicted: Float64Array; rmse: number } | null {
  const other = besideLook.value?.forecast;
  if (other === undefined) return null;
  // Parts of one series end together, whatever the windows were.
  const shift = actual.length - other.actual.length;
  const isSame = other.actual.every((value, i) => {
    const own = actual[i + shift];
    return own === undefined || Object.is(own, value) || Math.abs(own - value) <= 1e-6 * Math.abs(value);
  });
  if (!isSame) return null;
  const predicted = Float64Array.from(actual, (_, i) => other.predicted[i - shift] ?? Number.NaN);
  return { predicted, rmse: other.rmse };
}

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
  const other = otherForecast(look.forecast);
  const otherColour = lines[3]!;
  const entries = [
    { name: "truth", colour: text },
    { name: `forecast, error ${readable(rmse)}`, colour: lines[0]!, width: 2.4 },
    ...baselines.map(({ name, rmse: error }, i) => ({
      name: `${name}, ${readable(error)}`,
      colour: lines[1 + i]!,
      dash: [3, 3],
    })),
    ...(beside.value === undefined
      ? []
      : [
          {
            name: `${beside.value.name}, ${other === null ? "of other data" : readable(other.rmse)}`,
            colour: otherColour,
            dash: [6, 3],
          },
        ]),
  ];
  const top = legend(ctx, entries, 44, 0, width - 48);
  const area = { x: 44, y: top + 4, width: width - 52, height: height - top - 22 };
  const truth = cut(actual);
  const own = cut(predicted);
  const x = scale(0, Math.max(1, truth.length - 1), area.x, area.x + area.width);
  const theirs = other === null ? new Float64Array(0) : cut(other.predicted);
  const y = scale(...extent([truth, own, theirs]), area.y + area.height, area.y);
  axes(ctx, area, x, y, {
    xText: (value) => (Number.isInteger(value) ? String(look.forecast.first + from + value + 1) : ""),
  });
  if (unit !== "") label(ctx, unit, area.x + 2, area.y + 6);
  const at = Array.from(truth, (_, i) => i);
  ctx.save();
  ctx.beginPath();
  ctx.rect(area.x - 3, area.y - 3, area.width + 6, area.height + 6);
  ctx.clip();
  baselines.forEach(({ values }, i) => {
    line(ctx, x, y, at, cut(values), { colour: lines[1 + i]!, width: 1, dash: [3, 3], alpha: 0.8 });
  });
  if (theirs.length > 0 && axis === "example") {
    ctx.strokeStyle = otherColour;
    ctx.lineWidth = 1.3;
    for (const i of at) {
      ctx.beginPath();
      ctx.arc(x.at(i), y.at(theirs[i]!), 3, 0, 7);
      ctx.stroke();
    }
  } else line(ctx, x, y, at, theirs, { colour: otherColour, width: 1.5, dash: [6, 3] });
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
  const theirs = otherForecast(look.forecast)?.predicted[i];
  const compared =
    theirs === undefined || Number.isNaN(theirs)
      ? ""
      : ` ${beside.value!.name}: ${readable(theirs, 4)}${end}.`;
  return `Validation ${axis} ${first + i + 1}: truth ${readable(actual[i]!, 4)}${end}, forecast ${readable(predicted[i]!, 4)}${end}, off by ${readable(predicted[i]! - actual[i]!)}${end}.${compared}${reach}`;
}

/** Follows the example beneath a point, so that one sees which inputs its gradient reaches. */
function follow(px: number): void {
  const i = entryAt(px);
  const look = shownLook.value;
  if (i !== null && look !== undefined) probe(look.forecast.first + i);
}

function sum(): string {
  const look = shownLook.value;
  if (look === undefined) return "";
  const { rmse, baselines, unit } = look.forecast;
  const end = unit === "" ? "" : ` ${unit}`;
  const guesses = baselines.map(({ name, rmse: error }) => `${name} ${readable(error)}`).join(", ");
  return `Usual error: ${readable(rmse)}${end}. A simple guess: ${guesses}.`;
}

export const ForecastPicture = () => (
  <Picture
    name="Forecast"
    about="Values the model was not trained on: truth, forecast, and what a simple guess gives. Click one to follow it."
    watch={() => {
      void shownLook.value;
      void besideLook.value;
    }}
    draw={draw}
    read={read}
    sum={sum}
    onPick={follow}
  />
);
