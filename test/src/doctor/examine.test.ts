import { describe, expect, it } from "vitest";
import { mulberry32, normalOf, sineMix } from "../../../bench/faults/series.js";
import { markedLatch } from "../../../bench/faults/tasks.js";
import { examine } from "../../../src/doctor/examine.js";
import { DataError } from "../../../src/errors.js";
import type { SeriesLike } from "../../../src/series/kinds.js";
import { slidingWindows } from "../../../src/series/windows/sliding-windows.js";

const sine = sineMix(400, 3);
const codes = (...given: Parameters<typeof examine>): string[] => examine(...given).map(({ code }) => code);
const cut = (series: SeriesLike, window = 20) => slidingWindows(series, { window });

describe("examine() of a raw series", () => {
  it("finds nothing in a stationary one", () => {
    expect(examine(sine)).toEqual([]);
    expect(examine(Float64Array.from(sine))).toEqual([]);
  });

  it("counts gaps, null or NaN, and says where the first one is", () => {
    const [worst] = examine(sine.map((value, t) => (t % 40 === 7 ? null : value)));
    expect(worst).toMatchObject({
      code: "missing_values",
      severity: "error",
      title: "10 of 400 values of the series are missing, the first at time step 7",
      evidence: { missing: 10, timeStep: 7, share: 0.025 },
    });
  });

  it("counts columns only where there are several", () => {
    const spoilt = sine.map((value, t) => (t === 9 ? null : t % 90 === 5 ? 300 : value));
    const constant = new Array<number>(100).fill(4);
    expect(JSON.stringify([...examine(spoilt), ...examine(constant)])).not.toMatch(
      /(column|feature)\D{0,3}0/,
    );
    const found = examine(spoilt.map((value, t) => [t % 7, value]));
    expect(found.map(({ evidence }) => evidence.column)).toEqual(["column 1", "column 1"]);
  });

  it("calls a constant one constant", () => {
    expect(codes(new Array<number>(100).fill(4))[0]).toBe("constant_feature");
  });

  it("sees spikes, and no spikes in heavy tails", () => {
    expect(codes(sine.map((value, t) => (t % 90 === 5 ? 300 : value)))).toEqual(["outliers"]);
    const normal = normalOf(mulberry32(4));
    // Student's t with three degrees of freedom: heavy tails, no measuring errors.
    const heavy = Array.from(
      { length: 600 },
      () => normal() / Math.sqrt((normal() ** 2 + normal() ** 2 + normal() ** 2) / 3),
    );
    expect(codes(heavy)).not.toContain("outliers");
  });

  it("only hints at a trend, for a raw series may have one", () => {
    const [worst] = examine(sine.map((value, t) => value + 0.1 * t));
    expect(worst).toMatchObject({ code: "non_stationary_target", severity: "hint" });
    expect(worst!.evidence.adfPValue).toBeGreaterThan(0.05);
  });

  it("asks for more than a handful of values", () => {
    expect(codes([1, 2, null, 4])).toEqual(["missing_values", "insufficient_data"]);
  });

  it("refuses what is no series", () => {
    expect(() => examine(["a"] as unknown as number[])).toThrow(DataError);
  });
});

