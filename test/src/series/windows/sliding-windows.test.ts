import { describe, expect, test } from "vitest";
import { ConfigError, DataError, ShapeError } from "../../../../src/errors.js";
import { slidingWindows, windowBatches } from "../../../../src/series/windows/sliding-windows.js";
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

describe("windows of a long series", () => {
  test("are not copied before they are read: ten million points take no tensor of ten million windows", () => {
    const series = Float32Array.from({ length: 10_000_000 }, (_, t) => t % 1000);
    const before = process.memoryUsage().arrayBuffers;
    const windows = slidingWindows(series, { window: 200, horizon: 24 });
    const { train, test: later } = trainTestSplit(windows, { testFraction: 0.1 });
    expect(windows.x.shape).toEqual([9_999_777, 200, 1]);
    let seen = 0;
    for (const { x, y } of windowBatches(train, { batchSize: 4, shuffle: false })) {
      expect([x.data[0], x.data[200], y.data[0]]).toEqual([seen * 4, seen * 4 + 1, seen * 4 + 200]);
      if (++seen === 3) break;
    }
    expect(later.x.shape[0]).toBe(999_978);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(series.byteLength / 2);
  });
  test("come as batches in an order drawn anew, every window once, as the dense tensors have them", () => {
    const windows = slidingWindows(
      range(23).map((t) => [t, -t]),
      { window: 4, horizon: 2, targetColumn: 1 },
    );
    const dense = { x: toArray<number[][][]>(windows.x), y: toArray(windows.y) };
    const dataset = windowBatches(windows, { batchSize: 5, seed: 3 });
    expect([dataset.windows, dataset.length]).toEqual([18, 4]);
    const pass = (): number[] =>
      [...dataset].flatMap(({ x, y }) =>
        toArray<number[][][]>(x).map((window, i) => {
          const row = window[0]![0]!;
          expect(window).toEqual(dense.x[row]);
          expect(toArray(y)[i]).toEqual(dense.y[row]);
          return row;
        }),
      );
    const [first, second] = [pass(), pass()];
    expect(first.toSorted((a, b) => a - b)).toEqual(range(18));
    expect(second).not.toEqual(first);
    // Tensors that hold their own numbers come the same way.
    const own = { x: tensor(windows.x.data, windows.x.shape), y: tensor(windows.y.data, windows.y.shape) };
    expect([...windowBatches(own, { shuffle: false })][0]!.x.data).toEqual(windows.x.data);
    expect(() => windowBatches({ x: own.x, y: tensor([1, 2]) })).toThrow(ShapeError);
  });
});
