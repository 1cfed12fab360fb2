import { expect, test } from "vitest";
import { DataError } from "../../../../src/errors.js";
import { inverseLogTransform, logTransform } from "../../../../src/series/prepare/log-transform.js";
import { tensor } from "../../../../src/tensor.js";
import { fc } from "../../../support/property.js";
import { expectClose } from "../golden.js";

test("the inverse gives the values back", () => {
  const x = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(x, fc.double({ min: 0, max: 10, noNaN: true }), (values, offset) => {
      // The logarithm of at most 14 keeps 1e-15 absolute, so the exponential 1e-14 relative to x + offset.
      expectClose(inverseLogTransform(logTransform(values, { offset }), { offset }), values, 1e-13, 20);
    }),
  );
});

test("gaps stay gaps and kinds stay kinds", () => {
  expect(logTransform([1, null])).toEqual([0, Number.NaN]);
  expect(logTransform([[1], [1]])).toEqual([[0], [0]]);
  expect(logTransform(tensor([[[1, 1]]])).shape).toEqual([1, 1, 2]);
});

test("values without a logarithm, or without an exponential, are named", () => {
  expect(() => logTransform([1, 0])).toThrow(/row 1 is 0.*offset/);
  expect(() => logTransform([-2], { offset: 1 })).toThrow(DataError);
  expect(logTransform([0], { offset: 1 })).toEqual([0]);
  expect(() => inverseLogTransform([710])).toThrow(DataError);
});
