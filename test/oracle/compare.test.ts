import { describe, expect, it } from "vitest";
import { assertAgreement } from "./compare.js";
import { centralDifferences } from "./finite-differences.js";

describe("assertAgreement", () => {
  it("names the first and the worst element with what came and what was expected", () => {
    expect(() => assertAgreement("dW", [1, 2.1, 9, 4], [1, 2, 3, 4], { absolute: 0.01 })).toThrow(
      /dW: 2 of 4.*Worst \[2\] expected 3, got 9.*first \[1\] expected 2, got 2\.1/,
    );
  });
  it("takes NaN for the worst, and equal to nothing but NaN", () => {
    expect(() => assertAgreement("x", [Number.NaN, 5], [0, 0], { absolute: 1 })).toThrow(/Worst \[0\]/);
    expect(() => assertAgreement("x", [5, Number.NaN], [0, 0], { absolute: 1 })).toThrow(/Worst \[1\]/);
    expect(() => assertAgreement("x", [0], [Number.NaN], { absolute: 1 })).toThrow(/expected NaN, got 0/);
    assertAgreement("x", [Number.NaN, Infinity], [Number.NaN, Infinity], {});
  });
  it("refuses lengths that differ", () => {
    expect(() => assertAgreement("x", [1], [1, 2], { absolute: 9 })).toThrow(/1 elements, expected 2/);
  });
  it("allows the sum of both tolerances, and no more", () => {
    assertAgreement("x", [10.14], [10], { absolute: 0.05, relative: 0.01 });
    expect(() => assertAgreement("x", [10.16], [10], { absolute: 0.05, relative: 0.01 })).toThrow();
  });
});

describe("centralDifferences", () => {
  it("differentiates to about 1e-10 and leaves x as it was", () => {
    const x = Float64Array.of(0.3, -1.2, 1);
    const got = centralDifferences(([a, b, c]) => Math.sin(a!) * b! + c! * c!, x);
    assertAgreement("gradient", got, [Math.cos(0.3) * -1.2, Math.sin(0.3), 2], {
      absolute: 1e-8,
      relative: 1e-9,
    });
    expect([...x]).toEqual([0.3, -1.2, 1]);
  });
});
