import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { coefficients, fits } from "../../support/derive-coefficients.js";
import { horner } from "../../support/minimax.js";

const folder = new URL("../../../assembly/simd/", import.meta.url);

async function constantsInUse(): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const file of await readdir(folder)) {
    const source = await readFile(new URL(file, folder), "utf8");
    for (const [, name, value] of source.matchAll(/const ([A-Z0-9_]+): f32 = (-?[\d.e-]+);/g)) {
      found.set(name!, Number(value));
    }
  }
  return found;
}

describe("the coefficients of assembly/simd/", () => {
  it("are what their derivation gives", async () => {
    const used = await constantsInUse();
    for (const [name, value] of Object.entries(coefficients)) {
      expect(used.get(name), name).toBe(value);
    }
  });

  it("come from fits with a quarter of a rounding error or less", () => {
    for (const [name, { error }] of Object.entries(fits)) expect(error, name).toBeLessThan(2 ** -26);
  });

  it("split ln 2 so that n LN2_HI is exact for |n| < 512", () => {
    for (let n = 1; n < 512; n++) {
      expect(Math.fround(n * coefficients.LN2_HI!)).toBe(n * coefficients.LN2_HI!);
    }
    expect(Math.abs(coefficients.LN2_HI! + coefficients.LN2_LO! - Math.LN2)).toBeLessThan(2 ** -43);
  });

  it("give the textbook values of the functions they serve", () => {
    const of = (name: string): readonly number[] => fits[name]!.coefficients;
    // 1e-8 is the error of the fits; ln 1.25 and Φ(0.5) from tables.
    expect(0.25 + 0.0625 * horner(of("EXPM1"), 0.25)).toBeCloseTo(0.2840254166877415, 8);
    expect(0.25 - 0.03125 + 0.015625 * horner(of("LOG"), 0.25)).toBeCloseTo(0.22314355131420976, 8);
    expect(0.5 + 0.5 * horner(of("CENTRE"), 0.25)).toBeCloseTo(0.6914624612740131, 8);
    expect((horner(of("TAIL"), 0) * Math.exp(-4.5)) / 6).toBeCloseTo(0.0013498980316300946, 10);
  });
});
