import { describe, expect, it } from "vitest";
import { createRandom } from "../../../../src/random.js";
import { pooledSeasons } from "../../../../src/series/analysis/pooled-seasons.js";

const many = (n: number, make: (t: number, noise: () => number, i: number) => number, length: number) =>
  Array.from({ length: n }, (_, i) => {
    const random = createRandom(i + 1);
    return Float64Array.from({ length }, (_, t) => make(t, () => random.normal(), i));
  });

describe("pooledSeasons", () => {
  it("finds a season that each short series alone is too noisy to show", () => {
    const series = many(60, (t, noise, i) => Math.sin((2 * Math.PI * (t + i)) / 12) + 0.6 * noise(), 40);
    expect(pooledSeasons(series)).toMatchObject({ short: 12, long: null });
  });

  it("finds a day in a week, whatever the phase of each series", () => {
    const series = many(
      20,
      (t, noise, i) =>
        3 * Math.sin((2 * Math.PI * (t + i)) / 8) +
        ((t + i) % 56 < 16 ? 2 * Math.cos((2 * Math.PI * t) / 8) : 0) +
        0.3 * noise(),
      400,
    );
    expect(pooledSeasons(series)).toMatchObject({ short: 8, long: 56 });
  });

  it("finds none in random walks and in noise", () => {
    const walk = (): Float64Array[] =>
      many(40, (_, noise) => noise(), 200).map((steps) => {
        let level = 0;
        return steps.map((step) => {
          level += step;
          return level;
        });
      });
    expect(pooledSeasons(walk()).short).toBeNull();
    expect(pooledSeasons(many(40, (_, noise) => noise(), 200)).short).toBeNull();
    expect(pooledSeasons([new Float64Array(50).fill(3)]).short).toBeNull();
  });
});
