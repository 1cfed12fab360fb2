import { defineConfig } from "vitest/config";
import { ROOMS, type Room } from "./rooms.js";

const tests = ROOMS[process.env.GATEFLOW_MUTATED_ROOM as Room];

/** Only the tests of the mutated room: all of them would take minutes for every mutant. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: tests.map((path) => (path.endsWith(".ts") ? path : `${path}/**/*.test.ts`)),
    setupFiles: ["src/names.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
