import { expect, it } from "vitest";
import * as gateflow from "../../src/index.js";
import golden from "./reproducible.json" with { type: "json" };
import { trainGolden } from "./reproducible.mjs";

it.each([1, 2, 3])(
  "a reproducible engine with %i threads trains to the golden weights, to the bit",
  async (threads) => {
    const run = await trainGolden(gateflow, { reproducible: true, threads });
    expect(run.simd).toBe("simd128");
    expect(run.threads).toBe(threads);
    // Other bits after a change to a kernel's order of sums: `npm run bench:engines -- --write`.
    expect(run.hash).toBe(golden.hash);
  },
);

it("any engine trains to the same bits with two threads as with one", async () => {
  const alone = await trainGolden(gateflow, { threads: 1 });
  const shared = await trainGolden(gateflow, { threads: 2 });
  expect(shared.threads).toBe(2);
  expect(shared.hash).toBe(alone.hash);
});

it("the hash tells runs apart: another loss of precision would be seen", async () => {
  const relaxed = await trainGolden(
    { ...gateflow, adam: (options) => gateflow.adam({ ...options, learningRate: 0.010001 }) },
    { reproducible: true, threads: 1 },
  );
  expect(relaxed.hash).not.toBe(golden.hash);
});
