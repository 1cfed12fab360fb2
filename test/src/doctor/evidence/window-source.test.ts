import { describe, expect, it } from "vitest";
import { sineMix } from "../../../../bench/faults/series.js";
import { alignmentOf, openWindows, overlapInShape } from "../../../../src/doctor/evidence/window-source.js";
import { openBlock } from "../../../../src/recipe/open-block.js";
import { slidingWindows } from "../../../../src/series/windows/sliding-windows.js";

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

  it("know what follows a window, and that nothing follows at the joint of two series", () => {
    const [one, two] = [1, 2].map((seed) => slidingWindows(sineMix(60, seed), { window: 10 }));
    const x = [one!, two!].flatMap((part) =>
      Array.from({ length: part.x.shape[0]! }, (_, n) =>
        Array.from(part.x.data.subarray(10 * n, 10 * (n + 1)), (value) => [value]),
      ),
    );
    const windows = openWindows(x, [...one!.y.data, ...two!.y.data]);
    expect(windows.stride).toBe(1);
    expect(windows.after(0, 1, 0)).toBe(one!.y.data[0]);
    expect(windows.after(0, -2, 0)).toBe(one!.x.data[7]);
    expect(windows.after(49, 1, 0)).toBeNaN();
    expect(windows.after(46, 4, 0)).toBeNaN();
    expect(windows.after(50, 1, 0)).toBe(two!.y.data[0]);
    expect(alignmentOf(windows)).toMatchObject({ feature: 0, horizon: 1 });
  });

  it("overlap in shape where each is taken less its own last value, and pieces do not", () => {
    const own = Array.from({ length: 100 }, (_, n) => {
      const row = series.slice(n, n + 12);
      return row.map((value) => [3 * (value - row[11]!)]);
    });
    expect(overlapInShape(openWindows(own, series.slice(0, 100)))).toBe(true);
    const pieces = Array.from({ length: 20 }, (_, n) =>
      series.slice(6 * n, 6 * n + 6).map((value) => [value]),
    );
    expect(overlapInShape(openWindows(pieces, series.slice(0, 20)))).toBe(false);
  });
});
