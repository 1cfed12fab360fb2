/** The rooms whose code is mutated, and the tests that ought to notice: the more, the slower the first run. */
export const ROOMS = {
  losses: [
    "test/src/losses",
    "test/assembly/loss",
    "test/src/model/fit-weights.test.ts",
    "test/src/model/weighted-metrics.test.ts",
  ],
  optimizers: ["test/src/optimizers", "test/src/model/optimizers.test.ts"],
  callbacks: ["test/src/callbacks", "test/src/model/callbacks.test.ts"],
  series: ["test/src/series"],
  forecast: ["test/src/forecast"],
  doctor: ["test/src/doctor"],
} as const;

export type Room = keyof typeof ROOMS;
