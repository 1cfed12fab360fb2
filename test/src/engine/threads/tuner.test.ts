import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ThreadTuner } from "../../../../src/engine/threads/tuner.js";

/** A clock that only work moves. */
let now = 0;
beforeEach(() => {
  now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Runs work `times` times; returns which way each run went. */
function runs(tuner: ThreadTuner, times: number, aloneMs: number, sharedMs: number, size = 8): string {
  let ways = "";
  for (let i = 0; i < times; i++) {
    tuner.run(
      size,
      () => {
        ways += "a";
        now += aloneMs;
      },
      () => {
        ways += "s";
        now += sharedMs;
      },
    );
  }
  return ways;
}

describe("a tuner", () => {
  it("tries both ways in turn, then takes the faster", () => {
    expect(runs(new ThreadTuner(), 12, 10, 6)).toBe("asasasssssss");
    expect(runs(new ThreadTuner(), 12, 10, 12)).toBe("asasasaaaaaa");
  });

  it("stays alone where sharing saves next to nothing", () => {
    expect(runs(new ThreadTuner(), 12, 10, 9.2)).toBe("asasasaaaaaa");
    expect(runs(new ThreadTuner(), 12, 10, 8.8)).toBe("asasasssssss");
  });

  it("tries work of less than a millisecond nine times: one disturbed run weighs more there", () => {
    expect(runs(new ThreadTuner(), 24, 0.5, 0.3)).toBe(`${"as".repeat(9)}ssssss`);
    expect(runs(new ThreadTuner(), 24, 0.5, 0.6)).toBe(`${"as".repeat(9)}aaaaaa`);
  });

  it("drops sharing soon after the other processors became busy, and tries again later", () => {
    const tuner = new ThreadTuner();
    runs(tuner, 20, 10, 6);
    const busy = runs(tuner, 40, 10, 40);
    // The running mean passes the time alone within two runs; a trial of three follows.
    expect(busy).toMatch(/^s{1,3}asasasa+$/);
    const free = runs(tuner, 200, 10, 6);
    expect(free.endsWith("ssssssss")).toBe(true);
  });

  it("looks again more rarely while its choice stands", () => {
    const tuner = new ThreadTuner();
    const trials = runs(tuner, 10_000, 10, 12).split("s").length - 1;
    // Trials of three at 0, 64, 64 + 256, …: six at most in ten thousand runs.
    expect(trials).toBeLessThanOrEqual(18);
    expect(trials).toBeGreaterThanOrEqual(12);
  });

  it("keeps work of another size apart", () => {
    const tuner = new ThreadTuner();
    runs(tuner, 20, 10, 6, 32);
    expect(runs(tuner, 8, 1, 5, 7)).toBe("asasasaa");
    expect(runs(tuner, 3, 10, 6, 32)).toBe("sss");
  });
});
