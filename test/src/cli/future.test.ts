import { describe, expect, it } from "vitest";
import { sourceOf } from "../../../src/cli/files/model-file.js";
import { continuation, predictFuture } from "../../../src/cli/future.js";
import { ConfigError, type Forecaster, forecaster } from "../../../src/index.js";
import type { NamedSeries } from "../../../src/report/summary/series-summary.js";

const DAY = 86_400_000;

function series(from: number, count: number, dated = true): NamedSeries {
  const times = Float64Array.from({ length: count }, (_, i) => Date.UTC(2024, 0, 1) + (from + i) * DAY);
  const values = Float64Array.from({ length: count }, (_, i) => from + i);
  const dates = Array.from(times, (time) => new Date(time).toISOString().slice(0, 10));
  return { path: "new.csv", target: "y", unit: undefined, values, ...(dated ? { dates, times } : {}) };
}

/** A model that learnt from the first 24 of 30 rows. */
const source = (dated = true) => sourceOf(series(0, 30, dated), {}, 24, 5);

describe("a forecast", () => {
  it("that is not finite is refused, and so is one of too many steps", async () => {
    const broken = { forecast: async () => ({ mean: [1, Number.NaN] }) } as unknown as Forecaster;
    await expect(predictFuture(broken, 2, undefined, new AbortController())).rejects.toThrow(
      /breaks 2 steps ahead/,
    );
    expect(() => forecaster({ horizon: 3e9 })).toThrow(/at most 100000/);
    expect(() => forecaster({ horizon: 100_000_000 })).toThrow(ConfigError);
  });
});

describe("a model file goes on", () => {
  it("from the end of its own series: the rows after the training, then the next date", () => {
    const { history, label } = continuation(source(), undefined);
    expect([...history]).toEqual([24, 25, 26, 27, 28, 29]);
    expect([label(0), label(1)]).toEqual(["2024-01-31", "2024-02-01"]);
  });

  it("from newer rows, those it knows already passed over", () => {
    for (const newer of [series(30, 4), series(10, 24), series(0, 34)]) {
      const { history, label } = continuation(source(), newer);
      expect([...history]).toEqual([24, 25, 26, 27, 28, 29, 30, 31, 32, 33]);
      expect(label(0)).toBe("2024-02-04");
    }
  });

  it("from rows without dates: a file that holds its own rows is that file grown, any other follows", () => {
    const grown = continuation(source(false), series(0, 33, false));
    expect([...grown.history]).toEqual([24, 25, 26, 27, 28, 29, 30, 31, 32]);
    const after = continuation(source(false), series(30, 3, false));
    expect([...after.history]).toEqual([...grown.history]);
    expect([grown.label(0), after.label(0)]).toEqual(["33", "33"]);
    expect(grown.hasDates).toBe(false);
  });

  it("across rows that are missing, before the newer ones and among them, which are gaps", () => {
    const newer = series(33, 4);
    const { history, label, holes } = continuation(source(), {
      ...newer,
      values: newer.values.filter((_, i) => i !== 1),
      dates: newer.dates!.filter((_, i) => i !== 1),
      times: newer.times!.filter((_, i) => i !== 1),
    });
    const gap = Number.NaN;
    expect([...history]).toEqual([24, 25, 26, 27, 28, 29, gap, gap, gap, 33, gap, 35, 36]);
    expect([holes, label(0)]).toEqual([4, "2024-02-07"]);
  });

  it("not from rows beside its steps", () => {
    const newer = series(30, 4);
    const shifted = { ...newer, times: newer.times!.map((time) => time + 3_600_000) };
    expect(() => continuation(source(), shifted)).toThrow(
      "new.csv: 2024-01-31 does not lie on the steps of the model's series, which go on with 2024-01-31, one every 1 day.",
    );
  });

  it("with gaps as they are, through JSON", () => {
    const gappy = series(0, 30);
    gappy.values[27] = Number.NaN;
    const stored = JSON.parse(JSON.stringify(sourceOf(gappy, { date: "day" }, 24, 5))) as ReturnType<
      typeof sourceOf
    >;
    expect([...continuation(stored, undefined).history]).toEqual([24, 25, 26, Number.NaN, 28, 29]);
  });
});
