import { describe, expect, it } from "vitest";
import { gatheringMs } from "../../../../src/node/queue/gathering.js";

/** Messages of a trial that reports without a pause. */
function messages(seconds: number, isJudged: boolean): number {
  let count = 0;
  for (let at = 0; at < 1000 * seconds; at += gatheringMs(at, isJudged)) count++;
  return count;
}

describe("a trial's reports", () => {
  it("wait at most a tenth of its time, a tenth of a second or a second, and never more than ten seconds", () => {
    for (const elapsed of [0, 50, 900, 5000, 60_000, 1e7]) {
      for (const [isJudged, first] of [
        [true, 100],
        [false, 1000],
      ] as const) {
        const waits = gatheringMs(elapsed, isJudged);
        expect(waits).toBeGreaterThanOrEqual(first);
        expect(waits).toBeLessThanOrEqual(Math.max(first, Math.min(10_000, elapsed / 10)));
      }
    }
  });

  it("are few messages, however long it takes", () => {
    expect([0.2, 1, 25, 100].map((seconds) => messages(seconds, true))).toEqual([2, 10, 44, 59]);
    expect([0.2, 1, 25, 100].map((seconds) => messages(seconds, false))).toEqual([1, 1, 20, 35]);
  });
});
