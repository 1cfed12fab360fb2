import { describe, expect, it } from "vitest";
import { choice, dimensionsOf, fillSpace, int, logUniform, uniform } from "../../../src/search/space.js";
import { countOf, fromUnit, valueAt } from "../../../src/search/unit.js";

const space = {
  window: choice([8, 16]),
  layers: [{ kind: "lstm", units: int(4, 32) }],
  rate: logUniform(1e-4, 1),
};

describe("a search space", () => {
  it("names each distribution by its path and fills them in, leaving itself alone", () => {
    const copy = structuredClone(space);
    expect(dimensionsOf(space).map(({ path }) => path)).toEqual(["window", "layers.0.units", "rate"]);
    expect(fillSpace(space, { window: 8, "layers.0.units": 5, rate: 0.1 })).toEqual({
      window: 8,
      layers: [{ kind: "lstm", units: 5 }],
      rate: 0.1,
    });
    expect(space).toEqual(copy);
  });

  it("is read from JSON as well", () => {
    expect(dimensionsOf(JSON.parse(JSON.stringify(space)))).toEqual(dimensionsOf(space));
  });

  it.each([
    [() => choice([]), /choice\(\).*at least one/],
    [() => choice([uniform(0, 1)]), /not nested/],
    [() => uniform(1, 1), /uniform\(\).*lower one first/],
    [() => uniform(0, 1, { step: 2 }), /`step` is 2/],
    [() => uniform(0, Number.NaN), /`high` is NaN/],
    [() => logUniform(0, 1), /`low` is 0/],
    [() => int(1.5, 3), /`low` is 1.5/],
    [() => int(0, 3, { log: true }), /`low` is 0/],
    [() => int(1, 3, { base: 2 } as never), /base/],
    [() => dimensionsOf({ a: { distribution: "normal" } }), /"normal" at `a`/],
    [() => dimensionsOf({ a: () => 1 }), /`a` is a function/],
  ])("refuses what is none: %s", (make, message) => {
    expect(make).toThrow(message);
  });

  it("refuses one that contains itself", () => {
    const loop: Record<string, unknown> = {};
    loop.inner = loop;
    expect(() => dimensionsOf(loop)).toThrow(/nested more than/);
  });
});

describe("a point of [0, 1) as a value", () => {
  it("gives every value of a countable distribution the same share", () => {
    for (const distribution of [choice(["a", "b", "c"]), int(1, 3), uniform(0, 0.2, { step: 0.1 })]) {
      expect(countOf(distribution)).toBe(3);
      const drawn = Array.from({ length: 300 }, (_, i) => fromUnit(distribution, (i + 0.5) / 300));
      for (const index of [0, 1, 2]) {
        expect(drawn.filter((value) => Object.is(value, valueAt(distribution, index)))).toHaveLength(100);
      }
    }
  });

  it("reaches the bounds and does not pass them", () => {
    expect(fromUnit(logUniform(1e-4, 1), 0)).toBeCloseTo(1e-4, 12);
    expect(fromUnit(logUniform(1e-4, 1), 0.5)).toBeCloseTo(1e-2, 12);
    expect(fromUnit(logUniform(1e-4, 1), 1 - 2 ** -53)).toBeLessThanOrEqual(1);
    expect(fromUnit(int(4, 256, { log: true }), 0)).toBe(4);
    expect(fromUnit(int(4, 256, { log: true }), 1 - 2 ** -53)).toBe(256);
    expect(countOf(uniform(0, 0.5, { step: 0.1 }))).toBe(6);
  });
});
