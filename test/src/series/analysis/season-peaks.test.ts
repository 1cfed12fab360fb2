import { expect, test } from "vitest";
import { createRandom } from "../../../../src/random.js";
import { spectralPeaks } from "../../../../src/series/analysis/season-peaks.js";

const random = createRandom(3);
const sine = (n: number, period: number, noise: number): Float64Array =>
  Float64Array.from({ length: n }, (_, t) => Math.sin((2 * Math.PI * t) / period) + noise * random.normal());

test("a line between grid frequencies is placed to a fraction of the resolution", () => {
  const [peak] = spectralPeaks(sine(400, 13.37, 0.5), 1e-3, 3);
  // 400 steps tell periods of 13 apart by about 13² / 400 = 0.4.
  expect(Math.abs(peak!.period - 13.37)).toBeLessThan(0.1);
  expect(peak!.pValue).toBeLessThan(1e-10);
});

test("the side lobes of a line without noise are not reported", () => {
  expect(spectralPeaks(sine(400, 13.37, 0), 1e-3, 3).map(({ period }) => Math.round(period))).toEqual([13]);
});

test("fewer cycles than asked for are not reported, nothing is found in nothing", () => {
  expect(spectralPeaks(sine(60, 30, 0.01), 1e-3, 3).filter(({ period }) => period > 24)).toEqual([]);
  expect(spectralPeaks(new Float64Array(64), 1e-3, 3)).toEqual([]);
});
