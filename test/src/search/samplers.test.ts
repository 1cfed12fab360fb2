import { describe, expect, it } from "vitest";
import { createRandom } from "../../../src/random.js";
import { parzen, placeOf, recencyWeights } from "../../../src/search/parzen.js";
import { gridSampler } from "../../../src/search/samplers/grid.js";
import { randomSampler } from "../../../src/search/samplers/random.js";
import { sobolSampler } from "../../../src/search/samplers/sobol.js";
import { tpeSampler } from "../../../src/search/samplers/tpe.js";
import {
  choice,
  type Distribution,
  dimensionsOf,
  int,
  logUniform,
  uniform,
} from "../../../src/search/space.js";

const unitSpace = (count: number) =>
  dimensionsOf(Object.fromEntries(Array.from({ length: count }, (_, d) => [`x${d}`, uniform(0, 1)])));

describe("sobol", () => {
  // scipy 1.10: qmc.Sobol(5, scramble=False).random(8)
  const points = [
    [0, 0, 0, 0, 0],
    [0.5, 0.5, 0.5, 0.5, 0.5],
    [0.75, 0.25, 0.25, 0.25, 0.75],
    [0.25, 0.75, 0.75, 0.75, 0.25],
    [0.375, 0.375, 0.625, 0.875, 0.375],
    [0.875, 0.875, 0.125, 0.375, 0.875],
    [0.625, 0.125, 0.875, 0.625, 0.625],
    [0.125, 0.625, 0.375, 0.125, 0.125],
  ];

  it("has scipy's points, but for a shift of their bits", () => {
    const sampler = sobolSampler(unitSpace(5), 0);
    const bits = (number: number, d: number): number =>
      Math.floor((sampler.propose(number, [])[`x${d}`] as number) * 2 ** 32);
    points.forEach((point, number) => {
      point.forEach((value, d) => {
        expect((bits(number, d) ^ bits(0, d)) >>> 0).toBe(value * 2 ** 32);
      });
    });
  });

  it("puts one point into each of 64 boxes, in every pair of 60 dimensions' first and last", () => {
    const sampler = sobolSampler(unitSpace(60), 7);
    const drawn = Array.from({ length: 64 }, (_, n) => sampler.propose(n, []));
    for (const d of [0, 1, 30, 59]) {
      const boxes = new Set(drawn.map((point) => Math.floor((point[`x${d}`] as number) * 64)));
      expect(boxes.size).toBe(64);
    }
    expect(() => sobolSampler(unitSpace(61), 0)).toThrow(/at most 60 dimensions/);
  });
});

describe("grid", () => {
  it("lists every combination once", () => {
    const sampler = gridSampler(
      dimensionsOf({ a: choice(["x", "y"]), b: int(1, 3), c: uniform(0, 0.5, { step: 0.25 }) }),
    );
    expect(sampler.size).toBe(18);
    const all = Array.from({ length: 18 }, (_, n) => JSON.stringify(sampler.propose(n, [])));
    expect(new Set(all).size).toBe(18);
    expect(JSON.parse(all[0]!)).toEqual({ a: "x", b: 1, c: 0 });
    expect(JSON.parse(all[17]!)).toEqual({ a: "y", b: 3, c: 0.5 });
  });

  it("refuses real numbers, by name", () => {
    expect(() => gridSampler(dimensionsOf({ rate: logUniform(0.1, 1) }))).toThrow(/`rate`/);
  });
});

