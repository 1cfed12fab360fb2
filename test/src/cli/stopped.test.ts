import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dailyRows, gateflow, scratch } from "./capture.js";

const { folder, file } = scratch();
const table = file("days.csv", `date,value\n${dailyRows(1200)}`);

/** Aborted from the `reads`-th look at it on: wherever the program is then. */
function stopAfter(reads: number): { signal: AbortSignal; seen: () => number } {
  const controller = new AbortController();
  let seen = 0;
  const signal = new Proxy(controller.signal, {
    get(target, name) {
      if ((name === "aborted" || name === "throwIfAborted") && ++seen === reads) controller.abort();
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { signal, seen: () => seen };
}

const quick = ["--horizon", "7", "--season", "7", "--epochs", "1", "--units", "4", "--window", "8"];

describe("Ctrl-C", () => {
  it("ends examine wherever it is: reading, placing dates, looking for seasons", async () => {
    for (const reads of [1, 2, 3]) {
      const { signal } = stopAfter(reads);
      const { code, out, err } = await gateflow(["examine", table, "-t", "value"], { signal });
      expect({ reads, code, out }).toEqual({ reads, code: 130, out: "" });
      expect(err).toContain("stopped by Ctrl-C");
    }
  });

  it("ends train in its fit, in the test and in the last forecasts, and nothing is written", async () => {
    const whole = stopAfter(Number.POSITIVE_INFINITY);
    const out = join(folder, "whole");
    const args = (to: string): string[] => ["train", table, "-t", "value", "-o", to, ...quick];
    expect((await gateflow(args(out), { signal: whole.signal })).code).toBe(0);
    // From the first chance to hear it to the last.
    const looks = whole.seen();
    expect(looks).toBeGreaterThan(100);
    for (const share of [0.1, 0.6, 0.9]) {
      const reads = Math.floor(share * looks);
      const to = join(folder, `stopped-${share}`);
      const stop = stopAfter(reads);
      const { code, err } = await gateflow(args(to), { signal: stop.signal });
      expect({ share, code }).toEqual({ share, code: 130 });
      expect(err).toContain("stopped by Ctrl-C; nothing was written");
      expect(existsSync(to)).toBe(false);
      // It is heard at once, not after much else was looked at: each part of the program passes the word on.
      expect(stop.seen() - reads).toBeLessThan(20);
    }
  }, 240_000);
});
