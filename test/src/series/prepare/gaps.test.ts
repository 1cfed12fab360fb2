import { describe, expect, test } from "vitest";
import { ConfigError, DataError } from "../../../../src/errors.js";
import { backwardFill, forwardFill, interpolate } from "../../../../src/series/prepare/gaps.js";
import { tensor } from "../../../../src/tensor.js";
import { fc } from "../../../support/property.js";
import { expectClose, golden } from "../golden.js";

const NONE = Number.NaN;
const values = golden.gaps.values.map((value) => value ?? NONE);

describe("interpolate agrees with pandas", () => {
  for (const [options, expected] of golden.gaps.interpolate) {
    test(JSON.stringify(options), () => {
      const { limit, limit_direction, limit_area } = options;
      const result = interpolate(values, {
        limitDirection: limit_direction,
        ...(limit === undefined ? {} : { limit }),
        ...(limit_area === undefined ? {} : { limitArea: limit_area }),
      });
      expectClose(result, expected, 1e-15);
    });
  }
});

describe("interpolate", () => {
  test("gives leading gaps the first value and trailing ones the last, unless a direction is chosen", () => {
    expect(interpolate([null, NONE, 1, null, 3, null])).toEqual([1, 1, 1, 2, 3, 3]);
    expect(interpolate([null, 1, null, 3, null], { limitDirection: "forward" })).toEqual([NONE, 1, 2, 3, 3]);
    expect(interpolate([null, 1, null, 3, null], { limitDirection: "backward" })).toEqual([1, 1, 2, 3, NONE]);
  });
  test("counts the limit from each run's near side", () => {
    expect(interpolate([null, null, 1, null, null, null, 5], { limit: 1 })).toEqual([
      NONE,
      1,
      1,
      2,
      NONE,
      NONE,
      5,
    ]);
  });
  test("fills columns on their own and keeps rows and tensors what they are", () => {
    expect(
      interpolate([
        [1, null],
        [null, 4],
        [3, 8],
      ]),
    ).toEqual([
      [1, 4],
      [2, 4],
      [3, 8],
    ]);
    const filled = interpolate(tensor([1, NONE, 3]));
    expect(filled.shape).toEqual([3]);
    expect(Array.from(filled.data)).toEqual([1, 2, 3]);
  });
  test("refuses a column without values, text, Infinity and unknown options", () => {
    expect(() => interpolate([null, NONE])).toThrow(DataError);
    expect(() => interpolate([1, "2"] as unknown as number[])).toThrow(/x\[1\] is "2"/);
    expect(() => interpolate([1, Number.POSITIVE_INFINITY])).toThrow(/Infinity is no measurement/);
    expect(() => interpolate([1], { method: "spline" as "linear" })).toThrow(ConfigError);
    expect(() => interpolate([1], { limit: 0 })).toThrow(ConfigError);
    expect(() => interpolate([1], { limit_area: "inside" } as object)).toThrow(/limitArea/);
  });
  test("never changes a value that is there, and stays between the neighbours", () => {
    const some = fc.array(fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true })), { minLength: 1 });
    fc.assert(
      fc.property(
        some.filter((x) => x.some((value) => value !== null)),
        (x) => {
          const filled = interpolate(x);
          const present = x.filter((value) => value !== null);
          const [low, high] = [Math.min(...present), Math.max(...present)];
          filled.forEach((value, t) => {
            if (x[t] !== null) expect(value).toBe(x[t]);
            // The straight line is rounded once or twice: 1e-9 is a thousand ulps of a million.
            else expect(value >= low - 1e-9 && value <= high + 1e-9).toBe(true);
          });
        },
      ),
    );
  });
});

describe("forwardFill and backwardFill agree with pandas", () => {
  for (const [limit, expected] of golden.gaps.ffill) {
    test(`forward, limit ${limit}`, () => {
      expectClose(forwardFill(values, limit === null ? {} : { limit }), expected, 0);
    });
  }
  for (const [limit, expected] of golden.gaps.bfill) {
    test(`backward, limit ${limit}`, () => {
      expectClose(backwardFill(values, limit === null ? {} : { limit }), expected, 0);
    });
  }
  test("and leave a column without values as it is", () => {
    expect(forwardFill([null, null])).toEqual([NONE, NONE]);
  });
});

test("forwardFill never looks ahead", () => {
  const x = fc.array(fc.option(fc.integer()), { minLength: 2 });
  fc.assert(
    fc.property(x, fc.nat(), fc.integer(), (values, at, other) => {
      const t = at % values.length;
      const changed = values.map((value, i) => (i > t ? other : value));
      expect(forwardFill(changed).slice(0, t + 1)).toEqual(forwardFill(values).slice(0, t + 1));
    }),
  );
});
