import { describe, expect, test } from "vitest";
import { DataError, ShapeError, StateError } from "../../../../src/errors.js";
import { minMaxScaler } from "../../../../src/series/prepare/min-max-scaler.js";
import { powerTransform } from "../../../../src/series/prepare/power-transform.js";
import { robustScaler } from "../../../../src/series/prepare/robust-scaler.js";
import type { Scaler } from "../../../../src/series/prepare/scaler.js";
import { standardScaler } from "../../../../src/series/prepare/standard-scaler.js";
import { tensor } from "../../../../src/tensor.js";
import { fc } from "../../../support/property.js";
import { expectClose } from "../golden.js";

const MAKERS: Record<string, () => Scaler> = {
  standardScaler,
  minMaxScaler: () => minMaxScaler({ featureRange: [-1, 1] }),
  robustScaler,
  powerTransform,
};
const rows = [
  [1, 100],
  [2, 250],
  [4, 175],
  [3, 300],
  [7, 120],
];

describe.each(Object.entries(MAKERS))("%s", (kind, make) => {
  test("inverseTransform gives the values back", () => {
    const x = fc.array(
      fc.tuple(fc.double({ min: -1e3, max: 1e3, noNaN: true }), fc.integer({ min: 1, max: 50 })),
      {
        minLength: 3,
        maxLength: 20,
      },
    );
    fc.assert(
      fc.property(x, (values) => {
        const scaler = make().fit(values);
        const back = scaler.inverseTransform(scaler.transform(values) as number[][]);
        // Rounding in scaled units comes back times the scale; a strong power may lose half the digits of the small.
        expectClose(back.flat(), values.flat(), kind === "powerTransform" ? 1e-6 : 1e-12, 1e3);
      }),
    );
  });

  test("what was given comes back in kind", () => {
    const scaler = make().fit(rows);
    expect(scaler.transform(rows)[0]).toHaveLength(2);
    const t = scaler.transform(tensor(rows));
    expect(t.shape).toEqual([5, 2]);
    expect(t.data).toBeInstanceOf(Float32Array);
    expect(scaler.transform(tensor([rows, rows])).shape).toEqual([2, 5, 2]);
    expect(
      make()
        .fitTransform([1, 2, 4])
        .every((value) => typeof value === "number"),
    ).toBe(true);
    expect(make().fitTransform(Float64Array.of(1, 2, 4))).toBeInstanceOf(Float64Array);
  });

  test("gaps are passed over by fit and kept by transform", () => {
    const scaler = make().fit([1, null, 2, 4, Number.NaN, 3, 7]);
    expect(scaler.toJSON()).toEqual(make().fit([1, 2, 4, 3, 7]).toJSON());
    expect(scaler.transform([null, 3])[0]).toBeNaN();
    expect(scaler.transform([null, 3])[1]).not.toBeNaN();
  });

  test("a constant column is not divided by zero, and comes back", () => {
    for (const constant of [0.1, 0, -3, 1e9]) {
      const scaler = make().fit(new Array<number>(7).fill(constant));
      const [scaled] = scaler.transform([constant]) as [number];
      expect(Math.abs(scaled)).toBeLessThanOrEqual(1);
      // For the power, log and exp each keep about 1e-16 relative of a billion.
      expectClose(scaler.inverseTransform([scaled]), [constant], 1e-13);
    }
  });

  test("predictions of one column are inverted by that column", () => {
    const scaler = make().fit(rows);
    const target = scaler.transform(rows).map((row) => row[1]!);
    expectClose(scaler.inverseTransform(target, { column: 1 }), [100, 250, 175, 300, 120], 1e-9);
    const both = scaler.inverseTransform(tensor([target.slice(0, 3)]), { column: 1 });
    // A tensor holds float32.
    expectClose(both.data, [100, 250, 175], 1e-5);
    expect(both.shape).toEqual([1, 3]);
  });

  test("before fit, or with other columns, it refuses", () => {
    expect(() => make().transform([1])).toThrow(StateError);
    expect(() => make().inverseTransform([1])).toThrow(StateError);
    expect(() => make().toJSON()).toThrow(StateError);
    const scaler = make().fit(rows);
    expect(() => scaler.transform([1, 2])).toThrow(ShapeError);
    expect(() => scaler.inverseTransform([1, 2])).toThrow(/\{ column \}/);
    expect(() => scaler.inverseTransform([1, 2], { column: 2 })).toThrow(/`column` is 2/);
  });

  test("Infinity and columns without values are refused", () => {
    expect(() => make().fit([1, Number.POSITIVE_INFINITY])).toThrow(DataError);
    expect(() => make().fit([1, 2, 4]).transform([Number.NEGATIVE_INFINITY])).toThrow(DataError);
    expect(() => make().fit([null, null])).toThrow(/the series has no value/);
  });
});

test("fitting again forgets what was learnt before", () => {
  const scaler = standardScaler().fit([100, 200, 300]);
  expect(scaler.fit([1, 2, 3]).toJSON()).toEqual(standardScaler().fit([1, 2, 3]).toJSON());
});