describe("the Parzen density", () => {
  const distributions: [string, Distribution, unknown[]][] = [
    ["real", uniform(-2, 6), [-2, 0, 0.1, 5.9]],
    ["log", logUniform(1e-3, 10), [1e-3, 0.1, 3]],
    ["one observation", uniform(0, 1), [0.9]],
    ["none", uniform(0, 1), []],
  ];
  it.each(distributions)("of a %s dimension has the area 1", (_, distribution, seen) => {
    const density = parzen(
      [distribution],
      seen.map((value) => [placeOf(distribution, value)]),
    );
    const steps = 20_000;
    let area = 0;
    for (let i = 0; i < steps; i++) area += density.density([(i + 0.5) / steps]) / steps;
    expect(area).toBeCloseTo(1, 6);
  });

  it.each([
    ["choice", choice(["a", "b", "c"]), ["a", "a", "b"], [0, 1, 2]],
    ["int", int(3, 6), [3, 3, 6], [0.125, 0.375, 0.625, 0.875]],
    ["stepped", uniform(0, 1, { step: 0.5 }), [0.5], [1 / 6, 0.5, 5 / 6]],
  ] as [string, Distribution, unknown[], number[]][])(
    "of a %s sums to 1 over its values",
    (_, distribution, seen, places) => {
      const { density } = parzen(
        [distribution],
        seen.map((value) => [placeOf(distribution, value)]),
      );
      expect(places.reduce((sum, place) => sum + density([place]), 0)).toBeCloseTo(1, 12);
    },
  );

  it("sums to 1 over whole numbers by their logarithm", () => {
    const distribution = int(2, 9, { log: true });
    const { density } = parzen([distribution], [[placeOf(distribution, 4)]]);
    const values = [2, 3, 4, 5, 6, 7, 8, 9];
    expect(values.reduce((sum, value) => sum + density([placeOf(distribution, value)]), 0)).toBeCloseTo(
      1,
      12,
    );
    expect(density([placeOf(distribution, 4)])).toBeGreaterThan(density([placeOf(distribution, 9)]));
  });

  it("is drawn from as it says", () => {
    const density = parzen([uniform(0, 1)], [[0.2], [0.25]]);
    const random = createRandom(5);
    const drawn = Array.from({ length: 20_000 }, () => density.draw(random)[0]!);
    let expected = 0;
    for (let i = 0; i < 3000; i++) expected += density.density([(i + 0.5) / 10_000]) / 10_000;
    // Four standard errors of a share of 20,000 draws.
    expect(Math.abs(drawn.filter((x) => x < 0.3).length / 20_000 - expected)).toBeLessThan(0.0142);
    expect(drawn.every((x) => x >= 0 && x <= 1)).toBe(true);
  });

  it("of two dimensions together has the area 1, and knows that they belong together", () => {
    const { density } = parzen(
      [uniform(0, 1), uniform(0, 1)],
      [
        [0.2, 0.2],
        [0.8, 0.8],
      ],
    );
    let area = 0;
    for (let i = 0; i < 200; i++)
      for (let k = 0; k < 200; k++) area += density([(i + 0.5) / 200, (k + 0.5) / 200]) / 40_000;
    expect(area).toBeCloseTo(1, 4);
    expect(density([0.2, 0.2])).toBeGreaterThan(3 * density([0.2, 0.8]));
  });

  it("weighs the last 25 observations fully, older ones down to 1/n", () => {
    expect([...recencyWeights(3)]).toEqual([1, 1, 1]);
    const weights = recencyWeights(30);
    expect(weights[0]).toBeCloseTo(1 / 30, 12);
    expect([...weights.slice(4)]).toEqual(Array(26).fill(1));
    expect(weights[2]).toBeCloseTo((1 + 1 / 30) / 2, 12);
  });
});

describe("tpe", () => {
  const dimensions = dimensionsOf({ x: uniform(0, 1), cell: choice(["good", "bad"]) });
  const finished = Array.from({ length: 40 }, (_, number) => {
    const params = randomSampler(dimensions, 3).propose(number, []);
    return {
      number,
      params,
      loss: ((params.x as number) - 0.7) ** 2 + (params.cell === "good" ? 0 : 1),
      steps: Number.POSITIVE_INFINITY,
    };
  });

  it("draws at random until ten trials are known, then near the good ones", () => {
    const sampler = tpeSampler(dimensions, 3);
    expect(sampler.propose(5, finished.slice(0, 5))).toEqual(randomSampler(dimensions, 3).propose(5, []));
    const proposals = Array.from({ length: 60 }, (_, i) => sampler.propose(40 + i, finished));
    expect(proposals.filter(({ cell }) => cell === "good").length).toBeGreaterThan(45);
    const distance = proposals.reduce((sum, { x }) => sum + Math.abs((x as number) - 0.7), 0) / 60;
    // At random it is 0.29.
    expect(distance).toBeLessThan(0.15);
  });

  it("does not learn from failed trials, and ranks those given up behind complete ones", () => {
    const sampler = tpeSampler(dimensions, 3);
    const failed = finished.map((trial, i) =>
      i < 35 ? { ...trial, loss: Number.POSITIVE_INFINITY } : trial,
    );
    expect(sampler.propose(40, failed)).toEqual(randomSampler(dimensions, 3).propose(40, []));
    const pruned = finished.map((trial) => ({
      ...trial,
      loss: -1,
      steps: 3,
      params: { x: 0.05, cell: "bad" },
    }));
    const proposals = Array.from({ length: 30 }, (_, i) => sampler.propose(80 + i, [...finished, ...pruned]));
    expect(proposals.filter(({ cell }) => cell === "good").length).toBeGreaterThan(20);
  });

  it("depends on seed, number and observations alone", () => {
    const again = tpeSampler(dimensions, 3);
    for (let number = 40; number < 44; number++) {
      expect(again.propose(number, finished)).toEqual(tpeSampler(dimensions, 3).propose(number, finished));
    }
    expect(tpeSampler(dimensions, 4).propose(40, finished)).not.toEqual(again.propose(40, finished));
  });
});
