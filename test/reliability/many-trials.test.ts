import { describe, expect, it } from "vitest";
import { storm } from "../../bench/search/storm.js";

describe("trials on two workers, one of which is killed, with Redis restarted and poison among them", () => {
  it("end exactly once, with the bits of this process", async () => {
    const { states, poisoned, notOnce, different, kills, restarts, begun, surprises } = await storm({
      trials: 45,
      workers: 2,
      kills: 1,
      restarts: 1,
      poisonEvery: 20,
      trialTimeout: 15,
      lock: 1,
    });
    expect({ kills, restarts, notOnce, different }).toEqual({
      kills: 1,
      restarts: 1,
      notOnce: [],
      different: [],
    });
    expect(surprises).toEqual([]);
    for (const kind of ["threw", "gave NaN", "never returned"] as const)
      expect(poisoned[kind]).toBeGreaterThan(0);
    expect(states.complete! + states.failed!).toBe(45);
    // The killed worker's trial was begun again.
    expect(begun).toBeGreaterThan(45);
  });
});
