import {
  fitRidgeAutoregression,
  type RidgeAutoregression,
  ridgePath,
  ridgeReach,
} from "../../series/baselines/ridge-autoregression.js";
import { fingerprint } from "../chain/fingerprint.js";
import type { Pause } from "../choose/pause.js";
import { effectPath, type KnownEffects } from "./known-effects.js";
import type { Clock, OpenSeries } from "./open-panel.js";
import { carrierShapes, featureShape, type PanelProfile } from "./panel-profile.js";
import { fitSmoothedParts, type SmoothedPart, type Statistic, smoothedPartPath } from "./smoothed-parts.js";
import { type Transform, transformOf } from "./transform.js";

/** A series as the panel models it, and what was fitted to it alone. */
export interface PanelSeries {
  readonly id: string;
  /** Rows it had when it was learnt, and what tells whether another series begins with them. */
  readonly rows: number;
  readonly fingerprint: string;
  readonly transform: Transform;
  /** Modelled values, as far as they are known. */
  readonly y: Float64Array;
  /** Row of the series that `y[0]` is. */
  readonly from: number;
  /** Other columns in units of their own deviation, rows as `y`. */
  readonly others: readonly Float64Array[];
  readonly otherScales: readonly { readonly mean: number; readonly deviation: number }[];
  readonly statics: readonly number[];
  readonly clock: Clock | null;
  /** Its path is a feature, and part of the base. */
  readonly path: RidgeAutoregression | null;
  /** Their paths make the statistical forecast. */
  readonly carriers: readonly RidgeAutoregression[];
  readonly smoothed: readonly SmoothedPart[];
  /** Mean absolute value and mean absolute (seasonal) change in raw units: the measures' units. */
  readonly level: number;
  readonly change: number;
  /** What the columns known ahead are worth, in modelled units a unit; `y` is without it. */
  readonly effects: readonly number[];
  /** How far its forecasts have erred, as far as that is known: see `ErrorScale`. */
  readonly errors: { readonly past: number | null; readonly own: number | null };
}

/** Rows the features of a series without seasons look at, at the least. */
export const LEVEL_REACH = 210;

/** Fits what belongs to a series alone to its first `rows` rows. */
export async function modelSeries(
  { id, raw, target, others, statics, clock }: OpenSeries,
  profile: PanelProfile,
  log: boolean | undefined,
  rows: number,
  statistic: Statistic,
  pause: Pause,
  known: KnownEffects | null,
): Promise<PanelSeries> {
  const seen = target.subarray(0, rows);
  const transform = transformOf(seen, log);
  // Later rows are transformed alike: they are not looked at before their turn.
  const whole =
    rows === target.length || !transform.log ? transform.apply(target) : safeLogs(target, transform);
  const effects = known?.bySeries.get(id) ?? known?.pooled ?? [];
  const worth = effectPath(effects, known?.places.map((place) => others[place]!) ?? [], whole.length);
  const y = whole.map((value, t) => value - worth[t]!);
  const lag = profile.base === "season" && rows > profile.short! ? profile.short! : 1;
  let [level, change] = [0, 0];
  for (let t = 0; t < rows; t++) {
    level += Math.abs(seen[t]!) / rows;
    if (t >= lag) change += Math.abs(seen[t]! - seen[t - lag]!) / Math.max(1, rows - lag);
  }
  const otherScales = others.map((values) => {
    const part = values.subarray(0, rows);
    const mean = part.reduce((sum, value) => sum + value, 0) / rows;
    const variance = part.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows;
    return { mean, deviation: variance > 0 ? Math.sqrt(variance) : 1 };
  });
  const fit = (shape: Parameters<typeof fitRidgeAutoregression>[1]): RidgeAutoregression | null =>
    shape.lags.length === 0 ? null : fitRidgeAutoregression(y, shape, 0, rows);
  return {
    id,
    rows,
    fingerprint: fingerprint(raw, rows),
    transform,
    y,
    from: 0,
    others: others.map((values, f) =>
      values.map((value) => (value - otherScales[f]!.mean) / otherScales[f]!.deviation),
    ),
    otherScales,
    statics,
    clock,
    path: fit(featureShape(profile, rows)),
    carriers: carrierShapes(profile, rows)
      .map(fit)
      .filter((model) => model !== null),
    smoothed: await fitSmoothedParts(y, profile, rows, statistic, pause),
    level,
    change,
    effects,
    errors: { past: null, own: null },
  };
}

/** Logarithms where rows beyond those known may not be positive: a tenth of the smallest known value is the floor. */
function safeLogs(target: Float64Array, transform: Transform): Float64Array {
  let lowest = Number.POSITIVE_INFINITY;
  for (const value of target) if (value > 0 && value < lowest) lowest = value;
  return transform.apply(target.map((value) => Math.max(value, lowest / 10)));
}

/**
 * The mean of the paths `statistic` names, from the rows before `end`; the last season or value where nothing could be
 * fitted.
 */
export function statisticalPath(
  { y, from, carriers, smoothed }: PanelSeries,
  { base, short, horizon }: PanelProfile,
  end: number,
  statistic: Statistic,
): Float64Array {
  const paths: Float64Array[] = [];
  if (statistic === "autoregressions" || statistic === "all") {
    for (const model of carriers) if (ridgeReach(model) <= end) paths.push(ridgePath(model, y, end, horizon));
  }
  if (statistic !== "autoregressions") {
    for (const part of smoothed.slice(0, statistic === "theta" ? 1 : undefined)) {
      const path = smoothedPartPath(part, y, from, end, horizon);
      if (path !== null) paths.push(path);
    }
  }
  if (paths.length > 0) {
    return paths[0]!.map((_, h) => paths.reduce((sum, path) => sum + path[h]! / paths.length, 0));
  }
  return Float64Array.from({ length: horizon }, (_, h) => {
    const back = base === "season" && end >= short! ? end - short! + (h % short!) : end - 1;
    return y[back]!;
  });
}

/** Rows before an origin that anything of a forecast looks at. */
export function reachOf(
  profile: PanelProfile,
  { path, carriers }: Pick<PanelSeries, "path" | "carriers">,
): number {
  const { base, short, long, horizon, steps, gap } = profile;
  const models = [...carriers, ...(path === null ? [] : [path])].map(ridgeReach);
  const own =
    base === "season"
      ? 6 * (long ?? short!) + 2 * horizon + 2 * short!
      : Math.max(3 * (short ?? 0) + 2 * horizon, LEVEL_REACH) + 2;
  return Math.max(own, ...models) + steps * gap;
}
