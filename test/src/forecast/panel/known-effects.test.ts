import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError, DataError } from "../../../../src/errors.js";
import { forecaster, loadForecaster, type PanelForecaster } from "../../../../src/forecast/forecaster.js";
import { fitKnownEffects } from "../../../../src/forecast/panel/known-effects.js";
import type { OpenSeries } from "../../../../src/forecast/panel/open-panel.js";
import { transformFrom } from "../../../../src/forecast/panel/transform.js";
import { createRandom } from "../../../../src/random.js";

const random = createRandom(5);
const ROWS = 140;
const PROMOTED = 25;

/** A store: a week's season, noise of 2, and 25 more on promoted days, which come at random. */
function store(rows: number): { promo: number[]; sales: number[] } {
  const promo = Array.from({ length: rows }, () => (random.uniform() < 0.3 ? 1 : 0));
  const level = 60 + 20 * random.uniform();
  const sales = promo.map(
    (p, t) => level + 10 * Math.sin((2 * Math.PI * t) / 7) + PROMOTED * p + 2 * random.normal() - 70,
  );
  return { promo, sales };
}
const whole = Object.fromEntries(["a", "b", "c", "d"].map((id) => [id, store(ROWS + 7)]));
const known = Object.fromEntries(
  Object.entries(whole).map(([id, { promo, sales }]) => [
    id,
    { columns: { sales: sales.slice(0, ROWS), promo: promo.slice(0, ROWS) }, target: "sales" },
  ]),
);
const future = Object.fromEntries(
  Object.entries(whole).map(([id, { promo }]) => [id, { promo: promo.slice(ROWS) }]),
);
const OPTIONS = { horizon: 7, units: 4, epochs: 2, members: 1, seed: 1 };

const errorOf = (means: Record<string, { mean: number[] }>): number => {
  const errors = Object.entries(whole).flatMap(([id, { sales }]) =>
    means[id]!.mean.map((value, h) => Math.abs(value - sales[ROWS + h]!)),
  );
  return errors.reduce((sum, error) => sum + error / errors.length, 0);
};

describe("columns known ahead", () => {
  let model: PanelForecaster<typeof known>;
  beforeAll(async () => {
    model = await forecaster({ ...OPTIONS, known: ["promo"] }).fit({ panel: known });
  });
  afterAll(() => model.dispose());

  it("tell of the steps ahead what no past tells", async () => {
    const without = await forecaster(OPTIONS).fit({ panel: known });
    const blind = errorOf(await without.forecast());
    without.dispose();
    const seeing = errorOf(await model.forecast({ future }));
    // Promotions alone miss by 25 on a third of the days; noise has a mean size of 1.6.
    expect(blind).toBeGreaterThan(7);
    expect(seeing).toBeLessThan(4);
  });

  it("are said, with what one more unit is worth", () => {
    const choice = model.explain().find(({ option }) => option === "known");
    expect(choice?.value).toEqual(["promo"]);
    expect(choice?.reason).toMatch(/explain \d+ % of the changes over a season/);
  });

  it("a promotion moves the forecast by what it is worth, and only on its day", async () => {
    const plain = await model.forecast({ future: { ...future, a: { promo: [0, 0, 0, 0, 0, 0, 0] } } });
    const promoted = await model.forecast({ future: { ...future, a: { promo: [0, 0, 1, 0, 0, 0, 0] } } });
    const moved = promoted.a!.mean.map((value, h) => value - plain.a!.mean[h]!);
    expect(moved[2]).toBeGreaterThan(PROMOTED - 4);
    expect(moved[2]).toBeLessThan(PROMOTED + 4);
    moved.splice(2, 1);
    for (const other of moved) expect(Math.abs(other)).toBeLessThan(1e-9);
  });

  it("survive saving, serve newer rows and series never seen", async () => {
    const loaded = loadForecaster<typeof known>(await model.save());
    expect(await loaded.forecast({ future })).toEqual(await model.forecast({ future }));
    loaded.dispose();
    const fresh = store(80);
    const history = { new: { columns: { sales: fresh.sales, promo: fresh.promo }, target: "sales" } };
    const on = await model.forecast({ history, future: { new: { promo: [1, 1, 1, 1, 1, 1, 1] } } });
    const off = await model.forecast({ history, future: { new: { promo: [0, 0, 0, 0, 0, 0, 0] } } });
    // A series never seen has the effect of the mean of all, in units of its own mean size.
    expect(on.new.mean[0]! - off.new.mean[0]!).toBeGreaterThan(0.6 * PROMOTED);
  });

  it("are taken from the rows themselves in a backtest", async () => {
    const panel = Object.fromEntries(
      Object.entries(whole).map(([id, { promo, sales }]) => [
        id,
        { columns: { sales, promo }, target: "sales" },
      ]),
    );
    const results = await model.backtest({ panel }, { start: ROWS, horizon: 7 });
    for (const { metrics, baselines } of Object.values(results))
      expect(metrics.mae).toBeLessThan(0.6 * baselines["seasonal naive"]!.mae!);
  });

  it("are asked for where they are missing, and refused where they belong to nothing", async () => {
    await expect(model.forecast()).rejects.toThrow(
      /column "promo" of series `a` is known ahead.*next 7 values/,
    );
    await expect(model.forecast({ future: { ...future, e: future.a! } })).rejects.toThrow(/series `e`/);
    await expect(model.forecast({ future: { ...future, a: { prom: [1] } } })).rejects.toThrow(/"prom"/);
    await expect(forecaster({ ...OPTIONS, known: ["price"] }).fit({ panel: known })).rejects.toThrow(
      DataError,
    );
    await expect(forecaster({ known: ["promo"] }).fit([1, 2, 3])).rejects.toThrow(ConfigError);
    expect(() => forecaster({ known: ["a", "a"] })).toThrow(ConfigError);
  });
});

