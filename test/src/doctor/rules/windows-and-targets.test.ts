import { describe, expect, it } from "vitest";
import { autoregressive, mulberry32, normalOf, sawtooth } from "../../../../bench/faults/series.js";
import { examine } from "../../../../src/doctor/examine.js";
import { slidingWindows } from "../../../../src/series/sliding-windows.js";

const codes = (series: readonly number[], window: number): string[] =>
  examine(slidingWindows([...series], { window })).map(({ code }) => code);

describe("a window shorter than the period", () => {
  it("is none where its shape tells the place in the season", () => {
    // Thirteen of a sawtooth's fourteen steps show the fall in all places but one.
    for (const seed of [1, 2, 3]) expect(codes(sawtooth(500, seed, 14, 0.15), 13)).toEqual([]);
  });

  it("is one where the window sees nothing between two pulses", () => {
    const normal = normalOf(mulberry32(2));
    const pulses = Array.from({ length: 500 }, (_, t) => (t % 14 === 0 ? 1 : 0) + 0.03 * normal());
    expect(codes(pulses, 6)).toEqual(["window_shorter_than_period"]);
    expect(codes(pulses, 16)).toEqual([]);
  });
});

describe("targets that do not match", () => {
  it("are seen in a series of sixty values, and not where they do", () => {
    const { x, y } = slidingWindows(autoregressive(66, 4, 0.7), { window: 12 });
    expect(examine({ x, y })).toEqual([]);
    const uniform = mulberry32(9);
    const order = Array.from({ length: y.shape[0]! }, (_, i) => [uniform(), i] as const)
      .sort(([a], [b]) => a - b)
      .map(([, i]) => y.data[i]!);
    expect(examine({ x, y: order }).map(({ code }) => code)).toEqual(["targets_not_matching_inputs"]);
  });
});
