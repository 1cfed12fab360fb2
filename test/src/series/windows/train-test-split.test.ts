import { describe, expect, test } from "vitest";
import { ConfigError, DataError, ShapeError } from "../../../../src/errors.js";
import { slidingWindows } from "../../../../src/series/windows/sliding-windows.js";
import { trainTestSplit } from "../../../../src/series/windows/train-test-split.js";
import { tensor } from "../../../../src/tensor.js";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe("trainTestSplit", () => {
  test("keeps time order: the last fifth is the test part", () => {
    expect(trainTestSplit(range(10))).toEqual({ train: range(8), test: [8, 9] });
  });
  test("leaves a gap before the test part", () => {
    expect(trainTestSplit(range(10), { testFraction: 0.3, gap: 2 })).toEqual({
      train: range(5),
      test: [7, 8, 9],
    });
  });
  test("keeps windows of the test part clear of training, unless told otherwise", () => {
    const series = range(40);
    for (const stride of [1, 2, 5]) {
      const windows = slidingWindows(series, { window: 4, horizon: 2, stride });
      const { train, test: later } = trainTestSplit(windows);
      const lastTaught = Math.max(...train.x.data, ...train.y.data);
      expect(Math.min(...later.x.data)).toBeGreaterThan(lastTaught);
      // No window more is left out than has to be.
      expect(Math.min(...later.x.data) - lastTaught).toBeLessThanOrEqual(stride);
    }
    const { train, test: later } = trainTestSplit(slidingWindows(series, { window: 4 }), { gap: 0 });
    expect(later.x.data[0]).toBeLessThan(train.y.data.at(-1)!);
  });

  test("rounds the test part up, but not for float64's sake", () => {
    expect(trainTestSplit(range(11)).test).toHaveLength(3);
    expect(trainTestSplit(range(100), { testFraction: 0.07 }).test).toHaveLength(7);
  });
  test("gives back in kind: rows, typed arrays, tensors, pairs, gaps untouched", () => {
    expect(trainTestSplit([[1], [2]], { testFraction: 0.5 })).toEqual({ train: [[1]], test: [[2]] });
    expect(trainTestSplit([null, 1], { testFraction: 0.5 }).train).toEqual([null]);
    expect(trainTestSplit(Float64Array.of(1, 2), { testFraction: 0.5 }).test).toEqual(Float64Array.of(2));
    const { train, test: last } = trainTestSplit(
      tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      { testFraction: 0.3 },
    );
    expect(train).toEqual(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    );
    expect(last).toEqual(tensor([[5, 6]]));
    const pair = trainTestSplit({ x: tensor([[1], [2]]), y: [10, 20] }, { testFraction: 0.5 });
    expect(pair.test).toEqual({ x: tensor([[2]]), y: [20] });
  });
  test("refuses an empty part, rows that differ, and fractions out of range", () => {
    expect(() => trainTestSplit([1])).toThrow(DataError);
    expect(() => trainTestSplit(range(10), { gap: 8 })).toThrow(/leave 0 for training/);
    expect(() => trainTestSplit({ x: range(4), y: range(5) })).toThrow(ShapeError);
    expect(() => trainTestSplit(range(4), { testFraction: 1 })).toThrow(ConfigError);
    expect(() => trainTestSplit(7 as unknown as number[])).toThrow(ConfigError);
  });
});
