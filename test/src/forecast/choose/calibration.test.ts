import { describe, expect, it } from "vitest";
import { calibrate, conformalOffset } from "../../../../src/forecast/choose/calibration.js";
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
});
