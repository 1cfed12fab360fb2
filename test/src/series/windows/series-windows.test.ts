import { describe, expect, test } from "vitest";
import { ConfigError, DataError, ShapeError } from "../../../../src/errors.js";
import { dense } from "../../../../src/layers/dense.js";
import { lstm } from "../../../../src/layers/recurrent/lstm.js";
import { sequential } from "../../../../src/model/sequential.js";
import { type CovariateSeries, seriesWindows } from "../../../../src/series/windows/series-windows.js";
import type { LabeledBatch } from "../../../../src/series/windows/window-dataset.js";
import { fc } from "../../../support/property.js";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

interface Sample {
  readonly x: number[][];
  readonly y: number[];
}

/** Every window of every batch, as rows. */
const samplesOf = (dataset: Iterable<LabeledBatch>): Sample[] =>
  [...dataset].flatMap(({ x, y }) => {
    const [size, window, features] = x.shape as [number, number, number];
    const horizon = y.shape[1]!;
    return range(size).map((i) => ({
      x: range(window).map((k) => {
        const at = (i * window + k) * features;
        return Array.from(x.data.subarray(at, at + features));
      }),
      y: Array.from(y.data.subarray(i * horizon, (i + 1) * horizon)),
    }));
  });

interface Plan {
  readonly window: number;
  readonly horizon: number;
  readonly stride: number;
}

/** Each value says what it is: series s, column c and step t, exact in float32. */
const label = (s: number, column: number, t: number): number => (s + 1) * 10_000 + column * 1000 + t;

function makeSeries(lengths: readonly number[], ahead: number): Required<Mutable>[] {
  return lengths.map((length, s) => ({
    target: range(length).map((t) => label(s, 0, t)),
    observed: range(length).map((t) => [label(s, 1, t), label(s, 2, t)]),
    known: range(length + ahead).map((t) => [label(s, 3, t)]),
    static: [label(s, 4, 0)],
  }));
}

interface Mutable {
  target: number[];
  observed: number[][];
  known: number[][];
  static: number[];
}

/** The windows by their definition, one after another. */
const expectedOf = (series: readonly Required<Mutable>[], { window, horizon, stride }: Plan) =>
  series.flatMap((one, s) =>
    range(one.target.length)
      .filter((from) => from % stride === 0 && from + window + horizon <= one.target.length)
      .map((from) => ({
        s,
        from,
        x: range(window).map((k) => [
          one.target[from + k]!,
          ...one.observed[from + k]!,
          ...one.known[from + k]!,
          ...one.known[from + k + horizon]!,
          ...one.static,
        ]),
        y: one.target.slice(from + window, from + window + horizon),
      })),
  );

const plans = fc
  .record({
    window: fc.integer({ min: 1, max: 6 }),
    horizon: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 4 }),
    batchSize: fc.integer({ min: 1, max: 7 }),
  })
  .filter(({ window, horizon }) => window >= horizon);
const lengths = fc.array(fc.integer({ min: 10, max: 18 }), { minLength: 1, maxLength: 4 });

