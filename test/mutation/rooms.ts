/** The rooms whose code is changed, and the tests that ought to notice. */
export const ROOMS = {
  losses: [
    "test/src/losses",
    "test/src/model/training/fit-weights.test.ts",
    "test/src/model/on-demand/gradients.test.ts",
    "test/src/model/errors.test.ts",
    "test/src/model/weighted-metrics.test.ts",
  ],
  optimizers: ["test/src/optimizers", "test/src/model/optimizers.test.ts"],
  callbacks: ["test/src/callbacks", "test/src/model/callbacks.test.ts"],
  series: ["test/src/series"],
  forecast: ["test/src/forecast"],
  doctor: ["test/src/doctor"],
} as const;

export type Room = keyof typeof ROOMS;
