import { describe, expect, it } from "vitest";
import { createRandom } from "../../../../src/index.js";
import { findOutliers } from "../../../../src/report/summary/outliers.js";

const noise = (n: number): number[] => {
  const random = createRandom(3);
  return Array.from({ length: n }, () => random.normal());
};

describe("findOutliers", () => {
  it("finds a spike in noise, with what stands around it", () => {
    const values = noise(500);
    values[200] = 30;
    const found = findOutliers(values);
    expect(found.map(({ row }) => row)).toEqual([200]);
    expect(found[0]!.value).toBe(30);
    expect(found[0]!.neighbours).toBe((values[199]! + values[201]!) / 2);
  });

  it("finds none in noise alone, in a trend with a season, or in a step to a new level", () => {
    expect(findOutliers(noise(2000))).toEqual([]);
    expect(findOutliers(Array.from({ length: 300 }, (_, t) => 0.1 * t + 5 * Math.sin(t / 4)))).toEqual([]);
    expect(findOutliers(noise(200).map((value, t) => value + (t < 100 ? 0 : 40)))).toEqual([]);
  });

  it("finds a spike in a series that otherwise never moves", () => {
    const values = new Array<number>(100).fill(7);
    values[50] = -1;
    expect(findOutliers(values).map(({ row }) => row)).toEqual([50]);
  });

  it("passes over gaps and series too short to have neighbours", () => {
    const values = noise(100);
    values[40] = 50;
    values[41] = Number.NaN;
    expect(findOutliers(values).map(({ row }) => row)).toEqual([40]);
    expect(findOutliers([1, 900])).toEqual([]);
  });
});
