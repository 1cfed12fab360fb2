import { describe, expect, it } from "vitest";
import { calibrate, conformalOffset, extended } from "../../../../src/forecast/choose/calibration.js";
import { createRandom } from "../../../../src/random.js";

const errorsOf = (...values: number[]): Float64Array[] => values.map((value) => Float64Array.of(value));

describe("conformal offsets", () => {
  const nine = calibrate(null, errorsOf(-4, 3, -1, 0, 1, 2, -2, 4, -3), 1);

  it("take the error of rank ⌈(n + 1) level⌉ above the median and ⌊(n + 1) level⌋ below it", () => {
    expect([0.1, 0.2, 0.25, 0.75, 0.8, 0.9].map((level) => conformalOffset(nine, 0, level))).toEqual([
      -4, -3, -3, 3, 3, 4,
    ]);
  });

  it("of which too few errors say nothing, are those of a normal sample, and the farthest error at the least", () => {
    // Mean 0, deviation √7.5, t of 8 degrees of freedom 1.860 at 0.95 and 3.355 at 0.995.
    const unit = Math.sqrt(7.5 * (1 + 1 / 9));
    expect(conformalOffset(nine, 0, 0.95)).toBeCloseTo(1.86 * unit, 2);
    expect(conformalOffset(nine, 0, 0.05)).toBeCloseTo(-1.86 * unit, 2);
    expect(Math.abs(conformalOffset(nine, 0, 0.995) / (3.355 * unit) - 1)).toBeLessThan(0.01);
    // One far error among few is farther than their deviation says.
    const far = calibrate(null, errorsOf(0, 0, 0, 0, 0, 0, 0, 9), 1);
    expect(conformalOffset(far, 0, 0.9)).toBe(9);
    expect(conformalOffset(calibrate(null, errorsOf(3), 1), 0, 0.9)).toBe(3);
  });

  it("cover a ninth value as often as they say, after eight", () => {
    const random = createRandom(7);
    let within = 0;
    for (let round = 0; round < 4000; round++) {
      const eight = calibrate(null, errorsOf(...Array.from({ length: 8 }, () => random.normal())), 1);
      const value = random.normal();
      if (value >= conformalOffset(eight, 0, 0.1) && value <= conformalOffset(eight, 0, 0.9)) within++;
    }
    // The farthest of eight alone held 7 in 9; three standard errors of the count are 0.02.
    expect(within / 4000).toBeGreaterThan(0.8);
    expect(within / 4000).toBeLessThan(0.87);
  });

  it("leave gaps out and widen with the square root beyond what was calibrated", () => {
    const calibration = calibrate(
      null,
      [Float64Array.of(1, Number.NaN), Float64Array.of(2, 6), Float64Array.of(3, 8)],
      2,
    );
    expect(calibration.steps.map(({ count }) => count)).toEqual([3, 2]);
    expect(conformalOffset(calibration, 7, 0.5)).toBeCloseTo(8 * 2, 12);
  });

  it("cover new values as often as they say", () => {
    const random = createRandom(11);
    const draw = (n: number): Float64Array[] =>
      Array.from({ length: n }, () => Float64Array.of(random.normal()));
    const calibration = calibrate(null, draw(1000), 1);
    const [low, high] = [conformalOffset(calibration, 0, 0.1), conformalOffset(calibration, 0, 0.9)];
    const fresh = draw(4000).map(([error]) => error!);
    const within = fresh.filter((error) => error >= low && error <= high).length / fresh.length;
    // Calibration errs with √(0.1 · 0.9 / 1000) = 0.0095 at each end, the count with 0.006; four of their sum's.
    expect(Math.abs(within - 0.8)).toBeLessThan(0.055);
  });

  it("take newer errors in beside those of the tail, by hand", () => {
    const more = extended(nine, [Float64Array.of(10), Float64Array.of(Number.NaN), Float64Array.of(-10)]);
    expect(more.steps[0]).toEqual({ count: 11, errors: [-10, -4, -3, -2, -1, 0, 1, 2, 3, 4, 10] });
    // Rank ⌈12 · 0.9⌉ = 11 of eleven.
    expect(conformalOffset(more, 0, 0.9)).toBe(10);
    // Nothing newer, or a step that was not calibrated, stays as it is.
    expect(extended(nine, [Float64Array.of(Number.NaN)])).toEqual(nine);
    const empty = calibrate(null, [Float64Array.of(1, Number.NaN), Float64Array.of(2, Number.NaN)], 2);
    expect(extended(empty, [Float64Array.of(3, 4)]).steps[1]).toEqual({ count: 0, errors: [] });
    // A long tail is a hundred ranks, its ends among them.
    const long = calibrate(null, errorsOf(...Array.from({ length: 301 }, (_, i) => i)), 1);
    const { count, errors } = extended(long, [Float64Array.of(-1)]).steps[0]!;
    expect([count, errors[0], errors[1], errors.at(-1)]).toEqual([101, -1, 0, 300]);
  });
});
