/**
 * Glorot's kernels have a standard deviation of about 0.13 (24 units); times 23 this is 3, where a sigmoid stands at 0.95
 * and passes on a fifth of its largest slope.
 */
export const SATURATING_SCALE = 25;

/**
 * A level this many standard deviations away is all a layer hears at first: weight times level moves the gates, weight times
 * spread a twentieth as far. Scalers leave less than 3, temperatures in °C or a series of counts hardly 10.
 */
export const MAX_LEVEL_STDS = 20;
/** Levels below are within what tanh and a first output reach. */
const LEAST_LEVEL = 1;

/** Whether values stand so far from zero that their spread is lost beside it. */
export const isFarFromZero = (mean: number, std: number): boolean =>
  std > 0 && Math.abs(mean) > LEAST_LEVEL && Math.abs(mean) > MAX_LEVEL_STDS * std;

/** The largest number of float32. */
export const FLOAT32_MAX = 3.4028234663852886e38;
