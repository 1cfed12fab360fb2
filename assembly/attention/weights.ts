import { exp4 } from "../simd/exp";
import { hash4 } from "../layers/dropout";
import { hmax4, hsum4, laneMask } from "../simd/lanes";
import { AttentionDescriptor, padded4 } from "./descriptor";

/**
 * Scores to weights: masks, softmax, dropout, and their way back. Rows of padded valueSteps floats.
 */

/** Whether what step i of sample n asks for counts at all. */
// @ts-ignore: decorator
@inline
export function queryCounts(d: AttentionDescriptor, n: i32, i: i32): bool {
  return !d.queryMask || load<f32>(d.queryMask + (<usize>(i * d.batch + n) << 2)) != 0;
}

/** All ones where step j of sample n may be looked at. */
// @ts-ignore: decorator
@inline
function keyCounts(d: AttentionDescriptor, n: i32, j: i32): bool {
  const row = <usize>(j * d.batch + n) << 2;
  return (!d.valueMask || load<f32>(d.valueMask + row) != 0) && (!d.keyMask || load<f32>(d.keyMask + row) != 0);
}

/** 0 where step j counts, -Infinity elsewhere and in the padding: what is added to each row of scores. */
export function maskRow(d: AttentionDescriptor, n: i32, biasPtr: usize): void {
  const stride = padded4(d.valueSteps);
  for (let j = 0; j < stride; j++) {
    const counts = j < d.valueSteps && keyCounts(d, n, j);
    store<f32>(biasPtr + (<usize>j << 2), counts ? 0 : -f32.MAX_VALUE);
  }
}

/**
 * scoresToWeights: each row of scores, times `factor`, to positive numbers that sum to 1 over the steps that count. Of a
 * row where none counts (or whose query does not) every step gets the same weight, masked ones too, as in Keras.
 *
 * Math     MATH.md (48)
 * Shapes   c [querySteps, padded valueSteps]; bias [padded valueSteps], of maskRow
 * Writes   c (=, in place), the padding zeros
 * Error    <= 8 eps and |score - largest| eps for the rounding of the difference
 */
export function scoresToWeights(d: AttentionDescriptor, n: i32, cPtr: usize, biasPtr: usize, factor: f32): void {
  const stride = padded4(d.valueSteps);
  const bytes = <usize>stride << 2;
  const factors = f32x4.splat(factor);
  const lowest = f32x4.splat(-f32.MAX_VALUE);
  for (let i = 0; i < d.querySteps; i++) {
    const c = cPtr + <usize>i * bytes;
    // Steps behind the last one that may be looked at.
    const reach = d.causal ? min(i + 1, d.valueSteps) : d.valueSteps;
    let tops = lowest;
    let counted = f32x4.splat(0);
    for (let j = 0; j < reach; j += 4) {
      const at = <usize>j << 2;
      const bias = v128.load(biasPtr + at);
      const open = v128.and(f32x4.eq(bias, f32x4.splat(0)), laneMask(reach - j));
      const score = f32x4.mul(v128.load(c + at), factors);
      tops = f32x4.max(tops, v128.bitselect(score, lowest, open));
      counted = v128.or(counted, open);
    }
    if (!queryCounts(d, n, i) || !v128.any_true(counted)) {
      const same = f32x4.splat(<f32>(1 / <f64>d.valueSteps));
      for (let j = 0; j < stride; j += 4) v128.store(c + (<usize>j << 2), v128.and(same, laneMask(d.valueSteps - j)));
      continue;
    }
    const top = f32x4.splat(hmax4(tops));
    let sums = f32x4.splat(0);
    for (let j = 0; j < reach; j += 4) {
      const at = <usize>j << 2;
      const open = v128.and(f32x4.eq(v128.load(biasPtr + at), f32x4.splat(0)), laneMask(reach - j));
      const e = v128.and(exp4(f32x4.sub(f32x4.mul(v128.load(c + at), factors), top)), open);
      sums = f32x4.add(sums, e);
      v128.store(c + at, e);
    }
    const share = f32x4.splat(1 / hsum4(sums));
    for (let j = 0; j < reach; j += 4) {
      const at = c + (<usize>j << 2);
      v128.store(at, f32x4.mul(v128.load(at), share));
    }
    for (let j = padded4(reach); j < stride; j += 4) v128.store(c + (<usize>j << 2), f32x4.splat(0));
  }
}

/** y = x · keep / (1 - rate): inverted dropout of the weights of unit u, a function of the seed and the place alone. */
export function dropWeights(d: AttentionDescriptor, unit: i32, xPtr: usize, yPtr: usize): void {
  const rate = reinterpret<f32>(d.dropoutRate);
  const scale = f32x4.splat(<f32>1 / (<f32>1 - rate));
  const bound = i32x4.splat(<i32>(<u32>(<f64>rate * 4294967296.0)));
  const low = i32x4.splat(d.seedLow);
  const high = i32x4.splat(d.seedHigh);
  const floats = d.querySteps * padded4(d.valueSteps);
  let position = i32x4.add(i32x4.splat(unit * floats), i32x4(0, 1, 2, 3));
  for (let at: usize = 0; at < <usize>floats << 2; at += 16) {
    const keep = i32x4.ge_u(hash4(position, low, high), bound);
    v128.store(yPtr + at, v128.and(keep, f32x4.mul(v128.load(xPtr + at), scale)));
    position = i32x4.add(position, i32x4.splat(4));
  }
}

/**
 * weightsToScores: the way back of scoresToWeights: dc = w (dw - Σ w dw), in place of dw.
 *
 * Math     MATH.md (49)
 * Shapes   w, dw [querySteps, padded valueSteps]
 * Writes   dw (=, in place). Zeros where a row's scores have no gradient (none counts, and masksByBias is 0)
 */
export function weightsToScores(d: AttentionDescriptor, n: i32, wPtr: usize, dwPtr: usize, biasPtr: usize): void {
  const bytes = <usize>padded4(d.valueSteps) << 2;
  for (let i = 0; i < d.querySteps; i++) {
    const w = wPtr + <usize>i * bytes;
    const dw = dwPtr + <usize>i * bytes;
    if (!d.masksByBias && !anyCounts(d, n, i, biasPtr)) {
      memory.fill(dw, 0, bytes);
      continue;
    }
    let sums = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) {
      sums = f32x4.add(sums, f32x4.mul(v128.load(w + at), v128.load(dw + at)));
    }
    const mean = f32x4.splat(hsum4(sums));
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(dw + at, f32x4.mul(v128.load(w + at), f32x4.sub(v128.load(dw + at), mean)));
    }
  }
}

function anyCounts(d: AttentionDescriptor, n: i32, i: i32, biasPtr: usize): bool {
  if (!queryCounts(d, n, i)) return false;
  const reach = d.causal ? min(i + 1, d.valueSteps) : d.valueSteps;
  for (let j = 0; j < reach; j++) if (load<f32>(biasPtr + (<usize>j << 2)) == 0) return true;
  return false;
}
