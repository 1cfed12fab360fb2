import { describe, expect, test } from "vitest";
import { ConfigError, DataError, ShapeError } from "../../../../src/errors.js";
import { difference, undifference } from "../../../../src/series/prepare/difference.js";
import { tensor } from "../../../../src/tensor.js";
import { fc } from "../../../support/property.js";

const orders = fc.record({ order: fc.integer({ min: 1, max: 3 }), lag: fc.integer({ min: 1, max: 4 }) });
const series = fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 13, maxLength: 40 });

describe("difference", () => {
  test("subtracts the value a lag ago, order times", () => {
    expect(difference([1, 4, 9, 16])).toEqual([3, 5, 7]);
    expect(difference([1, 4, 9, 16, 25], { order: 2 })).toEqual([2, 2, 2]);
    expect(difference([1, 2, 4, 8, 16], { lag: 2 })).toEqual([3, 6, 12]);
    expect(difference([1, 2, 4, 8, 16, 32], { lag: 2, order: 2 })).toEqual([9, 18]);
  });
  test("gives a gap where either side is one", () => {
    expect(difference([1, null, 4, 6])).toEqual([Number.NaN, Number.NaN, 2]);
  });
  test("keeps rows and tensors what they are", () => {
    expect(
      difference([
        [1, 10],
        [2, 30],
        [4, 60],
      ]),
    ).toEqual([
      [1, 20],
      [2, 30],
    ]);
    expect(difference(tensor([[1], [3], [6]]))).toEqual({ shape: [2, 1], data: Float32Array.of(2, 3) });
    expect(difference(tensor([1, 3, 6]))).toEqual({ shape: [2], data: Float32Array.of(2, 3) });
    expect(difference(Float64Array.of(1, 3))).toEqual(Float64Array.of(2));
  });
  test("refuses too few values and options out of range", () => {
    expect(() => difference([1, 2], { order: 2 })).toThrow(DataError);
    expect(() => difference([1, 2, 3], { order: 0 })).toThrow(ConfigError);
    expect(() => difference([1, 2, 3], { lag: 1.5 })).toThrow(ConfigError);
    expect(() => difference([1, 2, 3], { lags: 1 } as object)).toThrow(/`lag`/);
  });
  test("never looks ahead: a change after t changes no difference at or before t", () => {
    fc.assert(
      fc.property(series, orders, fc.nat(), (x, options, at) => {
        const t = at % x.length;
        const changed = x.map((value, i) => (i > t ? value + 17 : value));
        const kept = Math.max(0, t + 1 - options.order * options.lag);
        expect(difference(changed, options).slice(0, kept)).toEqual(difference(x, options).slice(0, kept));
      }),
    );
  });
});

describe("undifference", () => {
  test("gives the series back, for any order and lag", () => {
    // Whole numbers this small are differenced and summed without rounding, so equality is exact.
    fc.assert(
      fc.property(series, orders, (values, options) => {
        const initial = values.slice(0, options.order * options.lag);
        expect(undifference(difference(values, options), { ...options, initial })).toEqual(values);
      }),
    );
  });
  test("gives rows and tensors back", () => {
    const rows = [
      [1, 10],
      [2, 30],
      [4, 60],
    ];
    expect(undifference(difference(rows), { initial: rows.slice(0, 1) })).toEqual(rows);
    const t = tensor([1, 3, 6]);
    expect(undifference(difference(t), { initial: tensor([1]) })).toEqual(t);
  });
  test("continues a series many steps from its last values", () => {
    fc.assert(
      fc.property(series, orders, fc.integer({ min: 1, max: 8 }), (x, options, steps) => {
        const reach = options.order * options.lag;
        const cut = Math.max(reach, x.length - steps);
        const future = difference(x, options).slice(cut - reach);
        const initial = x.slice(cut - reach, cut);
        expect(undifference(future, { ...options, initial }).slice(reach)).toEqual(x.slice(cut));
      }),
    );
  });
  test("refuses initial values of another number and gaps, after which nothing is known", () => {
    expect(() => undifference([1, 2], { initial: [] })).toThrow(DataError);
    expect(() => undifference([1, 2], { order: 2, initial: [1] })).toThrow(ShapeError);
    expect(() => undifference([1, 2], { initial: [1, 2] })).toThrow(/order \* lag = 1 rows/);
    expect(() => undifference([[1, 2]], { initial: [[1]] })).toThrow(ShapeError);
    expect(() => undifference([1, null, 2], { initial: [1] })).toThrow(/row 1 of `d` is a gap/);
    expect(() => undifference([1, 2], { initial: [null] })).toThrow(/of `initial` is a gap/);
  });
});
