import { describe, expect, it } from "vitest";
import { autoregressive, mulberry32, normalOf, sineMix } from "../../../../bench/faults/series.js";
import { examine } from "../../../../src/doctor/examine.js";
import { slidingWindows } from "../../../../src/series/windows/sliding-windows.js";

const WINDOW = 20;
const cut = (values: readonly (readonly number[])[]) => slidingWindows(values, { window: WINDOW });

/** Training windows, and validation windows whose first ones reach back into the training part. */
function split(rows: readonly (readonly number[])[], at: number) {
  const [{ x, y }, held] = [cut(rows.slice(0, at)), cut(rows.slice(at - WINDOW))];
  return { x, y, validationData: [held.x, held.y] as const };
}
const found = (rows: readonly (readonly number[])[], at = 240): string[] =>
  examine(split(rows, at)).map(({ code }) => code);

describe("data_drift", () => {
  const sine = sineMix(300, 4);
  const deviation = 0.8;

  it("sees a level that moves by two deviations, though the first windows still know the old one", () => {
    for (const shift of [-2, 2])
      expect(found(sine.map((value, t) => [t < 240 ? value : value + shift * deviation]))).toEqual([
        "data_drift",
      ]);
  });

  it("sees a second feature that comes to spread five times as wide", () => {
    const second = autoregressive(300, 9, 0.5);
    expect(found(sine.map((value, t) => [value, t < 240 ? second[t]! : 5 * second[t]!]))).toEqual([
      "data_drift",
    ]);
  });

  it("is silent where a slow swing, a season or a wide tail is all there is", () => {
    const normal = normalOf(mulberry32(3));
    expect(found(sine.map((value) => [value]))).toEqual([]);
    expect(found(sine.map((value, t) => [value + 0.35 * Math.sin((2 * Math.PI * t) / 210)]))).toEqual([]);
    expect(found(autoregressive(300, 7, 0.85).map((value) => [value]))).toEqual([]);
    expect(found(sine.map((value) => [value, normal() / Math.sqrt(0.2 + Math.abs(normal()))]))).toEqual([]);
  });

  it("is silent of a trend that was differenced", () => {
    const level = sine.map((value, t) => value + 0.02 * t);
    expect(found(level.slice(1).map((value, t) => [value - level[t]!]))).toEqual([]);
  });
});

describe("target_scale_mismatch", () => {
  const series = sineMix(300, 6).map((value) => [value]);
  const scaled = (scale: number, offset: number): string[] => {
    const { x, y, validationData } = split(series, 240);
    const targets = Array.from(validationData[1].data, (value) => scale * value + offset);
    return examine({ x, y, validationData: [validationData[0], targets] }).map(({ code }) => code);
  };

  it("is exact where targets are values of the series: a tenth more is seen, rounding is not", () => {
    expect(scaled(1, 0)).toEqual([]);
    expect(scaled(1.1, 0)).toEqual(["target_scale_mismatch"]);
    expect(scaled(0.3, 0)).toEqual(["target_scale_mismatch"]);
    expect(scaled(1, 0.5)).toEqual(["target_scale_mismatch"]);
  });

  it("is seen in a target at every step", () => {
    const { x, validationData } = split(series, 240);
    const next = (
      part: { shape: readonly number[]; data: ArrayLike<number> },
      last: ArrayLike<number>,
      scale: number,
    ) =>
      Array.from({ length: part.shape[0]! }, (_, n) =>
        Array.from({ length: WINDOW }, (_, t) => [
          scale * (t + 1 < WINDOW ? part.data[n * WINDOW + t + 1]! : last[n]!),
        ]),
      );
    const own = next(x, split(series, 240).y.data, 1);
    const held = (scale: number) => next(validationData[0], validationData[1].data, scale);
    const codes = (scale: number): string[] =>
      examine({ x, y: own, validationData: [validationData[0], held(scale)] }).map(({ code }) => code);
    expect(codes(1)).toEqual([]);
    expect(codes(2.5)).toEqual(["target_scale_mismatch"]);
  });
});
