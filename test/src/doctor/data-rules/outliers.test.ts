import { describe, expect, it } from "vitest";
import { mulberry32, normalOf, sineMix } from "../../../../bench/faults/series.js";
import { examine } from "../../../../src/doctor/examine.js";
import { slidingWindows } from "../../../../src/series/windows/sliding-windows.js";

const codes = (values: readonly number[]): string[] => examine([...values]).map(({ code }) => code);
/** Pulses of height 1 on noise of 0.02: a robust deviation that is a fiftieth of them. */
function pulses(isOne: (t: number) => boolean, n = 480): number[] {
  const normal = normalOf(mulberry32(3));
  return Array.from({ length: n }, (_, t) => (isOne(t) ? 1 : 0) + 0.02 * normal());
}

describe("outliers", () => {
  it("are none where pulses come regularly and all else is noise", () => {
    expect(codes(pulses((t) => t % 24 === 0))).not.toContain("outliers");
    expect(codes(pulses((t) => t % 48 < 2))).not.toContain("outliers");
    const { x, y } = slidingWindows(
      pulses((t) => t % 24 === 0),
      { window: 26 },
    );
    expect(examine({ x, y })).toEqual([]);
  });

  it("are there where as many pulses come at random times", () => {
    const uniform = mulberry32(8);
    expect(codes(pulses(() => uniform() < 1 / 24))).toContain("outliers");
  });

  it("are there where regular spikes press a series together that could be learnt", () => {
    const sine = sineMix(480, 3);
    expect(codes(sine.map((value, t) => (t % 60 === 5 ? 300 : value)))).toContain("outliers");
  });

  it("are there where three spikes are too few to call them regular by anything but chance", () => {
    // Gaps of 100 and 140 have a spread that two of five random pairs have.
    expect(codes(pulses((t) => [60, 160, 300].includes(t)))).toContain("outliers");
  });

  it("are there where few values stand apart from two levels as wide as their quartiles", () => {
    const normal = normalOf(mulberry32(5));
    const uniform = mulberry32(6);
    const levels = Array.from({ length: 450 }, (_, t) => (t % 10 < 5 ? 1 : -1) + 0.05 * normal());
    expect(codes(levels)).not.toContain("outliers");
    expect(codes(levels.map((value) => value + (uniform() < 0.01 ? 20 : 0)))).toContain("outliers");
  });
});
