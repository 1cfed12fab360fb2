import { numberIn, numbersIn, refuseUnknown } from "../options.js";

/** Options of `memoryHorizon`. */
export interface MemoryHorizonOptions {
  /** Share of the last step's gradient below which a step counts as forgotten. Default 0.001. */
  readonly threshold?: number;
}

/**
 * How many steps back from the last one a gradient reaches: the smallest k at which ‖dL/dh_{T-k}‖ falls below
 * `threshold` · ‖dL/dh_T‖. Infinity where no step of the sequence does.
 *
 * Meant for a loss at the end of the sequence; where every step has a loss of its own, each step's gradient is fed anew.
 *
 * @param gradient ‖dL/dh_t‖ or ‖dL/dc_t‖, one a time step in the order of processing, as in `LayerFlow`.
 * @returns whole steps. 0 where the last step has no gradient at all, NaN where it is not finite or a NaN
 *   stands on the way.
 * @throws ConfigError for a threshold outside (0, 1).
 *
 * @example
 * memoryHorizon([1e-5, 1e-4, 0.01, 1]); // 2
 */
export function memoryHorizon(gradient: ArrayLike<number>, options: MemoryHorizonOptions = {}): number {
  const where = "memoryHorizon()";
  refuseUnknown(where, options, ["threshold"]);
  const threshold = numberIn(where, "threshold", options.threshold ?? 1e-3, { above: 0, below: 1 });
  const last = numbersIn(where, "gradient", gradient).length - 1;
  const end = gradient[last] ?? 0;
  if (!Number.isFinite(end)) return Number.NaN;
  if (end === 0) return 0;
  for (let back = 1; back <= last; back++) {
    const norm = gradient[last - back]!;
    if (Number.isNaN(norm)) return Number.NaN;
    if (norm < threshold * end) return back;
  }
  return Number.POSITIVE_INFINITY;
}
