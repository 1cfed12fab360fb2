import { refuseUnknown } from "../options.js";
import type { Constraint } from "./constraint.js";

/**
 * Negative weights become 0; NaN stays NaN. Source: Keras's NonNeg.
 * @throws ConfigError for an option: it has none.
 *
 * @example
 * lstm({ units: 8, kernelConstraint: nonNeg() });
 */
export function nonNeg(options: Record<string, never> = {}): Constraint {
  refuseUnknown("nonNeg()", options, []);
  return {
    name: "nonNeg",
    config: {},
    project(weights) {
      for (let i = 0; i < weights.length; i++) if (weights[i]! < 0) weights[i] = 0;
    },
  };
}
