import { describe, expect, it } from "vitest";
import { sourceOf } from "../../../src/cli/files/model-file.js";
import { continuation } from "../../../src/cli/future.js";
import type { NamedSeries } from "../../../src/report/summary/series-summary.js";

const DAY = 86_400_000;

function series(from: number, count: number, dated = true): NamedSeries {
  const times = Float64Array.from({ length: count }, (_, i) => Date.UTC(2024, 0, 1) + (from + i) * DAY);
  const values = Float64Array.from({ length: count }, (_, i) => from + i);
  const dates = Array.from(times, (time) => new Date(time).toISOString().slice(0, 10));
  return { path: "new.csv", target: "y", unit: undefined, values, ...(dated ? { dates, times } : {}) };
}

/** A model that learnt from the first 24 of 30 rows. */
const source = (dated = true) => sourceOf(series(0, 30, dated), undefined, 24, 5);

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

  it("not across rows that are missing", () => {
    expect(() => continuation(source(), series(33, 4))).toThrow(
      "new.csv: the first newer row is 2024-02-03, but the model knows rows up to 2024-01-30; 2024-01-31 should come next.",
    );
  });

  it("with gaps as they are, through JSON", () => {
    const gappy = series(0, 30);
    gappy.values[27] = Number.NaN;
    const stored = JSON.parse(JSON.stringify(sourceOf(gappy, "day", 24, 5))) as ReturnType<typeof sourceOf>;
    expect([...continuation(stored, undefined).history]).toEqual([24, 25, 26, Number.NaN, 28, 29]);
  });
});
