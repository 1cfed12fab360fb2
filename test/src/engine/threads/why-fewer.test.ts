import { expect, it, vi } from "vitest";
import { whyFewer } from "../../../../src/engine/threads/why-fewer.js";
import type { WorkerPool } from "../../../../src/engine/threads/worker-pool.js";

const pool = (areLate: boolean): WorkerPool =>
  ({ threads: 1, cause: undefined, hasNoWorkers: false, areLate }) as WorkerPool;

it("tells workers that are late from workers that cannot start", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  expect(whyFewer(4, true, pool(true), true, false)).toBe(
    "1 of 4 threads run: the workers had not started after two seconds, as on a machine that is busy. They are used once they have.",
  );
  expect(whyFewer(4, true, pool(false), true, false)).toMatch(
    /did not start\. Where the content security policy/,
  );
  expect(warn).toHaveBeenCalledTimes(2);
  warn.mockRestore();
});
