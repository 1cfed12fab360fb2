import { describe, expect, it } from "vitest";
import type { Chain } from "../../../src/forecast/chain/chain.js";
import { errorUnit, toRawUnits } from "../../../src/forecast/chain/chain.js";
import { calibrate, conformalOffset } from "../../../src/forecast/choose/calibration.js";
import { splitRows } from "../../../src/forecast/choose/split.js";
import { shrunkWeights } from "../../../src/forecast/choose/weights.js";
import { forecaster } from "../../../src/forecast/forecaster.js";
import { readOptions } from "../../../src/forecast/options.js";
import { readSafetensors } from "../../../src/formats/safetensors-file.js";
import { createRandom } from "../../../src/random.js";
import { difference } from "../../../src/series/prepare/difference.js";
import { autoregressive, quick } from "./support.js";

describe("from the chain's space to raw units, by hand", () => {
  // Growth of 2 % a month and a season of four, without noise: what comes is known to all digits.
  const value = (t: number): number => 1000 * 1.02 ** t * [1.2, 0.8, 1, 1][t % 4]!;
  const growing = Array.from(
    { length: 72 },
    (_, t) => value(t) * (1 + 1e-4 * (((t * t * 7919) % 101) / 50 - 1)),
  );

  it("logarithm and season: smoothing goes on with both, and the quantiles are in raw units", async () => {
    const model = await forecaster({
      ...quick,
      horizon: 6,
      log: true,
      season: 4,
      model: "hybrid",
      carrier: "smoothing",
    }).fit(growing);
    const { mean, quantiles } = await model.forecast({ quantiles: [0.1, 0.9] });
    mean.forEach((forecast, h) => {
      const actual = value(72 + h);
      expect(Math.abs(forecast / actual - 1)).toBeLessThan(2e-3);
      for (const bound of [quantiles!["0.1"]![h]!, quantiles!["0.9"]![h]!]) {
        expect(Math.abs(bound / actual - 1)).toBeLessThan(0.01);
      }
    });
    model.dispose();
  });

  it("seasonal differences: without noise the last season and its change go on", async () => {
    const rising = Array.from({ length: 60 }, (_, t) => 10 + 0.5 * t + [3, -1, -4, 2][t % 4]!);
    const model = await forecaster({
      ...quick,
      horizon: 5,
      log: false,
      season: 4,
      difference: { order: 1, lag: 4 },
      model: "lstm",
    }).fit(rising);
    const { mean } = await model.forecast();
    // Every seasonal difference is 2, so that the network has nothing to add: its targets are all 0.
    mean.forEach((forecast, h) => {
      expect(forecast).toBeCloseTo(10 + 0.5 * (60 + h) + [3, -1, -4, 2][(60 + h) % 4]!, 3);
    });
    model.dispose();
  });

  it("a series that never was negative is not forecast so, one that was may be", () => {
    const values = Float64Array.of(-2, 0, 3);
    expect(Array.from(toRawUnits({ log: false, isNonNegative: true }, values))).toEqual([0, 0, 3]);
    expect(Array.from(toRawUnits({ log: false, isNonNegative: false }, values))).toEqual([-2, 0, 3]);
    expect(Array.from(toRawUnits({ log: true, isNonNegative: true }, Float64Array.of(0)))).toEqual([1]);
  });

  it("counts get no negative bounds, and the point lies inside them", async () => {
    const random = createRandom(2);
    const counts = Array.from({ length: 150 }, () => (random.uniform() < 0.6 ? 0 : random.integer(4)));
    const model = await forecaster({ ...quick, horizon: 5 }).fit(counts);
    const { mean, quantiles } = await model.forecast({ quantiles: [0.01, 0.4, 0.6, 0.99] });
    mean.forEach((point, h) => {
      const at = (level: string): number => quantiles![level]![h]!;
      expect(at("0.01")).toBeGreaterThanOrEqual(0);
      expect(at("0.4")).toBeLessThanOrEqual(point);
      expect(at("0.6")).toBeGreaterThanOrEqual(point);
      expect(point).toBeLessThanOrEqual(at("0.99"));
    });
    model.dispose();
  });

  it("errors are measured in what the series changed of late, a quarter of the usual at the least", () => {
    // Season 2: changes over two steps are 4 for long, 40 at the end.
    const values = Float64Array.from({ length: 100 }, (_, t) => (t % 4 < 2 ? 0 : 4) * (t >= 60 ? 10 : 1));
    const chain: Pick<Chain, "season" | "change"> = { season: 2, change: 4 };
    expect(errorUnit(chain, values, 50)).toBe(4);
    expect(errorUnit(chain, values, 100)).toBe(40);
    expect(errorUnit(chain, new Float64Array(100), 100)).toBe(1);
  });
});

