import { HARD_SIGMOID, HARD_SIGMOID_LEGACY, SIGMOID, SOFTSIGN, TANH } from "../activation/activate";
import { addWide, hsumWide, loadTail } from "../simd/lanes";
import { addSquares, addWideSquares, isSafe } from "../simd/squares";

/**
 * What the backward kernels of recurrent layers write down of one time step while it passes, if they are asked to.
 *
 * A record is [parts][T + 1][fields] float64, so that threads never share a word; its owner fills it with zeros and adds
 * the parts up. The place behind the last step is the kernel's, for what it gathers. The first four fields are the same for every cell, then come three for each gate:
 *
 *     Σ (dL/dh_t)²   Σ (dL/dc_t)²   Σ (dL/dx_t)²   samples that are not masked
 *     for each gate: Σ (dL/dz_t)²; for each: Σ activation; for each: activations within NEAR of a bound
 *
 * src/layers/recurrent/flow-buffer.ts reads the same layout.
 */
export const HIDDEN: usize = 0;
export const CELL: usize = 8;
export const INPUT: usize = 16;
export const COUNTED: usize = 24;
export const GATES: usize = 32;

/** How near to a bound an activation counts as saturated. */
export const NEAR: f32 = 0.05;

// @ts-ignore: decorator
@inline
export function addTo(ptr: usize, value: f64): void {
  store<f64>(ptr, load<f64>(ptr) + value);
}

/** Adds to the activations of a gate, one of `gates`, and to its count of saturated ones. */
// @ts-ignore: decorator
@inline
export function addGate(step: usize, gates: i32, gate: i32, sum: f64, saturated: f64): void {
  addTo(step + GATES + (<usize>(gates + gate) << 3), sum);
  addTo(step + GATES + (<usize>(2 * gates + gate) << 3), saturated);
}

/** The part's own record, or 0. */
// @ts-ignore: decorator
@inline
export function recordOf(record: usize, part: i32, timesteps: i32, gates: i32): usize {
  return record ? record + <usize>(part * (timesteps + 1)) * stepBytes(gates) : 0;
}

// @ts-ignore: decorator
@inline
export function stepBytes(gates: i32): usize {
  return GATES + <usize>gates * 24;
}

/**
 * A power of two near 1 / √sum, so that numbers whose squares add up to about `sum` can be squared in float32. Gradients
 * of neighbouring steps are of like size; how a sum far from the guess is noticed: `isSafe`.
 */
export function scaleFor(sum: f64): f32 {
  const exponent = <i32>((reinterpret<u64>(sum) >> 52) & 0x7ff) - 1023;
  // Zero, Infinity and NaN say nothing about the size to come.
  if (exponent == -1023 || exponent == 1024) return 1;
  return reinterpret<f32>((127 - max(-120, min(120, exponent >> 1))) << 23);
}

/** Undoes a scale on a sum of squares. */
// @ts-ignore: decorator
@inline
function unscaled(sum: f64, scale: f32): f64 {
  return sum / (<f64>scale * <f64>scale);
}

// @ts-ignore: decorator
@inline
function scaledAt(ptr: usize, offset: usize, scale: v128): v128 {
  return f32x4.mul(v128.load(ptr + offset), scale);
}

/**
 * Σ x² over [rows, width]. A row's squares are added in float32, rows in float64: the sum is that of its rows, whoever
 * takes which, to the last bits of float64.
 */
