import { cos, sin } from "../../elementary.js";
import { complete, type Steps } from "../../numerics/steps.js";

/** In-place radix-2 transform (Cooley & Tukey 1965); both arrays have a power of two as length. */
function* transform(real: Float64Array, imaginary: Float64Array): Steps<void> {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j]!, real[i]!];
      [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    yield;
    const half = size / 2;
    for (let k = 0; k < half; k++) {
      if (k % 8192 === 8191) yield;
      const c = cos((2 * Math.PI * k) / size);
      const s = -sin((2 * Math.PI * k) / size);
      for (let a = k; a < n; a += size) {
        const b = a + half;
        const re = real[b]! * c - imaginary[b]! * s;
        const im = real[b]! * s + imaginary[b]! * c;
        real[b] = real[a]! - re;
        imaginary[b] = imaginary[a]! - im;
        real[a]! += re;
        imaginary[a]! += im;
      }
    }
  }
}

/** A periodogram on an even grid: `power[k]` belongs to `k / size` cycles a time step, 0 <= k <= size / 2. */
export interface Periodogram {
  readonly power: Float64Array;
  readonly size: number;
}

/**
 * |Fourier transform|² of the values about their mean under a Hann taper, zero-padded to at least twice the length.
 * The taper keeps strong lines out of far frequencies; each line is then about two cycles a record wide on either side.
 */
export const periodogram = (values: Float64Array): Periodogram => complete(periodogramSteps(values));

/** {@link periodogram}, in pieces of one round of the transform. */
export function* periodogramSteps(values: Float64Array): Steps<Periodogram> {
  const n = values.length;
  const center = values.reduce((a, b) => a + b, 0) / n;
  let size = 1;
  while (size < 2 * n) size *= 2;
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  for (let t = 0; t < n; t++) {
    real[t] = (values[t]! - center) * (0.5 - 0.5 * cos((2 * Math.PI * (t + 0.5)) / n));
  }
  yield;
  yield* transform(real, imaginary);
  const power = Float64Array.from({ length: size / 2 + 1 }, (_, k) => real[k]! ** 2 + imaginary[k]! ** 2);
  return { power, size };
}
