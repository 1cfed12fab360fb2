import { describe, expect, test } from "vitest";
import { ConfigError } from "../../../../src/errors.js";
import { difference } from "../../../../src/series/prepare/difference.js";
import { lagFeatures } from "../../../../src/series/prepare/lag-features.js";
import { returns } from "../../../../src/series/prepare/returns.js";
import { rolling } from "../../../../src/series/prepare/rolling.js";
import { lookback } from "../../../../src/series/windows/lookback.js";
import { fc } from "../../../support/property.js";

/** A feature as rows aligned with the series, and how far back it says it looks. */
interface Feature {
  readonly name: string;
  readonly back: number;
  rows(x: number[]): number[][];
}

const asRows = (values: readonly number[]): number[][] => values.map((value) => [value]);

const small = fc.integer({ min: 1, max: 4 });
const features: fc.Arbitrary<Feature> = fc.oneof(
  fc.tuple(small, fc.constantFrom("mean", "std", "min", "max")).map(
    ([n, statistic]): Feature => ({
      name: `rolling ${n} ${statistic}`,
      back: lookback.rolling(n),
      // One value has no spread: every std over one is NaN, and reads nothing.
      rows: (x) => asRows(rolling(x, n)[statistic === "std" && n === 1 ? "mean" : statistic]()),
    }),
  ),
  fc.oneof(small, fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3 })).map(
    (lags): Feature => ({
      name: `lags ${lags}`,
      back: lookback.lagFeatures(lags),
      rows: (x) => lagFeatures(x, lags),
    }),
  ),
  fc.record({ lag: small, method: fc.constantFrom("simple" as const, "log" as const) }).map(
    (options): Feature => ({
      name: `returns ${options.lag}`,
      back: lookback.returns(options),
      rows: (x) => asRows(returns(x, options)),
    }),
  ),
  fc.record({ order: fc.integer({ min: 1, max: 3 }), lag: small }).map((options): Feature => {
    const back = lookback.difference(options);
    return {
      name: `difference ${options.order} ${options.lag}`,
      back,
      rows: (x) => asRows([...new Array<number>(back).fill(Number.NaN), ...difference(x, options)]),
    };
  }),
);

// A changed value of 1000 is an extreme among these, so that every statistic of a window that holds it changes.
const series = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 14, maxLength: 24 });

describe("a feature of lookback b", () => {
  test("reads no row outside t - b … t", () => {
    fc.assert(
      fc.property(features, series, fc.nat(), fc.constantFrom(1000, 0.5), (feature, x, any, value) => {
        const j = any % x.length;
        const before = feature.rows(x);
        const after = feature.rows(x.map((old, t) => (t === j ? value : old)));
        expect(after).toHaveLength(x.length);
        after.forEach((row, t) => {
          if (t < j || t > j + feature.back) expect(row, `${feature.name}, row ${t}`).toEqual(before[t]);
        });
      }),
    );
  });

  test("has no complete row before row b, and reads row t - b from there on: b is not too large", () => {
    fc.assert(
      fc.property(features, series, fc.nat(), (feature, x, any) => {
        const t = feature.back + (any % (x.length - feature.back));
        const rows = feature.rows(x);
        rows.forEach((row, i) => {
          expect(row.some(Number.isNaN), `${feature.name}, row ${i}`).toBe(i < feature.back);
        });
        const changes = [1000, 0.5].map((other) => {
          const changed = feature.rows(x.map((old, i) => (i === t - feature.back ? other : old)));
          return JSON.stringify(changed[t]) !== JSON.stringify(rows[t]);
        });
        // A maximum does not see a small value, nor a minimum a large one.
        expect(changes.some(Boolean), feature.name).toBe(true);
      }),
    );
  });
});

test("lookback counts the steps before the present one", () => {
  expect(lookback.rolling(7)).toBe(6);
  expect(lookback.lagFeatures(3)).toBe(3);
  expect(lookback.lagFeatures([12, 1])).toBe(12);
  expect(lookback.lagFeatures([0])).toBe(0);
  expect(lookback.returns()).toBe(1);
  expect(lookback.returns({ lag: 5 })).toBe(5);
  expect(lookback.difference()).toBe(1);
  expect(lookback.difference({ order: 2, lag: 12 })).toBe(24);
});

test("lookback refuses what the feature would", () => {
  expect(() => lookback.rolling(0)).toThrow(ConfigError);
  expect(() => lookback.lagFeatures([-1])).toThrow(/lags\[0\]/);
  expect(() => lookback.returns({ lags: 1 } as never)).toThrow(/Did you mean `lag`/);
  expect(() => lookback.difference({ order: 0 })).toThrow(ConfigError);
});