export function rowSquares(ptr: usize, rowBytes: usize, rows: i32, width: i32, scale: f32): f64 {
  const factor = f32x4.splat(scale);
  const vectorBytes = <usize>(width & ~3) << 2;
  const tail = width & 3;
  let sums = f64x2.splat(0);
  for (let row = 0, x = ptr; row < rows; row++, x += rowBytes) {
    let a = f32x4.splat(0), b = a, c = a, d = a;
    let offset: usize = 0;
    for (; offset + 64 <= vectorBytes; offset += 64) {
      a = addSquares(a, scaledAt(x, offset, factor));
      b = addSquares(b, scaledAt(x, offset + 16, factor));
      c = addSquares(c, scaledAt(x, offset + 32, factor));
      d = addSquares(d, scaledAt(x, offset + 48, factor));
    }
    for (; offset < vectorBytes; offset += 16) a = addSquares(a, scaledAt(x, offset, factor));
    if (tail) b = addSquares(b, f32x4.mul(loadTail(x + vectorBytes, tail), factor));
    sums = addWide(sums, f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
  }
  const sum = hsumWide(sums);
  return isSafe(sum) ? unscaled(sum, scale) : wideRowSquares(ptr, rowBytes, rows, width);
}

function wideRowSquares(ptr: usize, rowBytes: usize, rows: i32, width: i32): f64 {
  let sums = f64x2.splat(0);
  for (let row = 0, x = ptr; row < rows; row++, x += rowBytes) {
    for (let j = 0; j + 4 <= width; j += 4) sums = addWideSquares(sums, v128.load(x + (<usize>j << 2)));
    if (width & 3) sums = addWideSquares(sums, loadTail(x + (<usize>(width & ~3) << 2), width & 3));
  }
  return hsumWide(sums);
}

/** Σ dz² of each gate into a step's record, from rows [rows][groups][gates][4] whose padding is zero. */
export function recordGateGradients(
  step: usize, dzPtr: usize, rows: i32, groups: i32, gates: i32, scale: f32,
): void {
  const factor = f32x4.splat(scale);
  const groupBytes = <usize>gates << 4;
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let z = dzPtr;
  for (let row = 0; row < rows; row++) {
    let a = f32x4.splat(0), b = a, c = a, d = a;
    const end = z + <usize>groups * groupBytes;
    for (; z < end; z += groupBytes) {
      a = addSquares(a, scaledAt(z, 0, factor));
      if (gates > 1) b = addSquares(b, scaledAt(z, 16, factor));
      if (gates > 2) c = addSquares(c, scaledAt(z, 32, factor));
      if (gates > 3) d = addSquares(d, scaledAt(z, 48, factor));
    }
    s0 = addWide(s0, a);
    s1 = addWide(s1, b);
    s2 = addWide(s2, c);
    s3 = addWide(s3, d);
  }
  for (let gate = 0; gate < gates; gate++) {
    const sum = hsumWide(gate == 0 ? s0 : gate == 1 ? s1 : gate == 2 ? s2 : s3);
    const total = isSafe(sum) ? unscaled(sum, scale) : wideGateSquares(dzPtr + (<usize>gate << 4), rows * groups, groupBytes);
    addTo(step + GATES + (<usize>gate << 3), total);
  }
}

function wideGateSquares(ptr: usize, count: i32, bytes: usize): f64 {
  let sums = f64x2.splat(0);
  for (let i = 0; i < count; i++, ptr += bytes) sums = addWideSquares(sums, v128.load(ptr));
  return hsumWide(sums);
}

/** Activations at or below this are saturated: NaN, which is below nothing, where there is no lower bound. */
export function lowEdge(code: i32): f32 {
  if (code == TANH || code == SOFTSIGN) return -1 + NEAR;
  return code == SIGMOID || code == HARD_SIGMOID || code == HARD_SIGMOID_LEGACY ? NEAR : <f32>NaN;
}

/** Activations at or above this are saturated; NaN where there is no upper bound. */
export function highEdge(code: i32): f32 {
  const bounded =
    code == TANH || code == SOFTSIGN || code == SIGMOID || code == HARD_SIGMOID || code == HARD_SIGMOID_LEGACY;
  return bounded ? 1 - NEAR : <f32>NaN;
}

/** -1 in each lane whose activation is near a bound, to be subtracted from a count. */
// @ts-ignore: decorator
@inline
export function nearEdge(y: v128, low: v128, high: v128): v128 {
  return v128.or(f32x4.le(y, low), f32x4.ge(y, high));
}

/** Σ of four i32 lanes. */
// @ts-ignore: decorator
@inline
export function laneSum(v: v128): f64 {
  return (
    <f64>i32x4.extract_lane(v, 0) +
    <f64>i32x4.extract_lane(v, 1) +
    <f64>i32x4.extract_lane(v, 2) +
    <f64>i32x4.extract_lane(v, 3)
  );
}
