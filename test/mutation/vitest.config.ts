import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import type { Plan } from "./journal.js";

const root = new URL("../..", import.meta.url).pathname;
const tests = process.env.GATEFLOW_MUTATED_TESTS!;
const { order = [] } = JSON.parse(readFileSync(process.env.GATEFLOW_MUTATION_PLAN!, "utf8")) as Plan;

class Planned extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const asked = order.length === 0 ? files : files.filter(({ moduleId }) => order.includes(moduleId));
    return asked.sort((a, b) => order.indexOf(a.moduleId) - order.indexOf(b.moduleId));
  }
}

/** The room's own tests, in files made of all they import, with the changes in them. */
export default defineConfig({
  test: {
    root,
    include: [`${tests}/**/*.test.mjs`],
    setupFiles: [`${tests}/test/mutation/set-up.mjs`],
    runner: "test/mutation/mutant-runner.ts",
    server: { deps: { external: [/chunk-[A-Z0-9]+\.mjs$/] } },
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: "forks",
    isolate: false,
    maxWorkers: 1,
    fileParallelism: false,
    sequence: { sequencer: Planned },
    reporters: ["dot"],
    silent: true,
  },
});
