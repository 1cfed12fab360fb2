import { describe, expect, it } from "vitest";
import { expectClose, kernelBuilds, randomValues } from "../../support/kernels.js";

/** The finalizer of MurmurHash3 on unsigned 32-bit numbers. */
function mix(bits: number): number {
  let h = bits;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
const hash = (position: number, low: number, high: number): number => mix((mix(position ^ low) + high) | 0);

/** Box and Muller's normal number of a position, in float64. */
function normal(position: number, low: number, high: number): number {
  const bits = hash(position, low, high);
  const u = ((bits >>> 8) + 1) / 2 ** 24;
  const angle = (hash(bits, high, low) | 0) / 2 ** 31;
  return Math.sqrt(-2 * Math.log(u)) * Math.sin(Math.PI * angle);
}

const [low, high] = [0x1234567, 0x89abcde];

describe.each(await kernelBuilds())("gaussianNoise ($name)", ({ kernels, arena }) => {
  it.each([0, 1, 3, 4, 5, 17, 4096])("is the twin's, added and multiplied: n = %i", (n) => {
    const count = Math.ceil(n / 4) * 4;
    const memory = arena();
    const x = memory.input(randomValues(count, 1));
    const [added, multiplied] = [memory.output(count), memory.output(count)];
    kernels.gaussianNoise!(x.ptr, added.ptr, n, 0.5, 0, low, high);
    kernels.gaussianNoise!(x.ptr, multiplied.ptr, n, 0.5, 1, low, high);
    memory.verify();
    const noise = Float64Array.from({ length: count }, (_, i) => 0.5 * normal(i, low, high));
    expectClose(
      added.values(),
      noise.map((one, i) => x.initial[i]! + one),
      { absolute: 2e-6 },
    );
    expectClose(
      multiplied.values(),
      noise.map((one, i) => x.initial[i]! * (1 + one)),
      { absolute: 2e-6 },
    );
  });

  it("is normal: moments and tails of 40,000 numbers", () => {
    const n = 40_000;
    const memory = arena();
    const y = memory.output(n);
    kernels.gaussianNoise!(memory.input(new Float32Array(n)).ptr, y.ptr, n, 1, 0, 11, 22);
    memory.verify();
    const all = [...y.values()];
    const mean = (f: (one: number) => number): number => all.reduce((sum, one) => sum + f(one), 0) / n;
    // Standard errors: 0.005, 0.007, 0.019, 0.05.
    expect(Math.abs(mean((one) => one))).toBeLessThan(0.02);
    expect(Math.abs(mean((one) => one ** 2) - 1)).toBeLessThan(0.028);
    expect(Math.abs(mean((one) => one ** 3))).toBeLessThan(0.08);
    expect(Math.abs(mean((one) => one ** 4) - 3)).toBeLessThan(0.2);
    // Neighbours do not tell each other: standard error 0.005.
    expect(
      Math.abs(mean(() => 0) + all.reduce((s, one, i) => s + one * (all[i + 1] ?? 0), 0) / n),
    ).toBeLessThan(0.02);
  });
});
