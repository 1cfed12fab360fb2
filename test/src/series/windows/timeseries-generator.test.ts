import { describe, expect, test } from "vitest";
import { ConfigError, ShapeError } from "../../../../src/errors.js";
import {
  type TimeseriesGeneratorOptions,
  timeseriesGenerator,
} from "../../../../src/series/windows/timeseries-generator.js";
import { fc } from "../../../support/property.js";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** All samples of arange(n) as [window, target]. */
const samples = (n: number, options: TimeseriesGeneratorOptions): [number[], number][] =>
  [...timeseriesGenerator(range(n), range(n), options)].flatMap(({ x, y }) => {
    const time = x.shape[1]!;
    return range(x.shape[0]!).map((i): [number[], number] => [
      Array.from(x.data.subarray(i * time, (i + 1) * time)),
      y.data[i]!,
    ]);
  });

describe("timeseriesGenerator cuts as Keras's TimeseriesGenerator does", () => {
  test("length 5: 15 samples, [0..4] -> 5 to [14..18] -> 19", () => {
    const all = samples(20, { length: 5 });
    expect(all).toHaveLength(15);
    expect(all[0]).toEqual([[0, 1, 2, 3, 4], 5]);
    expect(all.at(-1)).toEqual([[14, 15, 16, 17, 18], 19]);
  });
  test("length 5, rate 2: [0, 2, 4] -> 5", () => {
    expect(samples(20, { length: 5, samplingRate: 2 })[0]).toEqual([[0, 2, 4], 5]);
  });
  test("length 6, rate 2, stride 3: 5 samples, [0, 2, 4] -> 6 to [12, 14, 16] -> 18", () => {
    const all = samples(20, { length: 6, samplingRate: 2, stride: 3 });
    expect(all).toHaveLength(5);
    expect(all[0]).toEqual([[0, 2, 4], 6]);
    expect(all.at(-1)).toEqual([[12, 14, 16], 18]);
  });
  test("length 5, start 3, inclusive end 10: 3 samples, [3..7] -> 8 to [5..9] -> 10", () => {
    const all = samples(20, { length: 5, startIndex: 3, endIndex: 10 });
    expect(all).toHaveLength(3);
    expect(all[0]).toEqual([[3, 4, 5, 6, 7], 8]);
    expect(all.at(-1)).toEqual([[5, 6, 7, 8, 9], 10]);
  });
  test("reverse gives the newest step first", () => {
    expect(samples(20, { length: 3, reverse: true })[0]).toEqual([[2, 1, 0], 3]);
  });
  test("batches: (E - S + batch * stride) // (batch * stride), the last one smaller", () => {
    const dataset = timeseriesGenerator(range(20), range(20), { length: 5, stride: 2, batchSize: 3 });
    expect(dataset.length).toBe(3);
    expect(dataset.windows).toBe(8);
    expect([...dataset].map(({ x }) => x.shape)).toEqual([
      [3, 5, 1],
      [3, 5, 1],
      [2, 5, 1],
    ]);
  });
  test("shuffle draws full batches with replacement, ignores the stride, and follows the seed", () => {
    const options = { length: 2, stride: 3, batchSize: 64, shuffle: true, seed: 4 };
    const make = () => timeseriesGenerator(range(6), range(6), options);
    const dataset = make();
    const [batch] = [...dataset];
    expect(dataset.length).toBe(1);
    expect(batch!.x.shape).toEqual([64, 2, 1]);
    expect(new Set(batch!.y.data)).toEqual(new Set([2, 3, 4, 5]));
    range(64).forEach((i) => {
      expect(Array.from(batch!.x.data.slice(2 * i, 2 * i + 2))).toEqual([
        batch!.y.data[i]! - 2,
        batch!.y.data[i]! - 1,
      ]);
    });
    const [again] = [...make()];
    expect(again).toEqual(batch);
    expect([...dataset]).not.toEqual([batch]);
  });
});

test("no window reads its target or anything after it", () => {
  const options = fc.record({
    length: fc.integer({ min: 1, max: 6 }),
    samplingRate: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 4 }),
    batchSize: fc.integer({ min: 1, max: 7 }),
    reverse: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 30 }), options, (n, given) => {
      for (const [window, target] of samples(n, given)) {
        expect(window).toHaveLength(Math.ceil(given.length / given.samplingRate));
        for (const value of window) expect(value).toBeLessThan(target);
        expect(Math.min(...window)).toBe(target - given.length);
      }
    }),
  );
});

test("features and rows of targets are kept", () => {
  const rows = range(6).map((t) => [t, -t]);
  const [batch] = [...timeseriesGenerator(rows, rows, { length: 2 })];
  expect(batch!.x.shape).toEqual([4, 2, 2]);
  expect(batch!.y.shape).toEqual([4, 2]);
});

describe("timeseriesGenerator refuses", () => {
  test("targets of another number", () => {
    expect(() => timeseriesGenerator(range(5), range(4), { length: 2 })).toThrow(ShapeError);
  });
  test("a range that holds no window", () => {
    expect(() => timeseriesGenerator(range(5), range(5), { length: 5 })).toThrow(/at least 6/);
    expect(() => timeseriesGenerator(range(9), range(9), { length: 5, endIndex: 4 })).toThrow(ConfigError);
    expect(() => timeseriesGenerator(range(9), range(9), { length: 5, endIndex: 9 })).toThrow(ConfigError);
  });
  test("gaps in data or targets that are used", () => {
    const gappy = [null, ...range(9)];
    expect(() => timeseriesGenerator(gappy, range(10), { length: 2 })).toThrow(/row 0 of the data/);
    expect(timeseriesGenerator(gappy, gappy, { length: 2, startIndex: 1 }).windows).toBe(7);
    const late = [...range(9), null];
    expect(() => timeseriesGenerator(range(10), late, { length: 2 })).toThrow(/row 9 of the targets/);
  });
  test("unknown options", () => {
    expect(() => timeseriesGenerator(range(9), range(9), { lenght: 2 } as never)).toThrow(/`length`/);
  });
});