describe("seriesWindows", () => {
  test("holds target, observed, known, known ahead and static, in this order", () => {
    const series = [
      { target: [1, 2, 3], observed: [[10], [20], [30]], known: [[100], [200], [300]], static: [7, 8] },
    ];
    const [batch] = [...seriesWindows(series, { window: 2 })];
    expect(batch!.x.shape).toEqual([1, 2, 6]);
    expect(Array.from(batch!.x.data)).toEqual([1, 10, 100, 200, 7, 8, 2, 20, 200, 300, 7, 8]);
    expect(batch!.y).toEqual({ shape: [1, 1], data: Float32Array.of(3) });
  });

  test("cuts every window of every series and no other, as defined", () => {
    fc.assert(
      fc.property(lengths, plans, (given, options) => {
        const series = makeSeries(given, 0);
        const dataset = seriesWindows(series, options);
        const expected = expectedOf(series, options);
        expect(samplesOf(dataset)).toEqual(expected.map(({ x, y }) => ({ x, y })));
        expect(dataset.windows).toBe(expected.length);
        expect(dataset.length).toBe([...dataset].length);
      }),
    );
  });

  test("changing step j of a series changes x only where j is within reach", () => {
    fc.assert(
      fc.property(lengths, plans, fc.nat(), fc.nat(), (given, options, anySeries, anyStep) => {
        const changed = anySeries % given.length;
        const j = anyStep % given[changed]!;
        const series = makeSeries(given, 0);
        const before = samplesOf(seriesWindows(series, options));
        const anchors = expectedOf(series, options);
        const pastOnly = makeSeries(given, 0);
        pastOnly[changed]!.target[j] = -1;
        pastOnly[changed]!.observed[j] = [-1, -1];
        const ahead = makeSeries(given, 0);
        ahead[changed]!.known[j] = [-1];
        const afterPast = samplesOf(seriesWindows(pastOnly, options));
        const afterKnown = samplesOf(seriesWindows(ahead, options));
        anchors.forEach(({ s, from }, i) => {
          const end = from + options.window;
          const own = s === changed && j >= from;
          if (own && j < end) expect(afterPast[i]!.x).not.toEqual(before[i]!.x);
          else expect(afterPast[i]!.x).toEqual(before[i]!.x);
          if (own && j < end + options.horizon) expect(afterKnown[i]!.x).not.toEqual(before[i]!.x);
          else expect(afterKnown[i]!.x).toEqual(before[i]!.x);
          expect(afterKnown[i]!.y).toEqual(before[i]!.y);
        });
      }),
    );
  });

  test("never reads known covariates past the end of the target", () => {
    const series = makeSeries([12], 3).map((one) => {
      const known = one.known.map((row, t) => (t < 12 ? row : [Number.NaN]));
      return { ...one, known };
    });
    const samples = samplesOf(seriesWindows(series, { window: 4, horizon: 2 }));
    expect(samples).toHaveLength(7);
    expect(samples.flatMap(({ x }) => x.flat()).every(Number.isFinite)).toBe(true);
  });

  test("the last steps of a window carry the known covariates of all steps to be forecast", () => {
    const series = [{ target: range(9), known: range(9).map((t) => [t]) }];
    for (const { x, y } of samplesOf(seriesWindows(series, { window: 4, horizon: 3 }))) {
      expect(x.slice(-3).map((row) => row[2])).toEqual(y);
    }
  });

  test("shuffles windows of all series together, anew for each pass, the same for a seed", () => {
    const series = [{ target: range(30) }, { target: range(30).map((t) => 100 + t) }];
    const make = () => seriesWindows(series, { window: 3, batchSize: 7, shuffle: true, seed: 2 });
    const dataset = make();
    const passes = [samplesOf(dataset), samplesOf(dataset)];
    expect(passes[0]).not.toEqual(passes[1]);
    const again = make();
    expect([samplesOf(again), samplesOf(again)]).toEqual(passes);
    const ordered = samplesOf(seriesWindows(series, { window: 3 }));
    for (const pass of passes) {
      expect([...pass].sort((a, b) => a.y[0]! - b.y[0]!)).toEqual(ordered);
    }
    expect([...dataset].map(({ x }) => x.shape[0])).toEqual([7, 7, 7, 7, 7, 7, 7, 5]);
  });

  test("takes typed arrays, 32 windows a batch by default, and may be iterated again", () => {
    const dataset = seriesWindows([{ target: Float64Array.from(range(40)) }], { window: 2 });
    expect([...dataset].map(({ x }) => x.shape)).toEqual([
      [32, 2, 1],
      [6, 2, 1],
    ]);
    expect([...dataset]).toEqual([...dataset]);
  });

  test("feeds model.fit", async () => {
    const series: CovariateSeries[] = [1, 2].map((level) => ({
      target: range(20).map((t) => level * (t % 2)),
      known: range(20).map((t) => [t % 2]),
      static: [level],
    }));
    const dataset = seriesWindows(series, { window: 4, horizon: 2, batchSize: 8, shuffle: true, seed: 1 });
    const model = sequential([lstm({ units: 4, inputShape: [4, 4] }), dense({ units: 2 })], { seed: 1 });
    try {
      await model.compile({ optimizer: "adam", loss: "mse" });
      const { history } = await model.fit(dataset, { epochs: 12, verbose: 0 });
      expect(history.loss!.at(-1)).toBeLessThan(history.loss![0]!);
    } finally {
      model.dispose();
    }
  });
});

describe("seriesWindows refuses", () => {
  const good = { target: range(6), known: range(6).map((t) => [t]) };
  test("no series, and a series too short, by its index", () => {
    expect(() => seriesWindows([], { window: 2 })).toThrow(DataError);
    expect(() => seriesWindows([{ target: range(6) }, { target: [1, 2] }], { window: 2 })).toThrow(
      /series\[1\] has 2 steps.*take 3/,
    );
  });
  test("columns that differ from the first series'", () => {
    expect(() => seriesWindows([good, { target: range(6) }], { window: 2 })).toThrow(ShapeError);
    expect(() =>
      seriesWindows([{ ...good, known: [[1], [2, 3], [1], [1], [1], [1]] }], { window: 2 }),
    ).toThrow(/known\[1\] has 2 values/);
  });
  test("covariates of too few steps, and observed ones from the future", () => {
    const rows = good.known;
    expect(() => seriesWindows([{ ...good, known: rows.slice(1) }], { window: 2 })).toThrow(/5 rows/);
    expect(() => seriesWindows([{ target: range(5), observed: rows }], { window: 2 })).toThrow(/`known`/);
  });
  test("gaps, by their place, and what float32 cannot hold", () => {
    expect(() => seriesWindows([{ target: [1, Number.NaN, 2] }], { window: 2 })).toThrow(
      /target\[1\] is NaN/,
    );
    expect(() => seriesWindows([{ target: [1, 1e300, 2] }], { window: 2 })).toThrow(DataError);
    expect(() => seriesWindows([{ ...good, static: [null as never] }], { window: 2 })).toThrow(/static\[0\]/);
    const known = good.known.map((row, t) => (t === 4 ? [Number.NaN] : row));
    expect(() => seriesWindows([{ ...good, known }], { window: 2 })).toThrow(/known\[4\]\[0\] is NaN/);
  });
  test("a window too short to carry the forecast steps' covariates", () => {
    expect(() => seriesWindows([good], { window: 2, horizon: 3 })).toThrow(ConfigError);
    expect(seriesWindows([{ target: range(6) }], { window: 2, horizon: 3 }).windows).toBe(2);
  });
  test("unknown options and fields, and a seed nobody would read", () => {
    expect(() => seriesWindows([good], { window: 2, horizons: 1 } as never)).toThrow(
      /Did you mean `horizon`/,
    );
    expect(() => seriesWindows([{ target: range(6), knwon: [] } as never], { window: 2 })).toThrow(/`known`/);
    expect(() => seriesWindows([good], { window: 2, seed: 1 })).toThrow(/`seed`/);
  });
});
