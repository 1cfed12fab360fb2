/** What exponential smoothing forgets with: additive Holt-Winters in error-correction form. */
export interface SmoothingParameters {
  /** Share of the error the level takes, 0 to 1. */
  readonly alpha: number;
  /** Share of the error the trend takes, 0 to alpha; 0 with a trend of 0 is none. */
  readonly beta: number;
  /** Share of the error the season takes, 0 to 1 - alpha. */
  readonly gamma: number;
  /** What is left of the trend after one step; 1: not damped. */
  readonly phi: number;
  /** Further seasons with the share of the error each takes (Taylor 2003); they stand last in the state. */
  readonly further?: readonly { readonly season: number; readonly gamma: number }[];
}

/** Level, trend, then each season's values, that of the next step at its start + index % season. */
export type SmoothingState = Float64Array;

const NONE: NonNullable<SmoothingParameters["further"]> = [];

/** Steps in the first season, 0 when there is none. */
function firstSeason(state: SmoothingState, further: NonNullable<SmoothingParameters["further"]>): number {
  let size = state.length - 2;
  for (const { season } of further) size -= season;
  return size;
}

/** What all seasons together add at step `index`. */
function seasonsAt(state: SmoothingState, { further = NONE }: SmoothingParameters, index: number): number {
  const first = firstSeason(state, further);
  let sum = first === 0 ? 0 : state[2 + (index % first)]!;
  let start = 2 + first;
  for (const { season } of further) {
    sum += state[start + (index % season)]!;
    start += season;
  }
  return sum;
}

/** The forecast of step `index`, the next one. */
export const oneStep = (state: SmoothingState, parameters: SmoothingParameters, index: number): number =>
  state[0]! + parameters.phi * state[1]! + seasonsAt(state, parameters, index);

/**
 * Takes the value of step `index` in.
 *
 *     e = y - (l + φ b + s),  l ← l + φ b + α e,  b ← φ b + β e,  s ← s + γ e
 *
 * @returns the error e of the forecast before it.
 */
export function smooth(
  state: SmoothingState,
  parameters: SmoothingParameters,
  index: number,
  y: number,
): number {
  const { alpha, beta, gamma, phi, further = NONE } = parameters;
  const error = y - oneStep(state, parameters, index);
  const drift = phi * state[1]!;
  state[0]! += drift + alpha * error;
  state[1] = drift + beta * error;
  const first = firstSeason(state, further);
  if (first > 0) state[2 + (index % first)]! += gamma * error;
  let start = 2 + first;
  for (const { season, gamma: share } of further) {
    state[start + (index % season)]! += share * error;
    start += season;
  }
  return error;
}

/** Forecasts of the steps `index`, `index + 1`, …: the damped trend summed up, the seasons in turn. */
export function smoothedPath(
  state: SmoothingState,
  parameters: SmoothingParameters,
  index: number,
  horizon: number,
): Float64Array {
  const path = new Float64Array(horizon);
  let level = state[0]!;
  let drift = state[1]!;
  for (let h = 0; h < horizon; h++) {
    drift *= parameters.phi;
    level += drift;
    path[h] = level + seasonsAt(state, parameters, index + h);
  }
  return path;
}
