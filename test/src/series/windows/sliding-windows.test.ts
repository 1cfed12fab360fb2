import { describe, expect, test } from "vitest";
import { ConfigError, DataError, ShapeError } from "../../../../src/errors.js";
import { slidingWindows } from "../../../../src/series/windows/sliding-windows.js";
import { trainTestSplit } from "../../../../src/series/windows/train-test-split.js";
import { tensor, toArray } from "../../../../src/tensor.js";
import { fc } from "../../../support/property.js";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe("slidingWindows", () => {
  test("gives each window with the steps after it", () => {
    const { x, y } = slidingWindows([1, 2, 3, 4], { window: 2 });
    expect(toArray(x)).toEqual([
      [[1], [2]],
      [[2], [3]],
    ]);
    expect(toArray(y)).toEqual([[3], [4]]);
  });
  test("takes a target column, a horizon, a gap and a stride", () => {
    const rows = range(10).map((t) => [t, t * 10]);
    const { x, y } = slidingWindows(rows, { window: 3, horizon: 2, gap: 1, stride: 2, targetColumn: 1 });
    expect(x.shape).toEqual([3, 3, 2]);
    expect(toArray(y)).toEqual([
      [40, 50],
      [60, 70],
      [80, 90],
    ]);
  });
  test("counts the gap among the rows that neighbours share, so that a split leaves them out", () => {
    const gappy = slidingWindows(range(24), { window: 3, gap: 2, horizon: 1 });
    expect(gappy.overlap).toBe(5);
    expect(slidingWindows(range(24), { window: 3, gap: 2, horizon: 1, stride: 2 }).overlap).toBe(2);
    const { train, test: later } = trainTestSplit(gappy, { testFraction: 0.25 });
    // Values are row numbers: what training saw last lies before what the test sees first.
    expect(Math.max(...train.y.data)).toBeLessThan(Math.min(...later.x.data));
  });
  test("refuses a gap in the very last target, and takes one behind it", () => {
    const last = [1, 2, 3, 4, 5, Number.NaN];
    expect(() => slidingWindows(last, { window: 2 })).toThrow(DataError);
    expect(slidingWindows(last, { window: 2, stride: 2 }).y.shape).toEqual([2, 1]);
  });
  test("never reads past its target, and no target lies in its window", () => {
    const options = fc.record({
      window: fc.integer({ min: 1, max: 5 }),
      horizon: fc.integer({ min: 1, max: 4 }),
      stride: fc.integer({ min: 1, max: 3 }),
      gap: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 12, max: 30 }), options, (n, given) => {
        const { x, y } = slidingWindows(range(n), given);
        range(x.shape[0]!).forEach((i) => {
          const last = x.data[(i + 1) * given.window - 1]!;
          expect(last).toBe(i * given.stride + given.window - 1);
          const targets = Array.from(y.data.subarray(i * given.horizon, (i + 1) * given.horizon));
          expect(targets).toEqual(range(given.horizon).map((h) => last + given.gap + 1 + h));
        });
        // One more window would not fit.
        expect(x.shape[0]! * given.stride + given.window + given.gap + given.horizon).toBeGreaterThan(n);
      }),
    );
  });
  test("refuses too short a series, gaps, higher ranks and options out of range", () => {
    expect(() => slidingWindows([1, 2, 3], { window: 3 })).toThrow(/at least 4 are needed/);
    expect(() => slidingWindows([1, null, 3], { window: 1 })).toThrow(DataError);
    expect(() => slidingWindows(tensor([[[1]], [[2]]]), { window: 1 })).toThrow(ShapeError);
    expect(() => slidingWindows([1, 2, 3], { window: 1, targetColumn: 1 })).toThrow(ConfigError);
    expect(() => slidingWindows([1, 2, 3], {} as never)).toThrow(/`window` is undefined/);
  });
});
