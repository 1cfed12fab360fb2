import { describe, expect, test } from "vitest";
import { ConfigError, DataError, ShapeError } from "../../../../src/errors.js";
import {
  coverage,
  mae,
  mase,
  pinball,
  rmse,
  smape,
} from "../../../../src/series/baselines/forecast-metrics.js";
import { tensor } from "../../../../src/tensor.js";

const actual = [1, 2, 4];
const predicted = [2, 2, 1];

describe("errors of a forecast", () => {
  test("rmse and mae over all values", () => {
    expect(rmse(actual, predicted)).toBe(Math.sqrt(10 / 3));
    expect(mae(actual, predicted)).toBe(4 / 3);
  });
  test("smape in percent, zeros against zeros counting nothing", () => {
    // 200 (1/3 + 0 + 3/5) / 3
    expect(smape(actual, predicted)).toBeCloseTo((200 * (1 / 3 + 3 / 5)) / 3, 12);
    expect(smape([0, 1], [0, -1])).toBe(100);
  });
  test("mase in units of the training part's seasonal naive error", () => {
    expect(mase(actual, predicted, { train: [1, 3, 2] })).toBe(4 / 3 / 1.5);
    expect(mase(actual, predicted, { train: [1, 3, 2, 7], season: 2 })).toBe(4 / 3 / 2.5);
  });
  test("pinball: half the mae at the median, asymmetric elsewhere", () => {
    expect(pinball(actual, predicted, { quantile: 0.5 })).toBe(2 / 3);
    // Under by 3 costs 0.9 each, over by 1 costs 0.1.
    expect(pinball(actual, predicted, { quantile: 0.9 })).toBeCloseTo((0.1 + 2.7) / 3, 15);
  });
  test("coverage counts bounds as within", () => {
    expect(coverage([1, 2, 3, 4], [1, 0, 4, 0], [2, 2, 5, 3])).toBe(0.5);
  });
  test("rows, tensors and [N] against [N, 1]", () => {
    expect(
      mae(
        [
          [1, 2],
          [3, 4],
        ],
        [
          [1, 2],
          [3, 6],
        ],
      ),
    ).toBe(0.5);
    expect(mae(tensor([1, 2]), [[1], [4]])).toBe(1);
  });
});

describe("metrics refuse", () => {
  test("different shapes, even with as many values", () => {
    expect(() => rmse([1, 2], [1])).toThrow(ShapeError);
    expect(() => mae([[1, 2]], [[1], [2]])).toThrow(ShapeError);
    expect(() => coverage([1], [0], [2, 3])).toThrow(/upper \[2\]/);
  });
  test("NaN and Infinity on either side, named", () => {
    expect(() => rmse([1, Number.NaN], [1, 2])).toThrow(/row 1 of actual is a gap/);
    expect(() => smape([1], [null])).toThrow(DataError);
    expect(() => mae([1], [Number.POSITIVE_INFINITY])).toThrow(DataError);
  });
  test("a training part without a naive error to measure in", () => {
    expect(() => mase([1], [2], { train: [3, 3, 3] })).toThrow(/never wrong/);
    expect(() => mase([1], [2], { train: [3, 4], season: 2 })).toThrow(DataError);
    expect(() => mase([1], [2], { train: [1, null, 2] })).toThrow(DataError);
  });
  test("a quantile that is none, bounds the wrong way round", () => {
    expect(() => pinball([1], [1], { quantile: 1 })).toThrow(ConfigError);
    expect(() => coverage([1], [2], [0])).toThrow(/above the upper/);
  });
});
