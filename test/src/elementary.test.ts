import { describe, expect, test } from "vitest";
import { cos, exp, expm1, log, log1p, pow, sin } from "../../src/elementary.js";
import { createRandom } from "../../src/random.js";

const bits = new DataView(new ArrayBuffer(8));

/** Distance to the next float64 away from zero. */
function ulp(x: number): number {
  const size = Math.abs(x);
  if (size === 0) return 2 ** -1074;
  bits.setFloat64(0, size);
  const exponent = bits.getUint32(0) >>> 20;
  return exponent === 0 ? 2 ** -1074 : 2 ** Math.max(exponent - 1075, -1074);
}

type Name = "exp" | "expm1" | "log" | "log1p" | "sin" | "cos" | "pow";
const functions = { exp, expm1, log, log1p, sin, cos, pow } as Record<
  Name,
  (...x: readonly number[]) => number
>;

/** Correctly rounded values, from mpmath 1.3 with 200 bits. */
const reference: readonly (readonly [Name, readonly number[], number])[] = [
  ["exp", [1e-10], 1.0000000001],
  ["exp", [0.5], 1.6487212707001282],
  ["exp", [1], Math.E],
  ["exp", [-1], 0.36787944117144233],
  ["exp", [10.5], 36315.502674246636],
  ["exp", [-30.25], 7.287724095819692e-14],
  ["exp", [700], 1.0142320547350045e304],
  ["exp", [-700], 9.85967654375977e-305],
  ["exp", [-740], 4.2e-322],
  ["expm1", [1e-10], 1.00000000005e-10],
  ["expm1", [0.3], 0.3498588075760031],
  ["expm1", [-0.7], -0.5034146962085905],
  ["expm1", [3], 19.085536923187668],
  ["expm1", [-20], -0.9999999979388464],
  ["expm1", [50], 5.184705528587072e21],
  ["log", [1e-320], -736.8272408909739],
  ["log", [1e-300], -690.7755278982137],
  ["log", [0.3], -1.2039728043259361],
  ["log", [0.72], -0.3285040669720361],
  ["log", [1.0000001], 9.999999505838704e-8],
  ["log", [1.5], 0.4054651081081644],
  ["log", [12], 2.4849066497880004],
  ["log", [1e300], 690.7755278982137],
  ["log1p", [1e-20], 1e-20],
  ["log1p", [-1e-9], -1.0000000005000001e-9],
  ["log1p", [0.25], 0.22314355131420976],
  ["log1p", [-0.3], -0.35667494393873234],
  ["log1p", [-0.999999], -13.815510557935518],
  ["log1p", [3], 1.3862943611198906],
  ["log1p", [1e15], 34.538776394910684],
  ["sin", [1e-8], 1e-8],
  ["sin", [0.5], 0.479425538604203],
  ["sin", [1], 0.8414709848078965],
  ["sin", [2], 0.9092974268256817],
  ["sin", [Math.PI], 1.2246467991473532e-16],
  ["sin", [22], -0.008851309290403876],
  ["sin", [355], -3.014435335948845e-5],
  ["sin", [-100.5], 0.030959966783271346],
  ["sin", [1e6], -0.34999350217129294],
  ["sin", [1234567.875], -0.4811407782643116],
  ["cos", [0.1], 0.9950041652780258],
  ["cos", [1], 0.5403023058681398],
  ["cos", [Math.PI / 2], 6.123233995736766e-17],
  ["cos", [3], -0.9899924966004454],
  ["cos", [11], 0.004425697988050785],
  ["cos", [-355.5], -0.8775681095188057],
  ["cos", [1e6], 0.9367521275331447],
  ["cos", [1599999.5], 0.4782787081745522],
  ["pow", [2, 0.5], Math.SQRT2],
  ["pow", [0.9, 1000], 1.7478712517226947e-46],
  ["pow", [0.999, 100000], 3.5385276883431275e-44],
  ["pow", [1.0000001, 1e7], 2.7182816941320818],
  ["pow", [10, -300.5], 3.1622776601683794e-301],
  ["pow", [0.96, 0.001], 0.999959178838686],
  ["pow", [1e-300, 0.9], 9.999999999999847e-271],
  ["pow", [-3, 33], -5559060566555523],
  ["pow", [7.5, 350.25], 3.091772307397505e306],
];

