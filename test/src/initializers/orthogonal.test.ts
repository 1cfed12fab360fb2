import { describe, expect, test } from "vitest";
import { ConfigError } from "../../../src/errors.js";
import type { Initializer } from "../../../src/initializers/initializer.js";
import { orthogonal, orthogonalPerGate } from "../../../src/initializers/orthogonal.js";
import { createRandom } from "../../../src/random.js";

const draw = (initializer: Initializer, shape: readonly number[], seed = 1): Float32Array =>
  initializer.initialize(shape, createRandom(seed));

/** Largest |<u, v> - (u is v)| over pairs of `count` vectors; `at(i, k)` is element k of vector i. */
function orthonormalityError(count: number, length: number, at: (i: number, k: number) => number): number {
  let worst = 0;
  for (let i = 0; i < count; i++) {
    for (let j = i; j < count; j++) {
      let product = 0;
      for (let k = 0; k < length; k++) product += at(i, k) * at(j, k);
      worst = Math.max(worst, Math.abs(product - (i === j ? 1 : 0)));
    }
  }
  return worst;
}

// Rounding to float32 moves an element by 6e-8 of itself, so a product of two unit vectors by at most about 1.2e-7.
const TOLERANCE = 1e-6;

describe("orthogonal", () => {
  test.each([
    [1, 1],
    [2, 2],
    [64, 64],
    [16, 64],
    [64, 16],
    [7, 1],
    [1, 5],
  ])("of %i x %i has orthonormal rows or columns", (rows, columns) => {
    const w = draw(orthogonal(), [rows, columns]);
    const wide = rows <= columns;
    const error = wide
      ? orthonormalityError(rows, columns, (i, k) => w[i * columns + k]!)
      : orthonormalityError(columns, rows, (i, k) => w[k * columns + i]!);
    expect(error).toBeLessThan(TOLERANCE);
  });

  // The order of the reflections decides every bit, and so what a seed means; the order of the rows decides none.
  test.each([
    [1, 3],
    [5, 6],
    [16, 64],
    [17, 70],
    [53, 60],
  ])("of %i x %i has the bits of reflections carried out one after the other", (rows, columns) => {
    const random = createRandom(1);
    const dot = (a: Float64Array, b: Float64Array, from: number): number => {
      const sums = [0, 0, 0, 0];
      const whole = Math.floor((columns - from) / 4) * 4;
      for (let i = 0; from + i < columns; i++) sums[i < whole ? i % 4 : 0]! += a[from + i]! * b[from + i]!;
      return sums[0]! + sums[1]! + (sums[2]! + sums[3]!);
    };
    const q = Array.from({ length: rows }, () => new Float64Array(columns));
    const reflections = q.map((row, k) => {
      const v = new Float64Array(columns);
      for (let i = k; i < columns; i++) v[i] = random.normal();
      const sign = v[k]! < 0 ? -1 : 1;
      v[k]! += sign * Math.sqrt(dot(v, v, k));
      row[k] = -sign;
      return { v, beta: 2 / dot(v, v, k) };
    });
    for (let k = rows - 1; k >= 0; k--) {
      const { v, beta } = reflections[k]!;
      for (const row of q.slice(k)) {
        const factor = beta * dot(v, row, k);
        for (let i = k; i < columns; i++) row[i]! -= factor * v[i]!;
      }
    }
    expect(draw(orthogonal(), [rows, columns])).toEqual(Float32Array.from(q.flatMap((row) => [...row])));
  });

  test("takes leading axes as rows and applies its gain", () => {
    const w = draw(orthogonal({ gain: 2 }), [3, 4, 5]);
    const error = orthonormalityError(5, 12, (i, k) => w[k * 5 + i]! / 2);
    expect(error).toBeLessThan(TOLERANCE);
    expect(() => draw(orthogonal(), [4])).toThrow(ConfigError);
  });

  test("is uniform over all rotations: every element has mean 0 and variance 1 / size, both determinants occur", () => {
    const rounds = 4000;
    const squares = new Array<number>(9).fill(0);
    const sums = new Array<number>(9).fill(0);
    let positive = 0;
    const random = createRandom(5);
    for (let round = 0; round < rounds; round++) {
      const q = orthogonal().initialize([3, 3], random);
      q.forEach((x, i) => {
        sums[i]! += x;
        squares[i]! += x * x;
      });
      const [a, b, c, d, e, f, g, h, i] = q as unknown as number[] as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      if (a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g) > 0) positive++;
    }
    // Five standard errors: var x = 1/3; x² of a point on the sphere in 3-space has variance 4/45; the sign is a coin.
    for (const sum of sums) expect(Math.abs(sum / rounds)).toBeLessThan(5 * Math.sqrt(1 / 3 / rounds));
    for (const sum of squares)
      expect(Math.abs(sum / rounds - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / rounds));
    expect(Math.abs(positive / rounds - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / rounds));
  });

  test("of a fused LSTM kernel shrinks each gate's block to a mean square of 1/4", () => {
    const units = 64;
    const w = draw(orthogonal(), [units, 4 * units]);
    for (let gate = 0; gate < 4; gate++) {
      let square = 0;
      for (let r = 0; r < units; r++)
        for (let c = 0; c < units; c++) square += w[r * 4 * units + gate * units + c]! ** 2;
      // The mean of 64 squared singular values whose own spread is below 1/4 and which repel each other.
      expect(Math.abs(square / units - 0.25)).toBeLessThan(0.02);
    }
  });

  test("512 x 2048, the recurrent kernel of a wide LSTM, is orthonormal too", () => {
    const w = draw(orthogonal(), [512, 2048]);
    expect(orthonormalityError(8, 2048, (i, k) => w[i * 73 * 2048 + k]!)).toBeLessThan(TOLERANCE);
  });
});

describe("orthogonalPerGate", () => {
  test("every gate's block is orthogonal by itself, and no two are alike", () => {
    const units = 16;
    const w = draw(orthogonalPerGate(), [units, 4 * units]);
    for (let gate = 0; gate < 4; gate++) {
      const at = (i: number, k: number): number => w[i * 4 * units + gate * units + k]!;
      expect(orthonormalityError(units, units, at)).toBeLessThan(TOLERANCE);
      if (gate > 0) expect(at(0, 0)).not.toBe(w[0]);
    }
  });

  test("refuses an axis that does not divide", () => {
    expect(() => draw(orthogonalPerGate(), [16, 50])).toThrow(/does not divide into 4 gates/);
    expect(() => orthogonalPerGate({ gates: 0 })).toThrow(ConfigError);
  });
});
