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
}

/** Level, trend, then the seasons, that of the next step at `2 + index % seasons`. */
export type SmoothingState = Float64Array;

const seasonsOf = (state: SmoothingState): number => state.length - 2;
const slot = (state: SmoothingState, index: number): number => 2 + (index % seasonsOf(state));

/** The forecast of step `index`, the next one. */
export const oneStep = (state: SmoothingState, { phi }: SmoothingParameters, index: number): number =>
  state[0]! + phi * state[1]! + (seasonsOf(state) === 0 ? 0 : state[slot(state, index)]!);

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
  const { alpha, beta, gamma, phi } = parameters;
  const error = y - oneStep(state, parameters, index);
  const drift = phi * state[1]!;
  state[0]! += drift + alpha * error;
  state[1] = drift + beta * error;
  if (seasonsOf(state) > 0) state[slot(state, index)]! += gamma * error;
  return error;
}

/** Forecasts of the steps `index`, `index + 1`, …: the damped trend summed up, the seasons in turn. */
export function smoothedPath(
  state: SmoothingState,
  { phi }: SmoothingParameters,
  index: number,
  horizon: number,
): Float64Array {
  const path = new Float64Array(horizon);
  let level = state[0]!;
  let drift = state[1]!;
  for (let h = 0; h < horizon; h++) {
    drift *= phi;
    level += drift;
    path[h] = level + (seasonsOf(state) === 0 ? 0 : state[slot(state, index + h)]!);
  }
  return path;
}
