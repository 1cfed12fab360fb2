import { ridgePath, ridgeReach } from "../../series/baselines/ridge-autoregression.js";
import type { PanelProfile } from "./panel-profile.js";
import type { PanelSeries } from "./panel-series.js";

/** Share of the autoregression's path in the base: half of it, so that the network still sees what it says. */
const SEASON_SHARE = 0.4;
const LEVEL_SHARE = 0.5;
/** Steps over which the unit of a series without seasons is measured. */
const LEVEL_REACH = 104;

/** Where the corrections of one origin start from, and their unit. */
export interface Base {
  /** Path of the autoregression; null where it could not be fitted or reaches too far back. */
  readonly path: Float64Array | null;
  /** What is added to: `[horizon]`. */
  readonly values: Float64Array;
  /** Mean size of the base's own recent errors: the unit of corrections and features. */
  readonly unit: number;
  /** Weight of the short season against the long one, 1 where there is one alone. */
  readonly mix: number;
  /** Recent mean absolute changes over the short and the long season. */
  readonly short: number;
  readonly long: number;
}

/** Row that lies as many whole seasons before row `end + h` as bring it before `end`. */
export const seasonsBack = (end: number, h: number, season: number): number =>
  end + h - season * Math.ceil((h + 1) / season);

/** Rows before an origin that the base needs. */
export const baseReach = ({ base, short, horizon }: PanelProfile): number =>
  base === "season" ? short! * Math.ceil(horizon / short!) + short! : 8;

function meanChange(y: Float64Array, end: number, lag: number, reach: number): number {
  const from = Math.max(lag, end - reach);
  let sum = 0;
  for (let t = from; t < end; t++) sum += Math.abs(y[t]! - y[t - lag]!);
  return end > from ? sum / (end - from) : 0;
}

/** The base at origin `end`; the rows before it alone are read. */
export function baseAt(series: PanelSeries, profile: PanelProfile, end: number): Base {
  const { y, path: model } = series;
  const { base, short, long, horizon } = profile;
  const path = model !== null && ridgeReach(model) <= end ? ridgePath(model, y, end, horizon) : null;
  const values = new Float64Array(horizon);
  if (base === "level") {
    const unit = Math.max(2e-4, meanChange(y, end, 1, LEVEL_REACH));
    const last = y[end - 1]!;
    for (let h = 0; h < horizon; h++)
      values[h] = last + (path === null ? 0 : LEVEL_SHARE * (path[h]! - last));
    return { path, values, unit, mix: 1, short: unit, long: unit };
  }
  const season = short!;
  const reach = long ?? 5 * season;
  const near = meanChange(y, end, season, reach) + 1e-5;
  const hasLong = long !== null && end >= long * Math.ceil(horizon / long) + season;
  const far = hasLong ? meanChange(y, end, long, reach) + 1e-5 : near;
  const mix = hasLong ? (far * far) / (near * near + far * far) : 1;
  const unit = Math.max(1e-4, hasLong ? 1.3 / (1 / near + 1 / far) : near);
  for (let h = 0; h < horizon; h++) {
    const mixed =
      mix * y[seasonsBack(end, h, season)]! + (hasLong ? (1 - mix) * y[seasonsBack(end, h, long)]! : 0);
    values[h] = path === null ? mixed : SEASON_SHARE * path[h]! + (1 - SEASON_SHARE) * mixed;
  }
  return { path, values, unit, mix, short: near, long: far };
}
