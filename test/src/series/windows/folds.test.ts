import { describe, expect, test } from "vitest";
import { ConfigError, DataError } from "../../../../src/errors.js";
import { kFold, timeSeriesSplit, walkForward } from "../../../../src/series/windows/folds.js";
import { golden } from "../golden.js";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe("kFold", () => {
  for (const [nSplits, n, folds] of golden.folds.kFold) {
    test(`deals ${n} rows into ${nSplits} folds as scikit-learn`, () => {
      expect(kFold({ nSplits }).split(n)).toEqual(folds.map(([train, held]) => ({ train, test: held })));
    });
  }
  test("has 5 splits unless told", () => {
    expect(
      kFold()
        .split(7)
        .map((fold) => fold.test),
    ).toEqual([[0, 1], [2, 3], [4], [5], [6]]);
  });
  test("shuffled, still tests each row once, in ascending order, by seed", () => {
    const options = { nSplits: 3, shuffle: true, seed: 2 };
    const folds = kFold(options).split(20);
    expect(folds.flatMap((fold) => fold.test).sort((a, b) => a - b)).toEqual(range(20));
    for (const { train, test: held } of folds) {
      expect([...train, ...held].sort((a, b) => a - b)).toEqual(range(20));
      expect(held).toEqual([...held].sort((a, b) => a - b));
    }
    expect(folds.map((fold) => fold.test.length)).toEqual([7, 7, 6]);
    expect(folds).not.toEqual(kFold({ nSplits: 3 }).split(20));
    expect(kFold(options).split(20)).toEqual(folds);
  });
  test("refuses more folds than rows, one fold, and a seed nobody would read", () => {
    expect(() => kFold({ nSplits: 5 }).split(4)).toThrow(DataError);
    expect(() => kFold({ nSplits: 1 })).toThrow(ConfigError);
    expect(() => kFold({ seed: 1 })).toThrow(ConfigError);
  });
});

describe("timeSeriesSplit", () => {
  for (const [options, n, folds] of golden.folds.timeSeriesSplit) {
    test(`${n} rows with ${JSON.stringify(options)} as scikit-learn`, () => {
      const names = {
        n_splits: "nSplits",
        test_size: "testSize",
        gap: "gap",
        max_train_size: "maxTrainSize",
      };
      const given = Object.fromEntries(
        Object.entries(options).map(([name, value]) => [names[name as keyof typeof names], value]),
      );
      expect(timeSeriesSplit(given).split(n)).toEqual(folds.map(([train, held]) => ({ train, test: held })));
    });
  }
  test("refuses what scikit-learn refuses", () => {
    expect(() => timeSeriesSplit({ nSplits: 5 }).split(5)).toThrow(DataError);
    expect(() => timeSeriesSplit({ nSplits: 3, testSize: 4 }).split(12)).toThrow(DataError);
    expect(() => timeSeriesSplit({ nSplits: 3, testSize: 2, gap: 6 }).split(12)).toThrow(/gap of 6/);
    expect(() => timeSeriesSplit({ nSplits: 1 })).toThrow(ConfigError);
    expect(() => timeSeriesSplit({ testSize: 0 })).toThrow(ConfigError);
  });
});

describe("walkForward", () => {
  test("moves the origin by the horizon and trains on all before it", () => {
    expect(walkForward({ initial: 3, horizon: 2 }).split(8)).toEqual([
      { train: [0, 1, 2], test: [3, 4] },
      { train: [0, 1, 2, 3, 4], test: [5, 6] },
    ]);
  });
  test("moves by a step of its own and trains on the newest rows only", () => {
    expect(walkForward({ initial: 3, horizon: 2, step: 1, maxTrainSize: 2 }).split(6)).toEqual([
      { train: [1, 2], test: [3, 4] },
      { train: [2, 3], test: [4, 5] },
    ]);
  });
  test("refuses rows too few for one forecast", () => {
    expect(() => walkForward({ initial: 3, horizon: 2 }).split(4)).toThrow(DataError);
  });
});
