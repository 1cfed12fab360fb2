import { describe, expect, it } from "vitest";
import { isKept } from "../../oracle/kernels/dropout.js";
import { type KernelBuild, kernelBuilds, randomValues, sizes } from "../../support/kernels.js";

const rates = [0, 0.1, 0.25, 0.5, 0.9];
const seeds = [
  [0, 0],
  [1, 0],
  [0, 1],
  [0x9e3779b9 | 0, -7],
] as const;

function dropped({ kernels, arena }: KernelBuild, x: Float32Array, rate: number, low: number, high: number) {
  const memory = arena();
  const [source, target] = [memory.input(x), memory.output(x.length)];
  kernels.dropout!(source.ptr, target.ptr, x.length, rate, low, high);
  memory.verify();
  return target.values();
}

describe.each(await kernelBuilds())("dropout ($name)", (build) => {
  const { kernels, arena } = build;

  it.each(rates)(
    "keeps what the hash of seed and position says, scaled by 1 / (1 - rate), at rate %d",
    (rate) => {
      const scale = Math.fround(1 / Math.fround(1 - Math.fround(rate)));
      for (const [low, high] of seeds) {
        for (const n of sizes.filter((size) => size % 4 === 0)) {
          const x = randomValues(n, n + 1);
          const expected = x.map((value, k) => (isKept(k, rate, low, high) ? value * scale : 0));
          expect(dropped(build, x, rate, low, high)).toEqual(expected);
        }
      }
    },
  );

  it("a count that is no multiple of four is rounded up to one", () => {
    const memory = arena();
    const [x, y] = [memory.input(randomValues(8, 1)), memory.output(8)];
    kernels.dropout!(x.ptr, y.ptr, 5, 0, 1, 2);
    memory.verify();
    expect(y.values()).toEqual(x.initial);
  });

  it("the same seed gives the same mask, in place too, and to a gradient in backward", () => {
    const n = 1024;
    const x = randomValues(n, 1).map((value) => value + Math.sign(value));
    const gradient = randomValues(n, 2).map((value) => value + Math.sign(value));
    const forward = dropped(build, x, 0.3, 5, 6);
    expect(dropped(build, x, 0.3, 5, 6)).toEqual(forward);
    const zeros = (values: Float32Array): boolean[] => Array.from(values, (value) => value === 0);
    expect(zeros(dropped(build, gradient, 0.3, 5, 6))).toEqual(zeros(forward));
    const memory = arena();
    const own = memory.inout(x);
    kernels.dropout!(own.ptr, own.ptr, n, 0.3, 5, 6);
    memory.verify();
    expect(own.values()).toEqual(forward);
  });

  it.each(rates.slice(1))("the share of dropped elements is %d within five standard deviations", (rate) => {
    const n = 100_000;
    const ones = new Float32Array(n).fill(1);
    // A binomial share has the standard deviation √(p (1 - p) / n); five of them are missed once in 1.7 million.
    const bound = 5 * Math.sqrt((rate * (1 - rate)) / n);
    for (const [low, high] of seeds) {
      const share = dropped(build, ones, rate, low, high).filter((value) => value === 0).length / n;
      expect(Math.abs(share - rate)).toBeLessThan(bound);
    }
  });

  it("masks of neighbouring seeds and neighbouring positions have nothing to do with each other", () => {
    const n = 100_000;
    const ones = new Float32Array(n).fill(1);
    const mask = (low: number, high: number): Float32Array => dropped(build, ones, 0.5, low, high);
    const agreement = (a: Float32Array, b: Float32Array, shift = 0): number =>
      a.reduce((count, value, i) => count + (value === b[(i + shift) % n] ? 1 : 0), 0) / n;
    const bound = 5 * Math.sqrt(0.25 / n);
    const base = mask(1, 2);
    expect(Math.abs(agreement(base, mask(2, 2)) - 0.5)).toBeLessThan(bound);
    expect(Math.abs(agreement(base, mask(1, 3)) - 0.5)).toBeLessThan(bound);
    for (const shift of [1, 2, 4, 16]) {
      expect(Math.abs(agreement(base, base, shift) - 0.5)).toBeLessThan(bound);
    }
  });

  it("a dropped NaN or infinity is 0, a kept one stays", () => {
    const x = new Float32Array(64).fill(Number.NaN);
    const y = dropped(build, x, 0.5, 3, 4);
    const expected = Array.from(x, (_, k) => (isKept(k, 0.5, 3, 4) ? Number.NaN : 0));
    expect(Array.from(y)).toEqual(expected);
  });
});
