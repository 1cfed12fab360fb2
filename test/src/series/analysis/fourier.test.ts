import { expect, test } from "vitest";
import { periodogram } from "../../../../src/series/analysis/fourier.js";
import { expectClose } from "../golden.js";

test("the periodogram is the squared sum written out, of the tapered values about their mean", () => {
  const x = Float64Array.of(3, -1, 4, 1, -5, 9, 2);
  const { power, size } = periodogram(x);
  expect(size).toBe(16);
  const mean = 13 / 7;
  const expected = Array.from({ length: 9 }, (_, k) => {
    let re = 0;
    let im = 0;
    x.forEach((value, t) => {
      const tapered = (value - mean) * (0.5 - 0.5 * Math.cos((2 * Math.PI * (t + 0.5)) / 7));
      re += tapered * Math.cos((2 * Math.PI * k * t) / 16);
      im -= tapered * Math.sin((2 * Math.PI * k * t) / 16);
    });
    return re * re + im * im;
  });
  expectClose(power, expected, 1e-13);
});

test("a sine's power stands at its frequency", () => {
  const x = Float64Array.from({ length: 512 }, (_, t) => Math.sin((2 * Math.PI * t) / 8));
  const { power, size } = periodogram(x);
  expect(power.indexOf(Math.max(...power)) / size).toBe(1 / 8);
});
