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

  it("end at the farthest error", () => {
    expect([conformalOffset(nine, 0, 0.001), conformalOffset(nine, 0, 0.999)]).toEqual([-4, 4]);
  });

  it("leave gaps out and widen with the square root beyond what was calibrated", () => {
    const calibration = calibrate(
      null,
      [Float64Array.of(1, Number.NaN), Float64Array.of(2, 6), Float64Array.of(3, 8)],
      2,
    );
    expect(calibration.steps.map(({ count }) => count)).toEqual([3, 2]);
    expect(conformalOffset(calibration, 7, 0.9)).toBeCloseTo(8 * 2, 12);
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
