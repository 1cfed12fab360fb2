import { signal } from "@preact/signals";
import { exact, readable } from "../draw/numbers.ts";
import { axes, cursor, extent, label, legend, line, type Scale, scale } from "../draw/plot.ts";
import { theme } from "../draw/theme.ts";
import { frames, keptRuns, points, recorded, shownFrame } from "../state.ts";
import { Picture, type Sheet } from "./picture.tsx";

const isLog = signal(true);
/** Share of the past in the smooth line of batches. */
const SMOOTH = 0.85;

let x: Scale | undefined;

function smoothed(values: readonly number[]): number[] {
  let mean = Number.NaN;
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    mean = Number.isFinite(mean) ? SMOOTH * mean + (1 - SMOOTH) * value : value;
    return mean;
  });
}

function draw({ ctx, width, height }: Sheet): void {
  const { lines, muted } = theme();
  const kept = keptRuns.value;
  const batches = frames.map(({ loss }) => loss);
  const entries = [
    { name: "training", colour: lines[0]! },
    { name: "validation", colour: lines[1]! },
    { name: "batches", colour: muted, alpha: 0.7 },
    ...kept.map(({ name }, i) => ({ name, colour: lines[3 + (i % 3)]!, dash: [5, 3] })),
  ];
  const top = legend(ctx, entries, 44, 0, width - 48);
  const area = { x: 44, y: top + 4, width: width - 52, height: height - top - 22 };
  const all = [
    points.map(({ loss }) => loss),
    points.map(({ validation }) => validation),
    batches,
    ...kept.flatMap((run) => [
      run.points.map(({ loss }) => loss),
      run.points.map(({ validation }) => validation),
    ]),
  ];
  const log = isLog.value && all.some((list) => list.some((value) => value > 0));
  const [low, high] = extent(all, log);
  const longest = Math.max(
    1,
    points.at(-1)?.update ?? 0,
    frames.at(-1)?.update ?? 0,
    ...kept.map((run) => run.points.at(-1)?.update ?? 0),
  );
  x = scale(0, longest, area.x, area.x + area.width);
  const y = scale(low, high, area.y + area.height, area.y, log);
  axes(ctx, area, x, y);
  label(ctx, "update", area.x - 5, area.y + area.height + 10, { align: "right" });
  const at = frames.map(({ update }) => update);
  line(ctx, x, y, at, batches, { colour: muted, width: 1, alpha: 0.25 });
  line(ctx, x, y, at, smoothed(batches), { colour: muted, width: 1.2, alpha: 0.7 });
  kept.forEach((run, i) => {
    const colour = lines[3 + (i % 3)]!;
    const when = run.points.map(({ update }) => update);
    line(
      ctx,
      x!,
      y,
      when,
      run.points.map(({ loss }) => loss),
      { colour, dash: [5, 3], width: 1.3 },
    );
    line(
      ctx,
      x!,
      y,
      when,
      run.points.map(({ validation }) => validation),
      { colour, dash: [1, 3], width: 1.6 },
    );
  });
  const when = points.map(({ update }) => update);
  line(
    ctx,
    x,
    y,
    when,
    points.map(({ loss }) => loss),
    { colour: lines[0]! },
  );
  line(
    ctx,
    x,
    y,
    when,
    points.map(({ validation }) => validation),
    { colour: lines[1]! },
  );
  const frame = shownFrame.value;
  if (frame !== undefined) cursor(ctx, area, x.at(frame.update));
}

function read(px: number): string | null {
  if (x === undefined) return null;
  const update = Math.round(x.invert(px));
  const near = <T extends { readonly update: number }>(list: readonly T[]): T | undefined =>
    list.reduce<T | undefined>(
      (best, item) =>
        best === undefined || Math.abs(item.update - update) < Math.abs(best.update - update) ? item : best,
      undefined,
    );
  const point = near(points);
  if (point !== undefined) {
    const beside = keptRuns.value
      .map((run) => ({ name: run.name, at: near(run.points) }))
      .map(({ name, at }) => (at === undefined ? "" : `; ${name}: ${readable(at.loss, 4)}`))
      .join("");
    return `Epoch ${point.epoch}: loss ${exact(point.loss)}, validation loss ${exact(point.validation)}${beside}.`;
  }
  const frame = near(frames);
  return frame === undefined ? null : `Update ${frame.update}: batch loss ${exact(frame.loss)}.`;
}

function sum(): string {
  const last = points.at(-1);
  if (last === undefined) return "";
  const best = points.reduce((least, point) => (point.validation < least.validation ? point : least), last);
  const valid = Number.isFinite(best.validation)
    ? ` Lowest on validation: ${readable(best.validation, 4)} after epoch ${best.epoch}.`
    : "";
  return `After epoch ${last.epoch}: loss ${readable(last.loss, 4)}.${valid}`;
}

export const LossPicture = () => (
  <Picture
    name="Loss"
    about="How wrong the model is: lower is better."
    watch={() => {
      void recorded.value;
      void keptRuns.value;
      void shownFrame.value;
      void isLog.value;
    }}
    draw={draw}
    read={read}
    sum={sum}
    steps={() => Math.max(8, points.length)}
  >
    <label class="tick">
      <input
        type="checkbox"
        checked={isLog.value}
        onChange={(event) => {
          isLog.value = event.currentTarget.checked;
        }}
      />
      log
    </label>
  </Picture>
);
