import { describe, expect, it } from "vitest";
import { Arena, expectClose, randomValues, ulpDistance, ulpSize } from "./kernels.js";

const memory = new WebAssembly.Memory({ initial: 2 });
const poke = (address: number, value: number): void => {
  new Float32Array(memory.buffer)[address / 4] = value;
};

describe("the kernel bench", () => {
  it("sees a write one element before and one after a region", () => {
    for (const at of [-1, 3]) {
      const arena = new Arena(memory);
      const y = arena.output(3);
      poke(y.ptr + 4 * at, 0);
      expect(() => arena.verify()).toThrow(`element ${at} of a region of 3`);
    }
  });

  it("sees a write to an input, and lets outputs change", () => {
    const arena = new Arena(memory);
    const x = arena.input([1, 2]);
    const y = arena.output(2);
    poke(y.ptr, 7);
    expect(() => arena.verify()).not.toThrow();
    expect(y.values()[0]).toBe(7);
    poke(x.ptr + 4, 3);
    expect(() => arena.verify()).toThrow("element 1 of an input");
  });

  it("poisons a read past the end", () => {
    const arena = new Arena(memory);
    const x = arena.input([1, 2]);
    expect(new Float32Array(memory.buffer)[x.ptr / 4 + 2]).toBeNaN();
  });

  it("keeps regions on 16-byte boundaries unless told otherwise", () => {
    const arena = new Arena(memory);
    for (const length of [0, 1, 3, 5]) expect(arena.output(length).ptr % 16).toBe(0);
    expect(arena.output(4, 0, 1).ptr % 16).toBe(4);
  });

  it("counts units in the last place of float32", () => {
    expect(ulpSize(1)).toBe(2 ** -23);
    expect(ulpSize(0.999)).toBe(2 ** -24);
    expect(ulpSize(0)).toBe(2 ** -149);
    expect(ulpDistance(1 + 2 ** -23, 1)).toBe(1);
    expect(ulpDistance(Number.NaN, Number.NaN)).toBe(0);
    expect(ulpDistance(1, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(ulpDistance(Number.POSITIVE_INFINITY, 1e39)).toBe(0);
  });

  it("names the first and the worst element that is off", () => {
    expect(() => expectClose([1, 2.5, 9], [1, 2, 3], { absolute: 0.1 })).toThrow(
      /2 of 3 .*first \[1\] expected 2, got 2.5.*worst \[2\] expected 3, got 9/,
    );
    expect(() => expectClose([Number.NaN], [1], { ulp: 1e9, absolute: 1e9 })).toThrow("got NaN");
    expect(() => expectClose([1], [Number.NaN], { ulp: 1e9, absolute: 1e9 })).toThrow("expected NaN");
    expect(() => expectClose([1], [1, 2], {})).toThrow("expected 2 elements, got 1");
  });

  it("draws the same values for the same seed, spread over the range", () => {
    const values = randomValues(4000, 5, 2);
    expect(randomValues(4000, 5, 2)).toEqual(values);
    expect(Math.max(...values)).toBeGreaterThan(1.9);
    expect(Math.min(...values)).toBeLessThan(-1.9);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    // Five standard errors of the mean of 4000 uniform values in [-2, 2].
    expect(Math.abs(mean)).toBeLessThan((5 * (2 / Math.sqrt(3))) / Math.sqrt(4000));
  });
});
