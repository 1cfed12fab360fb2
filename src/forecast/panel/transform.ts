import { inverseLogTransform, logTransform } from "../../series/prepare/log-transform.js";

/** From raw units to those a series is modelled in. */
export interface Transform {
  readonly log: boolean;
  /** Raw units of one modelled unit; 1 with logarithms. */
  readonly scale: number;
  /** Whether no raw value is below 0, so that no forecast may be. */
  readonly isNonNegative: boolean;
  apply(raw: Float64Array): Float64Array;
  invert(modelled: Float64Array): Float64Array;
}

export function transformFrom(log: boolean, scale: number, isNonNegative: boolean): Transform {
  return {
    log,
    scale,
    isNonNegative,
    apply: (raw) => (log ? logTransform(raw) : raw.map((value) => value / scale)),
    invert: (modelled) =>
      log
        ? inverseLogTransform(modelled)
        : modelled.map((value) => (isNonNegative ? Math.max(0, value * scale) : value * scale)),
  };
}

/** Logarithms where all values are above 0 (or as was given), otherwise units of the mean absolute value. */
export function transformOf(target: Float64Array, wanted: boolean | undefined): Transform {
  let [lowest, size] = [Number.POSITIVE_INFINITY, 0];
  for (const value of target) {
    if (value < lowest) lowest = value;
    size += Math.abs(value) / target.length;
  }
  const log = (wanted ?? true) && lowest > 0;
  return transformFrom(log, log || size === 0 ? 1 : size, lowest >= 0);
}
