import { completePausing } from "../../numerics/steps.js";
import { bestHoltWintersSteps } from "../../series/baselines/holt-winters.js";
import { fitTheta } from "../../series/baselines/theta.js";
import { type Carrier, type CarrierState, smoothingCarrier, thetaCarrier } from "../chain/carriers.js";
import type { Pause } from "../choose/pause.js";
import type { PanelProfile } from "./panel-profile.js";

/** A method that remembers more than the last values: where it stands in a series. */
export interface SmoothedPart {
  readonly carrier: Carrier;
  /** Row its own row 0 is. */
  readonly origin: number;
  /** After the rows before `rows`. */
  readonly state: CarrierState;
  readonly rows: number;
}

/** Which statistical forecasts a panel takes the mean of. */
export type Statistic = "autoregressions" | "theta" | "smoothing and theta" | "all";

/** Values at the end that are enough to fit theta and smoothing. */
const MOST_VALUES = 2000;

function walked(carrier: Carrier, y: Float64Array, origin: number, rows: number): SmoothedPart {
  const state = carrier.start();
  for (let t = origin; t < rows; t++) carrier.advance(state, t - origin, y[t]!);
  return { carrier, origin, state, rows };
}

/** Theta, and smoothing where it is wanted, fitted to the first `rows` values. */
export async function fitSmoothedParts(
  y: Float64Array,
  { base, short }: PanelProfile,
  rows: number,
  statistic: Statistic,
  pause: Pause,
): Promise<SmoothedPart[]> {
  if (statistic === "autoregressions" || rows < 3) return [];
  const season = base === "season" && rows >= 2 * short! + 2 ? short! : null;
  const spare = Math.max(0, rows - MOST_VALUES);
  // Whole seasons are cut off, so that phases stay as they are.
  const origin = Math.floor(spare / (season ?? 1)) * (season ?? 1);
  const recent = y.slice(origin, rows);
  const theta = thetaCarrier(fitTheta("forecaster.fit({ panel })", recent, season === null ? [] : [season]));
  const parts = [walked(theta, y, origin, rows)];
  if (statistic === "theta") return parts;
  const { parameters, initial } = await completePausing(bestHoltWintersSteps(recent, season), pause);
  const smoothing = smoothingCarrier(parameters, [initial.level, initial.trend, ...initial.season]);
  return [...parts, walked(smoothing, y, origin, rows)];
}

/**
 * The part's path from the rows before `end`.
 * @param from row of the series that `y[0]` is.
 */
export function smoothedPartPath(
  { carrier, origin, state, rows }: SmoothedPart,
  y: Float64Array,
  from: number,
  end: number,
  horizon: number,
): Float64Array | null {
  const last = from + end;
  const isOn = last >= rows;
  // Before the rows it was fitted to, it walks anew.
  const own = isOn ? state.map((part) => part.slice()) : carrier.start();
  for (let t = isOn ? rows : origin; t < last; t++) carrier.advance(own, t - origin, y[t - from]!);
  return last <= origin ? null : carrier.path(own, y, end, last - origin, horizon);
}
