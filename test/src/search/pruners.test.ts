import { describe, expect, it } from "vitest";
import { ashaPruner } from "../../../src/search/pruners/asha.js";
import { medianPruner } from "../../../src/search/pruners/median.js";
import { int, uniform } from "../../../src/search/space.js";
import { tune } from "../../../src/search/tune.js";

const reports = (rows: Record<number, Record<number, number>>) =>
  new Map(
    Object.entries(rows).map(([trial, steps]) => [
      Number(trial),
      new Map(Object.entries(steps).map(([step, value]) => [Number(step), value])),
    ]),
  );

describe("asha", () => {
  it("lets the best third of those that came to a rung go on, and looks at rungs alone", () => {
    const rows = reports({ 0: { 3: 5 }, 1: { 3: 4 }, 2: { 3: 3 }, 3: { 3: 2 }, 4: { 3: 1 }, 5: { 3: 6 } });
    const { isBehind } = ashaPruner(27);
    const goOn = [0, 1, 2, 3, 4, 5].filter((n) => !isBehind(n, 3, rows, new Set()));
    expect(goOn).toEqual([3, 4]);
    expect(isBehind(5, 4, reports({ 5: { 4: 9 }, 1: { 4: 1 } }), new Set())).toBe(false);
    expect(isBehind(5, 27, reports({ 5: { 27: 9 }, 1: { 27: 1 } }), new Set())).toBe(false);
  });

  it("gives up what is no number", () => {
    expect(ashaPruner(9).isBehind(0, 1, reports({ 0: { 1: Number.NaN } }), new Set())).toBe(true);
  });

  it("saves more than half of the steps, and costs the best trial little", async () => {
    let steps = 0;
    // Curves that fall towards an end that depends on x, and cross on the way.
    const run = (pruner: "asha" | null) => {
      steps = 0;
      return tune(
        async (params, trial) => {
          const { x, speed } = params as unknown as { x: number; speed: number };
          let value = 0;
          for (let step = 1; step <= 27; step++) {
            steps++;
            value = (x - 0.4) ** 2 + Math.exp(-step / speed);
            await trial.report(value, step);
          }
          return value;
        },
        { space: { x: uniform(0, 1), speed: int(1, 4) }, trials: 60, sampler: "random", pruner, seed: 1 },
      );
    };
    const whole = await run(null);
    expect(steps).toBe(60 * 27);
    const pruned = await run("asha");
    expect(steps).toBeLessThan(0.5 * 60 * 27);
    expect(pruned.trials.filter(({ state }) => state === "pruned").length).toBeGreaterThan(30);
    expect(pruned.best!.value).toBeLessThan(whole.best!.value + 0.01);
  });
});

describe("median", () => {
  const others = { 0: { 2: 1 }, 1: { 2: 2 }, 2: { 2: 3 }, 3: { 2: 4 }, 4: { 2: 5 } };
  const done = new Set([0, 1, 2, 3, 4]);
  it("gives up a trial whose best so far is worse than the others' median at the step", () => {
    expect(medianPruner.isBehind(9, 2, reports({ ...others, 9: { 1: 4, 2: 3.5 } }), done)).toBe(true);
    expect(medianPruner.isBehind(9, 2, reports({ ...others, 9: { 1: 2.5, 2: 3.5 } }), done)).toBe(false);
  });
  it("waits for five finished trials", () => {
    expect(medianPruner.isBehind(9, 2, reports({ ...others, 9: { 2: 99 } }), new Set([0, 1, 2, 3]))).toBe(
      false,
    );
  });
});
