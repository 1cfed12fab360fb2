import type { Builds } from "./builds.js";
import { build as simd128 } from "./generated/core-simd128.js";

/** The kernels of assembly/core.ts: what an LSTM needs. */
export const coreBuilds: Builds = {
  simd128,
  relaxed: async () => (await import("./generated/core-relaxed.js")).build,
  isComplete: false,
};
