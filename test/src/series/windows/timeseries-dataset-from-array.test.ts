import { describe, expect, test } from "vitest";
import { ConfigError, DataError, ShapeError } from "../../../../src/errors.js";
import { timeseriesDatasetFromArray } from "../../../../src/series/windows/timeseries-dataset-from-array.js";
import type { InputBatch } from "../../../../src/series/windows/window-dataset.js";
import { tensor } from "../../../../src/tensor.js";
import { fc } from "../../../support/property.js";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** The windows of a plain series, one array each, over all batches. */
const windowsOf = (dataset: Iterable<InputBatch>): number[][] =>
  [...dataset].flatMap(({ x }) => {
    const [batch, time, features] = x.shape as [number, number, number];
    expect(features).toBe(1);
    return range(batch).map((i) => Array.from(x.data.subarray(i * time, (i + 1) * time)));
  });

describe("timeseriesDatasetFromArray cuts as Keras does", () => {
  test("99 values, length 10, rate 2, stride 3: 27 windows, first 0 2 … 18, last 78 80 … 96", () => {
    const dataset = timeseriesDatasetFromArray(range(99), null, {
      sequenceLength: 10,
      samplingRate: 2,
      sequenceStride: 3,
    });
    const windows = windowsOf(dataset);
    expect(windows).toHaveLength(27);
    expect(dataset.windows).toBe(27);
    expect(windows[0]).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
    expect(windows.at(-1)).toEqual([78, 80, 82, 84, 86, 88, 90, 92, 94, 96]);
  });

  test("the target is the one at the window's first row: data[:-10], targets data[10:] forecast one step", () => {
    const data = range(100);
    const dataset = timeseriesDatasetFromArray(data.slice(0, -10), data.slice(10), { sequenceLength: 10 });
    const [batch] = [...dataset];
    expect(batch!.x.shape).toEqual([81, 10, 1]);
    expect(Array.from(batch!.x.data.slice(0, 10))).toEqual(range(10));
    expect(batch!.y.shape).toEqual([81]);
    expect(batch!.y.data[0]).toBe(10);
    expect(batch!.y.data[80]).toBe(90);
  });

  test("no more windows than targets", () => {
    const [batch] = [...timeseriesDatasetFromArray(range(20), range(6), { sequenceLength: 3 })];
    expect(batch!.x.shape).toEqual([6, 3, 1]);
  });

  test("startIndex and an exclusive endIndex cut data and targets alike", () => {
    const data = range(30);
    const targets = data.map((value) => value * 10);
    const options = { sequenceLength: 4, startIndex: 5, endIndex: 12 };
    const [batch] = [...timeseriesDatasetFromArray(data, targets, options)];
    // n = 12 - 5 - 3 = 4 windows; the last reaches row 11.
    expect(batch!.x.shape).toEqual([4, 4, 1]);
    expect(Array.from(batch!.x.data.slice(-4))).toEqual([8, 9, 10, 11]);
    expect(Array.from(batch!.y.data)).toEqual([50, 60, 70, 80]);
    const whole = timeseriesDatasetFromArray(data, targets, { sequenceLength: 4, endIndex: 0 });
    expect(whole.windows).toBe(27);
  });

  test("the last batch may be smaller", () => {
    const dataset = timeseriesDatasetFromArray(range(20), range(20), { sequenceLength: 3, batchSize: 8 });
    expect([...dataset].map(({ x }) => x.shape[0])).toEqual([8, 8, 2]);
    expect(dataset.length).toBe(3);
  });

  test("128 windows a batch is the default", () => {
    expect(
      [...timeseriesDatasetFromArray(range(140), null, { sequenceLength: 2 })].map(({ x }) => x.shape[0]),
    ).toEqual([128, 11]);
  });
});

