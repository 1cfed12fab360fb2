import { describe, expect, it } from "vitest";
import { autoregressive, mulberry32, sawtooth } from "../../../../bench/faults/series.js";
import { examine } from "../../../../src/doctor/examine.js";
import { createRandom } from "../../../../src/random.js";

const WINDOW = 16;

interface Examples {
  readonly x: number[][][];
  readonly y: number[];
}

/** Windows, and for each a class: whether what follows lies above zero. */
function windows(values: readonly number[], from: number, to: number): Examples {
  const ends = Array.from({ length: to - from - WINDOW }, (_, i) => from + i + WINDOW);
  return {
    x: ends.map((end) => values.slice(end - WINDOW, end).map((value) => [value])),
    y: ends.map((end) => (values[end]! > 0 ? 1 : 0)),
  };
}
const codes = (train: Examples, held: Examples): string[] =>
  examine({ ...train, validationData: [held.x, held.y] }).map(({ code }) => code);
const inTime = (values: readonly number[]): string[] => {
  const cut = Math.floor(0.8 * values.length);
  return codes(windows(values, 0, cut), windows(values, cut - WINDOW, values.length));
};
const atRandom = (values: readonly number[]): string[] => {
  const all = windows(values, 0, values.length);
  const order = [...createRandom(3).permutation(all.y.length)];
  const pickAll = (places: number[]): Examples => ({
    x: places.map((i) => all.x[i]!),
    y: places.map((i) => all.y[i]!),
  });
  const cut = Math.floor(0.8 * order.length);
  return codes(pickAll(order.slice(0, cut)), pickAll(order.slice(cut)));
};

describe("duplicate_windows_across_split", () => {
  it("is seen by the windows alone, whatever the target", () => {
    const values = autoregressive(300, 5, 0.7);
    expect(inTime(values)).toEqual([]);
    expect(atRandom(values)).toEqual(["duplicate_windows_across_split"]);
  });

  it("is none where counts and roundings read alike by chance", () => {
    const uniform = mulberry32(6);
    const counts = Array.from({ length: 600 }, (_, t) => {
      const mean = 2 + 1.5 * Math.sin((2 * Math.PI * t) / 12);
      let [count, product] = [-1, 1];
      for (const bound = Math.exp(-mean); product > bound; count++) product *= uniform();
      return count - 2;
    });
    expect(inTime(counts)).not.toContain("duplicate_windows_across_split");
    expect(atRandom(counts)).toContain("duplicate_windows_across_split");
    const rounded = sawtooth(500, 2, 12, 0.05).map((value) => Math.round(4 * value) / 4);
    expect(inTime(rounded)).not.toContain("duplicate_windows_across_split");
  });

  it("is none where a series repeats itself exactly: its future is known by nature", () => {
    expect(inTime(Array.from({ length: 400 }, (_, t) => Math.sin((2 * Math.PI * t) / 16)))).not.toContain(
      "duplicate_windows_across_split",
    );
  });

  it("is seen in windows of letters, which have no axis of features", () => {
    const uniform = mulberry32(9);
    const text = Array.from({ length: 500 }, () => Math.floor(30 * uniform()));
    const all = Array.from({ length: 480 }, (_, n) => ({ x: text.slice(n, n + 20), y: text[n + 20]! }));
    const split = (examples: typeof all): string[] => {
      const [train, held] = [examples.slice(0, 360), examples.slice(360)];
      return examine({
        x: train.map(({ x }) => x),
        y: train.map(({ y }) => y),
        validationData: [held.map(({ x }) => x), held.map(({ y }) => y)],
      }).map(({ code }) => code);
    };
    const order = [...createRandom(4).permutation(all.length)];
    expect(split(order.map((n) => all[n]!))).toContain("duplicate_windows_across_split");
    expect(split(all)).not.toContain("duplicate_windows_across_split");
  });
});