describe("what is learnt once more from all rows", () => {
  it("the scaler has seen them all, the last ones too", async () => {
    const steps = autoregressive(100, 0, 4).map((value, t) => (t < 80 ? value : 5 * value + 3));
    let level = 0;
    const series = steps.map((step) => (level += step));
    const model = await forecaster({
      ...quick,
      model: "lstm",
      season: null,
      log: false,
      difference: { order: 1 },
    }).fit(series);
    const { metadata } = readSafetensors(await model.save());
    const { chain } = JSON.parse(metadata.forecaster!) as {
      chain: { scaler: { columns: { mean: number }[] } };
    };
    const changes = difference(series);
    const mean = changes.reduce((a, b) => a + b, 0) / changes.length;
    expect(chain.scaler.columns[0]!.mean).toBeCloseTo(mean, 10);
    model.dispose();
  });
});

describe("constants that decide", () => {
  it("each part that judges or stops has room for four origins, by hand", () => {
    // A fifth of 20 is 4, and 1 + 4 - 1 is 4; 15 % of 16 is 3, but 4 are asked for.
    expect(splitRows(20, 1, readOptions({}))).toEqual({ head: 16, stop: 12 });
    // Nine steps ahead need 12 rows to judge and to stop.
    expect(splitRows(60, 9, readOptions({ horizon: 9 }))).toEqual({ head: 48, stop: 36 });
  });

  it("errors o steps ahead that overlap count as fewer: the same gain is believed less farther on, by hand", () => {
    const random = createRandom(8);
    const corrections = Array.from({ length: 24 }, () => new Float64Array(2).fill(random.normal()));
    const errors = corrections.map((row) => row.map((value) => 0.8 * value + 0.5 * random.normal()));
    // Outputs of one value each: both columns alike.
    for (const row of errors) row.fill(row[0]!);
    const [near, far] = shrunkWeights(errors, corrections, 2) as [number, number];
    const sum = (term: (e: number, c: number) => number): number =>
      errors.reduce((all, row, i) => all + term(row[0]!, corrections[i]![0]!), 0);
    const [ee, ec, cc] = [sum((e) => e * e), sum((e, c) => e * c), sum((_, c) => c * c)];
    const b = ec / cc;
    const weight = (n: number): number =>
      Math.min(1, b * Math.max(0, 1 - 4 / ((b * ec * (n - 1)) / (ee - b * ec))));
    expect(near).toBeCloseTo(weight(24), 12);
    expect(far).toBeCloseTo(weight(12), 12);
    expect(far).toBeLessThan(near);
  });

  it("errors that share steps widen the interval as few independent ones do, by hand", () => {
    const errors = Array.from({ length: 9 }, (_, i) => Float64Array.of(i - 4, i - 4, i - 4));
    const plain = calibrate(null, errors, 3);
    const shared = calibrate(null, errors, 3, 1);
    // Rank ⌈10 · 0.9⌉ = 9 is the largest, 4; nine, four and a half, and three independent errors.
    expect(conformalOffset(plain, 2, 0.9)).toBe(4);
    [9, 4.5, 3].forEach((m, h) => {
      expect(conformalOffset(shared, h, 0.9)).toBeCloseTo(4 * Math.sqrt((m + 1) / (m - 1)), 12);
    });
  });
});