describe("timeseriesDatasetFromArray", () => {
  test("keeps features, rows of targets and further axes", () => {
    const rows = range(6).map((t) => [t, t * 10]);
    const [batch] = [...timeseriesDatasetFromArray(rows, rows, { sequenceLength: 2 })];
    expect(batch!.x.shape).toEqual([5, 2, 2]);
    expect(Array.from(batch!.x.data.slice(0, 4))).toEqual([0, 0, 1, 10]);
    expect(batch!.y.shape).toEqual([5, 2]);
    const images = tensor(new Float32Array(24), [6, 2, 2]);
    expect([...timeseriesDatasetFromArray(images, null, { sequenceLength: 3 })][0]!.x.shape).toEqual([
      4, 3, 2, 2,
    ]);
  });

  test("can be iterated again, in the same order without shuffle", () => {
    const dataset = timeseriesDatasetFromArray(range(9), range(9), { sequenceLength: 3, batchSize: 4 });
    expect([...dataset]).toEqual([...dataset]);
  });

  test("shuffles all windows anew for each pass, the same for the same seed, targets along", () => {
    const options = { sequenceLength: 3, batchSize: 8, shuffle: true, seed: 5 };
    const make = () => timeseriesDatasetFromArray(range(50), range(50), options);
    const first = make();
    const passes = [windowsOf(first), windowsOf(first)];
    expect(passes[0]).not.toEqual(passes[1]);
    const second = make();
    expect([windowsOf(second), windowsOf(second)]).toEqual(passes);
    for (const pass of passes) expect(pass.map(([start]) => start!).sort((a, b) => a - b)).toEqual(range(48));
    for (const { x, y } of make()) {
      range(x.shape[0]!).forEach((i) => {
        expect(y.data[i]).toBe(x.data[i * 3]);
      });
    }
  });

  test("no window reads outside its rows, whatever the options", () => {
    const options = fc.record({
      sequenceLength: fc.integer({ min: 1, max: 6 }),
      sequenceStride: fc.integer({ min: 1, max: 4 }),
      samplingRate: fc.integer({ min: 1, max: 3 }),
      batchSize: fc.integer({ min: 1, max: 7 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 40 }), options, (n, given) => {
        const starts = [...timeseriesDatasetFromArray(range(n), range(n), given)].flatMap(({ x, y }) => {
          range(x.shape[0]!).forEach((i) => {
            const window = Array.from(
              x.data.subarray(i * given.sequenceLength, (i + 1) * given.sequenceLength),
            );
            expect(window).toEqual(
              range(given.sequenceLength).map((k) => y.data[i]! + k * given.samplingRate),
            );
          });
          return Array.from(y.data);
        });
        const reach = (given.sequenceLength - 1) * given.samplingRate;
        expect(starts).toEqual(range(n - reach).filter((start) => start % given.sequenceStride === 0));
      }),
    );
  });
});

describe("timeseriesDatasetFromArray refuses", () => {
  const data = range(20);
  test("a series too short for one window", () => {
    expect(() => timeseriesDatasetFromArray(data, null, { sequenceLength: 21 })).toThrow(ShapeError);
    expect(() => timeseriesDatasetFromArray(data, null, { sequenceLength: 8, samplingRate: 3 })).toThrow(
      /22 are needed/,
    );
  });
  test("targets that end before the last window's", () => {
    const options = { sequenceLength: 2, startIndex: 10 };
    expect(() => timeseriesDatasetFromArray(data, range(15), options)).toThrow(/row 18.*15 targets/);
  });
  test("an endIndex that Keras refuses: the number of rows, or not past the start", () => {
    expect(() => timeseriesDatasetFromArray(data, null, { sequenceLength: 2, endIndex: 20 })).toThrow(
      ConfigError,
    );
    expect(() =>
      timeseriesDatasetFromArray(data, null, { sequenceLength: 2, startIndex: 5, endIndex: 5 }),
    ).toThrow(ConfigError);
    expect(() => timeseriesDatasetFromArray(data, null, { sequenceLength: 2, startIndex: 20 })).toThrow(
      ConfigError,
    );
  });
  test("a rate or stride as long as the series", () => {
    expect(() => timeseriesDatasetFromArray(data, null, { sequenceLength: 1, samplingRate: 20 })).toThrow(
      ConfigError,
    );
    expect(() => timeseriesDatasetFromArray(data, null, { sequenceLength: 1, sequenceStride: 20 })).toThrow(
      ConfigError,
    );
  });
  test("gaps in the rows used, and only there", () => {
    const gappy = [null, ...data];
    expect(() => timeseriesDatasetFromArray(gappy, null, { sequenceLength: 2 })).toThrow(
      /row 0 of the data is NaN/,
    );
    expect(timeseriesDatasetFromArray(gappy, null, { sequenceLength: 2, startIndex: 1 }).windows).toBe(19);
    const targets = data.map((value) => (value === 7 ? null : value));
    expect(() => timeseriesDatasetFromArray(data, targets, { sequenceLength: 2 })).toThrow(DataError);
  });
  test("unknown options, and a seed nobody would read", () => {
    expect(() => timeseriesDatasetFromArray(data, null, { sequence_length: 2 } as never)).toThrow(
      /sequenceLength/,
    );
    expect(() => timeseriesDatasetFromArray(data, null, { sequenceLength: 2, seed: 1 })).toThrow(/`seed`/);
  });
});