describe("examine() of examples", () => {
  it("finds nothing in scaled windows", () => {
    expect(examine(cut(sine))).toEqual([]);
  });

  it("does not take scaling for a fault: any affine image within reason passes", () => {
    for (const [scale, offset] of [
      [1, 0],
      [0.2, 0.5],
      [3, -2],
      [0.01, 0],
    ] as const) {
      expect(codes(cut(sine.map((value) => scale * value + offset)))).toEqual([]);
    }
  });

  it("finds one gap in one window alone, before anything else, and where it is", () => {
    const { x } = cut(sine);
    const data = Float32Array.from(x.data);
    data[45] = Number.NaN;
    const found = examine({ x: { ...x, data }, y: new Array<number>(x.shape[0]!).fill(2) });
    expect(found.map(({ code }) => code)).toEqual(["missing_values", "constant_target"]);
    expect(found[0]!.evidence).toMatchObject({ column: "feature 0", sample: 2, timeStep: 5 });
  });

  it("says both of two causes, judging the others on the values that are there", () => {
    const gaps = (values: readonly number[]): number[] =>
      values.map((value, t) => (t % 50 === 7 ? Number.NaN : value));
    const spikes = sine.map((value, t) => ([60, 141, 300].includes(t) ? 300 : value));
    const rows = (columns: readonly (readonly number[])[]): ReturnType<typeof examples> =>
      examples(columns[0]!.map((_, t) => columns.map((column) => column[t]!)));
    const examples = (table: number[][]) => ({
      x: Array.from({ length: table.length - 20 }, (_, n) => table.slice(n, n + 20)),
      y: Array.from({ length: table.length - 20 }, (_, n) => table[n + 20]![0]!),
    });
    expect(codes(gaps(spikes))).toEqual(["missing_values", "outliers"]);
    expect(codes(rows([gaps(spikes)]))).toEqual(["missing_values", "outliers"]);
    expect(codes(rows([gaps(sine), sine.map(() => 3)]))).toEqual(["missing_values", "constant_feature"]);
    expect(codes(rows([gaps(sine), sine.map((value) => 900 + 300 * value * value)]))).toEqual([
      "missing_values",
      "unscaled_inputs",
    ]);
  });

  it("tells what is infinite from what is missing, and from what float32 cannot hold", () => {
    const { x, y } = cut(sine);
    const rows = Array.from({ length: x.shape[0]! }, (_, n) =>
      Array.from(x.data.subarray(20 * n, 20 * (n + 1)), (value) => [value]),
    );
    const other = (at: number): number[][][] =>
      rows.map((row, n) => row.map(([value], t) => [n === 3 && t === 4 ? at : value!]));
    const [infinite] = examine({ x: other(Number.POSITIVE_INFINITY), y });
    expect(infinite).toMatchObject({
      code: "missing_values",
      evidence: { sample: 3, timeStep: 4, infinite: 1 },
    });
    expect(infinite!.title).toContain("infinite");
    const [large] = examine({ x: other(1e300), y });
    expect(large).toMatchObject({
      code: "unscaled_inputs",
      evidence: { feature: 0, values: 1, largest: 1e300 },
    });
    expect(codes({ x, y: Array.from(y.data, (value) => 1e300 * value) })).toEqual(["unscaled_target"]);
    expect(codes(sine.map((value) => 1e300 * value))).toEqual(["unscaled_inputs"]);
  });

  it("blames spikes among the targets, not their order", () => {
    const { x, y } = cut(sine);
    const spiked = Array.from(y.data, (value, n) => (n % 55 === 3 ? value + 300 : value));
    expect(codes({ x, y: spiked })).toEqual(["outliers"]);
  });

  it("tells a target copied from the window from one that follows closely", () => {
    const normal = normalOf(mulberry32(8));
    let level = 0;
    const walk = Array.from({ length: 3000 }, () => (level += 0.05 * normal()));
    const { x, y } = cut(walk, 10);
    expect(codes({ x, y })).not.toContain("target_leaks_from_input");
    const copied = walk.slice(9, 9 + y.shape[0]!);
    expect(codes({ x, y: copied })).toContain("target_leaks_from_input");
  });

  it("does not take an exact season for a leak", () => {
    const spikes = Array.from({ length: 300 }, (_, t) => (t % 12 === 0 ? 1 : 0));
    expect(examine(cut(spikes, 14))).toEqual([]);
    expect(codes(cut(spikes, 5))).toEqual(["window_shorter_than_period"]);
  });

  it("does not call a question about the past unanswerable", () => {
    expect(examine(markedLatch(600, 40, 2))).toEqual([]);
  });

  it("notices validation targets on another scale, and a level that moved", () => {
    const { x, y } = cut(sine.slice(0, 300));
    const held = cut(sine.slice(280));
    expect(codes({ x, y, validationData: [held.x, Array.from(held.y.data, (value) => 40 * value)] })).toEqual(
      ["target_scale_mismatch"],
    );
    const moved = cut(sine.map((value) => value + 6).slice(280));
    expect(codes({ x, y, validationData: [moved.x, moved.y] })).toEqual(["data_drift"]);
  });

  it("leaves what it looks at as it is", () => {
    const { x, y } = cut(sine);
    const before = [x.data.slice(), y.data.slice()];
    examine({ x, y });
    expect([x.data, y.data]).toEqual(before);
  });
});
