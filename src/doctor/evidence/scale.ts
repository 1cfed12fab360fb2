/**
 * Glorot's kernels have a standard deviation of about 0.13 (24 units); times 23 this is 3, where a sigmoid stands at 0.95
 * and passes on a fifth of its largest slope.
 */
export const SATURATING_SCALE = 25;

/** The largest number of float32. */
export const FLOAT32_MAX = 3.4028234663852886e38;
