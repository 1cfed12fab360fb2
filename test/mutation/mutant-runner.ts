import { readFileSync } from "node:fs";
import { type RunnerTestCase, TestRunner } from "vitest";
import { Journal, type Plan } from "./journal.js";

/** What Stryker's switches look at. */
interface Switches {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number;
  mutantCoverage?: { perTest: Record<string, Record<string, number>> };
}

const world = globalThis as { __stryker__?: Switches };
world.__stryker__ ??= {};
const switches = world.__stryker__;
/** Left there by set-up.ts, whose modules are those of the tests. */
const renewEngine = (): void => (globalThis as { renewEngine?: () => void }).renewEngine?.();
const plan = JSON.parse(readFileSync(process.env.GATEFLOW_MUTATION_PLAN!, "utf8")) as Plan;
const journal = new Journal(plan.journal);

// Files of tests share one process and its modules.
const noticed = new Set<string>();
let stopped = false;

/** So often more than without the change may it be reached before the loop it stands in counts as endless. */
const HITS = 100;
/** How long a test that waits may take: so many times its usual time, and at least so many milliseconds. */
const PATIENCE = { factor: 10, least: 10_000 };
/**
 * Runs each test once for every change it reaches, in one process: a change costs what its test costs, and not the start
 * of a process and the reading of every file. What a noticed change leaves behind (kernels' memory it wrote to, a
 * cache) is looked for by running the test without it; where that fails, a new process goes on.
 */
export default class MutantRunner extends TestRunner {
  async runTask(test: RunnerTestCase): Promise<void> {
    const body = TestRunner.getTestFn(test);
    if (plan.tests === undefined) return this.#reach(test, body);
    const { changes, ms } = plan.tests[test.id] ?? { changes: [], ms: 0 };
    if (stopped || changes.every(([id]) => noticed.has(id))) return;
    if (!(await this.#isSound(body, ms))) return;
    // One that cannot be run twice (it binds what stands outside of it) would fail whatever is changed.
    if (await fails(body, ms)) return journal.write({ kind: "unsound", test: test.id, name: test.name });
    for (const [id, hits] of changes) {
      if (noticed.has(id)) continue;
      journal.write({ kind: "start", test: test.id, change: id });
      switches.activeMutant = id;
      switches.hitCount = 0;
      switches.hitLimit = HITS * (hits + 10);
      const failed = await fails(body, ms);
      switches.activeMutant = undefined;
      journal.write({ kind: "end", test: test.id, change: id, noticed: failed !== false });
      if (failed === false) continue;
      noticed.add(id);
      // What waits goes on behind our back.
      if (failed === "late") stopped = true;
      else await this.#isSound(body, ms);
      if (stopped) return;
    }
  }

  /** Whether the test passes without a change, if need be with a new engine; otherwise this process is of no more use. */
  async #isSound(body: () => unknown, ms: number): Promise<boolean> {
    if (!(await fails(body, ms))) return true;
    renewEngine();
    stopped = (await fails(body, ms)) !== false;
    return !stopped;
  }

  override async onAfterRunSuite(suite: Parameters<TestRunner["onAfterRunSuite"]>[0]): Promise<void> {
    await super.onAfterRunSuite(suite);
    if (!stopped && "filepath" in suite) journal.write({ kind: "done", file: suite.file.filepath });
  }

  async #reach(test: RunnerTestCase, body: () => unknown): Promise<void> {
    const start = performance.now();
    switches.currentTestId = test.id;
    await body();
    switches.currentTestId = undefined;
    journal.write({
      kind: "reached",
      test: test.id,
      file: test.file.filepath,
      ms: performance.now() - start,
      hits: switches.mutantCoverage?.perTest[test.id] ?? {},
    });
  }
}

async function fails(body: () => unknown, ms: number): Promise<boolean | "late"> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const running = body();
    if (!(running instanceof Promise)) return false;
    running.catch(() => {});
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), Math.max(PATIENCE.least, PATIENCE.factor * ms));
    });
    return (await Promise.race([running, late])) === "late" ? "late" : false;
  } catch {
    return true;
  } finally {
    clearTimeout(timer);
  }
}
