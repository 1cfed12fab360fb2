import { Variable } from "./autodiff.js";
import { sizeOf } from "./tensor64.js";

/** Irregular numbers in about [-1, 1], the same for the same seed; none near 0, where |x| and relu have kinks. */
export function numbers(shape: readonly number[], seed: number): Variable {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return new Variable(
    shape,
    Float64Array.from({ length: sizeOf(shape) }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const value = state / 2 ** 31 - 1;
      return value + Math.sign(value) * 0.02;
    }),
  );
}

/**
 * Central differences carry h² f'''/6 + |f| ε/h with h = ε^(1/3): near 1e-10 for values and third derivatives of order
 * 1, some times that for the sums and steep functions of these tests.
 */
export const DIFFERENCE_TOLERANCE = { relative: 1e-8, absolute: 2e-9 } as const;
