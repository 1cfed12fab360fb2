import { expect, test } from "vitest";
import {
  dot,
  largestMagnitude,
  mean,
  percentile,
  squaredDeviations,
  variance,
} from "../../../src/numerics/statistics.js";

const x = Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9);

test("mean and variance are the textbook's", () => {
  expect(mean(x)).toBe(5);
  expect(variance(x)).toBe(4);
  expect(variance(x, 1)).toBe(32 / 7);
});

test("the variance of values on a high pedestal keeps its digits", () => {
  // 1e9 + {0, 1, 2}: sums of squares alone would lose everything.
  expect(
    squaredDeviations(Float64Array.of(1e9, 1e9 + 1, 1e9 + 2), mean(Float64Array.of(1e9, 1e9 + 1, 1e9 + 2))),
  ).toBe(2);
});

test("percentiles are interpolated between order statistics", () => {
  const sorted = Float64Array.of(1, 2, 3, 10);
  expect([0, 50, 75, 100].map((percent) => percentile(sorted, percent))).toEqual([1, 2.5, 4.75, 10]);
  expect(percentile(Float64Array.of(3), 90)).toBe(3);
});

test("dot and largestMagnitude", () => {
  expect(dot(Float64Array.of(1, 2), Float64Array.of(3, -4))).toBe(-5);
  expect(largestMagnitude(Float64Array.of(1, -7, 3))).toBe(7);
});

test("squared deviations do not depend on a centre that is a little off", () => {
  expect(squaredDeviations(Float64Array.of(1, 2, 3), 2.25)).toBe(2);
});
