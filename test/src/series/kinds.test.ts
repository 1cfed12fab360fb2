import { expect, test } from "vitest";
import { DataError, ShapeError } from "../../../src/errors.js";
import {
  close,
  closeTable,
  open,
  openComplete,
  openSingle,
  type SeriesLike,
} from "../../../src/series/kinds.js";
import { tensor } from "../../../src/tensor.js";

const roundTrip = <T extends SeriesLike>(x: T) => {
  const frame = open("test", x);
  return close<T>(frame, frame.columns);
};

test("each kind comes back as itself, null as NaN", () => {
  expect(roundTrip([1, null, 3])).toEqual([1, Number.NaN, 3]);
  expect(
    roundTrip([
      [1, 2],
      [null, 4],
    ]),
  ).toEqual([
    [1, 2],
    [Number.NaN, 4],
  ]);
  expect(roundTrip(Float64Array.of(1, 2))).toEqual(Float64Array.of(1, 2));
  expect(roundTrip(Float32Array.of(1, 2))).toEqual(Float64Array.of(1, 2));
  expect(roundTrip(tensor([[1, 2]]))).toEqual(tensor([[1, 2]]));
  expect(roundTrip(tensor(Int32Array.of(1, 2), [2]))).toEqual(tensor([1, 2]));
  expect(roundTrip([Float64Array.of(1, 2)])).toEqual([[1, 2]]);
});

test("a table of several columns comes from any kind", () => {
  const frame = open("test", [1, 2]);
  expect(closeTable<number[]>(frame, [frame.columns[0]!, frame.columns[0]!])).toEqual([
    [1, 1],
    [2, 2],
  ]);
});

test("what is no number is named with its place", () => {
  expect(() => open("f()", [1, "2"] as unknown as number[])).toThrow('f(): x[1] is "2"');
  expect(() => open("f()", [1, undefined] as unknown as number[])).toThrow(/x\[1\] is undefined/);
  expect(() => open("f()", [[1], [Number.NEGATIVE_INFINITY]])).toThrow(/row 1, column 0 is -Infinity/);
  expect(() => open("f()", "text" as unknown as number[])).toThrow(DataError);
  expect(() => open("f()", [])).toThrow(/empty/);
});

test("ragged rows and tensors of too high a rank are refused", () => {
  expect(() => open("f()", [[1, 2], [3]])).toThrow(/row 1 has 1 values, but row 0 has 2/);
  expect(() => open("f()", [[1], 2] as unknown as number[][])).toThrow(ShapeError);
  expect(() => open("f()", [[]])).toThrow(ShapeError);
  expect(() => open("f()", tensor([[[1]]]))).toThrow(ShapeError);
  expect(() => open("f()", tensor(new Float32Array(0), [0]))).toThrow(DataError);
});

test("one column, without gaps, is what those get who ask for it", () => {
  expect(openSingle("f()", [[1], [null]])).toEqual(Float64Array.of(1, Number.NaN));
  expect(() => openSingle("f()", [[1, 2]])).toThrow(/2 columns/);
  expect(() => openComplete("f()", [1, null])).toThrow(/x\[1\] is a gap/);
});
