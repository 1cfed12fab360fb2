import { describe, expect, it } from "vitest";
import { type FaultyWork, faults, sizeLimits } from "../../bench/reliability/faults.js";

const SEED = 20261128;
const works: FaultyWork[] = ["training", "study", "saving", "command"];

describe("a program that is killed at any moment", () => {
  it.each(works)("loses nothing past its last word: %s", async (work) => {
    const { faults: kills, losses } = await faults(work, 3, SEED);
    expect({ kills, losses }).toEqual({ kills: 3, losses: [] });
  });
});

describe("a program whose files may not grow", () => {
  it.each(Object.entries(sizeLimits))("says so, and loses nothing: %s", async (work, [low, high]) => {
    const { faults: found, losses } = await faults(work as FaultyWork, 2, SEED, (random) => ({
      limit: low + random.integer(high - low),
    }));
    expect(losses).toEqual([]);
    expect(found).toBeGreaterThan(0);
  });
});