describe("fitKnownEffects", () => {
  const open = (id: string, target: number[], x: number[]): OpenSeries =>
    ({
      id,
      raw: { names: ["y", "x"], target: 0 },
      target: Float64Array.from(target),
      others: [Float64Array.from(x)],
    }) as unknown as OpenSeries;
  const plain = transformFrom(false, 1, false);
  const effectsOf = (series: OpenSeries[], rows = 60) =>
    fitKnownEffects(
      series,
      series.map(() => plain),
      series.map(() => rows),
      { places: [0], names: ["x"] },
      1,
    );
  const noise = Array.from({ length: 60 }, () => random.normal());
  const x = Array.from({ length: 60 }, () => random.normal());

  it("finds what a unit is worth in each series, drawn towards the mean of all", () => {
    const series = [3, 5].map((effect, i) =>
      open(
        String(i),
        x.map((value, t) => effect * value + 0.1 * t + 0.05 * noise[t]!),
        x,
      ),
    );
    const { bySeries, pooled } = effectsOf(series);
    expect(pooled[0]).toBeGreaterThan(3);
    expect(pooled[0]).toBeLessThan(5);
    const [low, high] = [bySeries.get("0")![0]!, bySeries.get("1")![0]!];
    expect(low).toBeGreaterThan(2.9);
    expect(low).toBeLessThan(pooled[0]!);
    expect(high).toBeGreaterThan(pooled[0]!);
    expect(high).toBeLessThan(5.1);
  });
  it("finds nothing in chance, and nothing in a column that never changes", () => {
    expect(effectsOf([open("a", noise, x)]).pooled).toEqual([0]);
    expect(effectsOf([open("a", noise, new Array<number>(60).fill(1))]).pooled).toEqual([0]);
  });
  it("looks at no row after those it is given", () => {
    const before = [...x.slice(0, 40).map((value) => 2 * value), ...new Array<number>(20).fill(0)];
    const after = [...before.slice(0, 40), ...noise.slice(40).map((value) => 1000 * value)];
    expect(effectsOf([open("a", after, x)], 40)).toEqual(effectsOf([open("a", before, x)], 40));
  });
});
