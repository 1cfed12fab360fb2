import type { Builds } from "./builds.js";
import { build as simd128 } from "./generated/simd128.js";

/** All kernels. */
export const allBuilds: Builds = {
  simd128,
  relaxed: async () => (await import("./generated/relaxed.js")).build,
  isComplete: true,
};
