import { describe, expect, it } from "vitest";
import { forecaster } from "../../../src/forecast/forecaster.js";
import { createRandom } from "../../../src/random.js";
import { quick } from "./support.js";

const random = createRandom(5);
const noise = (n: number, size: number): number[] =>
  Array.from({ length: n }, () => 50 + size * random.normal());
const width = ({ quantiles }: { quantiles?: Record<string, number[]> }, h: number): number =>
  quantiles!["0.9"]![h]! - quantiles!["0.1"]![h]!;

describe("intervals after newer rows", () => {
  it("widen where forecasts among them erred more than on the tail, narrow where they erred less", async () => {
    const known = noise(120, 1);
    const model = await forecaster({ ...quick, horizon: 3, quantiles: [0.1, 0.9] }).fit(known);
    const plain = await model.forecast();
    const wild = await model.forecast({ history: [...known, ...noise(60, 6)] });
    const calm = await model.forecast({ history: [...known, ...noise(60, 0.1)] });
    for (const h of [0, 2]) {
      expect(width(wild, h)).toBeGreaterThan(1.5 * width(plain, h));
      expect(width(calm, h)).toBeLessThan(width(plain, h));
    }
    // The training series alone is nothing newer, and gaps are no errors.
    expect(await model.forecast({ history: known })).toEqual(plain);
    const gaps = await model.forecast({ history: [...known, ...new Array<number>(20).fill(Number.NaN)] });
    expect(gaps.quantiles!["0.9"]!.every(Number.isFinite)).toBe(true);
    model.dispose();
  });

  it("no interval knows a value from after its origin", async () => {
    const known = noise(120, 1);
    const model = await forecaster({ ...quick, horizon: 2, quantiles: [0.1, 0.9] }).fit(known);
    const newer = noise(30, 3);
    const before = await model.forecast({ history: [...known, ...newer.slice(0, 20)] });
    await model.forecast({ history: [...known, ...newer] });
    expect(await model.forecast({ history: [...known, ...newer.slice(0, 20)] })).toEqual(before);
    model.dispose();
  });

  it("a walk through newer rows ends when it is told to", async () => {
    const model = await forecaster({ ...quick, quantiles: [0.1, 0.9] }).fit(noise(100, 1));
    const history = noise(4000, 1);
    const whole = { looks: 0 };
    const counting = (most: number, count: { looks: number }): AbortSignal =>
      ({
        get aborted() {
          return ++count.looks > most;
        },
      }) as AbortSignal;
    await model.forecast({ history, signal: counting(Number.POSITIVE_INFINITY, whole) });
    expect(whole.looks).toBeGreaterThan(20);
    for (const share of [0, 0.3, 0.9]) {
      const stopped = { looks: 0 };
      const most = Math.floor(share * whole.looks);
      await expect(model.forecast({ history, signal: counting(most, stopped) })).rejects.toThrow("stopped");
      expect(stopped.looks).toBe(most + 1);
    }
    model.dispose();
  });

  it("a backtest that was stopped before it began says so", async () => {
    const model = await forecaster(quick).fit(noise(100, 1));
    const signal = AbortSignal.abort();
    await expect(model.backtest(noise(130, 1), { start: 100, signal })).rejects.toThrow();
    model.dispose();
  });
});
