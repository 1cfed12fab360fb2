import { describe, expect, it } from "vitest";
import { sineMix } from "../../../bench/faults/series.js";
import { alignmentOf, openBlock, openWindows } from "../../../src/doctor/windows.js";
import { slidingWindows } from "../../../src/series/sliding-windows.js";

const series = sineMix(120, 1);

describe("windows as the rules see them", () => {
  it("are put together to the series they were cut from, whatever the stride", () => {
    for (const stride of [1, 3]) {
      const { x, y } = slidingWindows(series, { window: 10, stride });
      const windows = openWindows(x, y);
      expect(windows.stride).toBe(stride);
      expect(Array.from(windows.columns[0]!)).toEqual(
        series.slice(0, windows.columns[0]!.length).map(Math.fround),
      );
    }
  });

  it("tell samples that are no windows", () => {
    const x = series.slice(0, 100).map((value, i) => [[value], [series[(37 * i) % 100]!], [i % 5]]);
    expect(openWindows(x, series.slice(0, 100)).stride).toBe(0);
  });

  it("know which feature the target is, how far ahead, and on what scale", () => {
    const rows = series.map((value, t) => [Math.cos(t), value]);
    const { x, y } = slidingWindows(rows, { window: 10, horizon: 1, gap: 2, targetColumn: 1 });
    const found = alignmentOf(
      openWindows(
        x,
        Array.from(y.data, (value) => 3 * value + 7),
      ),
    );
    expect(found).toMatchObject({ feature: 1, horizon: 3 });
    // float32 targets of size 10, over a spread of about 3.
    expect(found!.scale).toBeCloseTo(3, 5);
    expect(found!.offset).toBeCloseTo(7, 5);
  });

  it("take null for a gap", () => {
    const { shape, data } = openBlock([
      [1, null],
      [3, 4],
    ] as unknown as number[][]);
    expect(shape).toEqual([2, 2]);
    expect(Array.from(data)).toEqual([1, Number.NaN, 3, 4]);
  });
});