describe("elementary functions", () => {
  test.each(reference)("%s(%j) is within 1 ulp of the 200-bit value", (name, args, expected) => {
    // The stated bounds are 0.9 and 1.1 ulp of the real value; a correctly rounded reference is a whole number of ulp away.
    expect(Math.abs(functions[name](...args) - expected)).toBeLessThanOrEqual(ulp(expected));
  });

  // V8 promises about 1 ulp for its own functions and ours stay below 1.1, so 2 ulp apart at most after rounding.
  const sweeps: readonly (readonly [Name, (u: number, v: number) => readonly number[]])[] = [
    ["exp", (u) => [(u - 0.5) * 1400]],
    ["exp", (u) => [(u - 0.5) * 3]],
    ["expm1", (u) => [(u - 0.5) * 100]],
    ["expm1", (u) => [(u - 0.5) * 2]],
    ["log", (u) => [2 ** ((u - 0.5) * 2040)]],
    ["log", (u) => [0.5 + u]],
    ["log1p", (u) => [(u - 0.5) * 1.99]],
    ["log1p", (u) => [2 ** (u * 200)]],
    ["sin", (u) => [(u - 0.5) * 20]],
    ["sin", (u) => [(u - 0.5) * 3.1e6]],
    ["cos", (u) => [(u - 0.5) * 20]],
    ["cos", (u) => [(u - 0.5) * 3.1e6]],
  ];
  test.each(sweeps)("%s agrees with Math within 2 ulp over a sweep", (name, argument) => {
    const random = createRandom(11);
    const math = Math[name] as (...x: readonly number[]) => number;
    let worst = 0;
    for (let i = 0; i < 5000; i++) {
      const args = argument(random.uniform(), random.uniform());
      const expected = math(...args);
      worst = Math.max(worst, Math.abs(functions[name](...args) - expected) / ulp(expected));
    }
    expect(worst).toBeLessThanOrEqual(2);
  });

  test("pow agrees with repeated exact multiplication", () => {
    for (const base of [2, 3, 5, 7, 10, 12, 0.5, 1.5, -3]) {
      let expected = 1;
      for (let n = 0; Math.abs(expected) < 2 ** 52 && n < 30; n++) {
        expect(pow(base, n)).toBe(expected);
        expected *= base;
      }
    }
    expect(pow(2, 1023)).toBe(2 ** 1023);
    expect(pow(2, -1074)).toBe(2 ** -1074);
    expect(pow(2, 1024)).toBe(Infinity);
    expect(pow(-2, 1025)).toBe(-Infinity);
    expect(pow(1.0000001, 1e300)).toBe(Infinity);
    expect(pow(1.0000001, -1e300)).toBe(0);
  });

  test("special values are those of Math", () => {
    const specials = [0, -0, 1, -1, 2, -2, 3, 0.5, -0.5, Infinity, -Infinity, NaN, 2 ** 53, -(2 ** 53 - 1)];
    for (const x of specials) {
      for (const name of ["exp", "log", "log1p", "expm1"] as const) {
        const expected = Math[name](x);
        const actual = functions[name](x);
        if (Number.isFinite(expected) && expected !== 0) {
          expect(Math.abs(actual - expected)).toBeLessThanOrEqual(ulp(expected));
        } else expect(actual, `${name}(${x})`).toBe(expected);
      }
      for (const y of specials) {
        const expected = x ** y;
        const actual = pow(x, y);
        if (Number.isFinite(expected) && expected !== 0) {
          expect(Math.abs(actual - expected)).toBeLessThanOrEqual(ulp(expected));
        } else expect(actual, `pow(${x}, ${y})`).toBe(expected);
      }
    }
    expect([sin(-0), sin(0), cos(0)]).toEqual([-0, 0, 1]);
    expect([sin(Infinity), cos(-Infinity), sin(NaN), cos(NaN)]).toEqual([NaN, NaN, NaN, NaN]);
    expect(exp(709.9)).toBe(Infinity);
    expect(exp(-746)).toBe(0);
  });

  test("angles too large to reduce exactly are refused", () => {
    expect(() => sin(2e6)).toThrow(/sin: the angle 2000000 is beyond/);
    expect(() => cos(-1e300)).toThrow(/cos: the angle/);
  });

  test("every bit of a long sweep is the same on every machine", () => {
    // FNV-1a over the bits of all results; a different rounding anywhere changes it.
    let hash = 0x811c9dc5;
    const take = (value: number): void => {
      bits.setFloat64(0, value);
      for (let i = 0; i < 8; i++) hash = Math.imul(hash ^ bits.getUint8(i), 0x01000193) >>> 0;
    };
    for (let i = -2000; i <= 2000; i++) {
      const x = i * 0.3046875;
      for (const f of [exp, expm1, sin, cos]) take(f(x));
      const positive = (i + 2001) * 0.0078125;
      for (const f of [log, log1p]) take(f(positive));
      take(pow(positive, x));
    }
    expect(hash).toBe(1520087611);
  });
});
