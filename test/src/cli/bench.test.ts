import { describe, expect, it } from "vitest";
import { gateflow } from "./capture.js";

describe("gateflow bench", () => {
  it("times training and prediction of four sizes, as a table and as JSON", async () => {
    const json = await gateflow(["bench", "--seconds", "0.001", "--threads", "1", "--json"]);
    expect(json.code).toBe(0);
    const told = JSON.parse(json.out);
    expect(told).toMatchObject({ node: process.versions.node, threads: 1 });
    expect(told.results.map(({ name }: { name: string }) => name)).toEqual([
      "small",
      "stacked",
      "long window",
      "wide",
    ]);
    for (const { batch, trainMilliseconds, trainSamplesPerSecond, ...own } of told.results) {
      expect(trainMilliseconds).toBeGreaterThan(0);
      expect(trainSamplesPerSecond).toBeCloseTo((1000 * batch) / trainMilliseconds, 3);
      expect(own.predictMilliseconds).toBeGreaterThan(0);
    }
    const { out } = await gateflow(["bench", "--seconds", "0.001", "--threads", "1"]);
    expect(out).toMatch(/^gateflow \d.* 1 thread\n/);
    for (const size of ["32 × 10 × 1", "64 × 50 × 64"]) expect(out).toContain(size);
  });

  it("stops at Ctrl-C, and refuses options that are none", async () => {
    const stopped = await gateflow(["bench", "--seconds", "60"], { signal: AbortSignal.abort() });
    expect([stopped.code, stopped.out]).toEqual([130, ""]);
    const refused = await gateflow(["bench", "--seconds", "0"]);
    expect([refused.code, refused.err.split("\n").length]).toEqual([1, 2]);
  });
});
