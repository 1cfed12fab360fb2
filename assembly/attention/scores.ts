import { panelRows } from "../linalg/panel-product";
import { hsum4 } from "../simd/lanes";
import { tanh4 } from "../simd/tanh";
import { AttentionDescriptor, padded4 } from "./descriptor";
import { packRowsTransposed } from "./transpose";

/**
 * dotScores: scores of one unit, c[i][j] = a_i · b_j, rows of `stride` floats.
 *
 * Math     MATH.md (47)
 * Shapes   a [rows, depth], b [columns, depth] with aBytes, bBytes from row to row; panels scratch; c [rows, columns]
 * Writes   c (=), up to the column 4 ⌈columns/4⌉, the padding zeros; panels
 */
export function dotScores(
  aPtr: usize, aBytes: usize, rows: i32, bPtr: usize, bBytes: usize, columns: i32, depth: i32, panelsPtr: usize,
  cPtr: usize, cStride: i32,
): void {
  packRowsTransposed(bPtr, bBytes, columns, depth, panelsPtr);
  for (let column = 0; column < columns; column += 16) {
    panelRows(
      aPtr, aBytes, depth, 0, 0, 0, panelsPtr + (<usize>(column * depth) << 2), 0, cPtr + (<usize>column << 2),
      <usize>cStride << 2, min(4, (columns - column + 3) >> 2), rows, 0,
    );
  }
}

/**
 * rowsTimes: c = A B for one unit, B [depth, columns] packed in panels as it stands.
 *
 * Shapes   a [rows, depth] with aBytes, b [depth, columns] with bBytes from row to row; c with cBytes, 16-byte aligned
 * Writes   c (=) or (+=), up to the column 4 ⌈columns/4⌉; panels
 */
export function rowsTimes(
  aPtr: usize, aBytes: usize, rows: i32, bPtr: usize, bBytes: usize, depth: i32, columns: i32, panelsPtr: usize,
  cPtr: usize, cBytes: usize, accumulate: i32,
): void {
  for (let column = 0; column < columns; column += 16) {
    const vectors = min(4, (columns - column + 3) >> 2);
    let source = bPtr + (<usize>column << 2);
    let panel = panelsPtr;
    for (let k = 0; k < depth; k++) {
      v128.store(panel, v128.load(source));
      if (vectors > 1) v128.store(panel, v128.load(source, 16), 16);
      if (vectors > 2) v128.store(panel, v128.load(source, 32), 32);
      if (vectors > 3) v128.store(panel, v128.load(source, 48), 48);
      source += bBytes;
      panel += 64;
    }
    panelRows(
      aPtr, aBytes, depth, 0, 0, 0, panelsPtr, 0, cPtr + (<usize>column << 2), cBytes, vectors, rows, accumulate,
    );
  }
}

/**
 * additiveScores: c[i][j] = Σ_d w_d tanh(s (q_i + k_j)_d), Bahdanau's scores and Keras's `concat`.
 *
 * Math     MATH.md (50)
 * Shapes   q [rows, depth], k [columns, depth] with their bytes from row to row, padded rows; c [rows, columns]
 * Writes   c (=), its padding too, as zeros
 */
export function additiveScores(
  d: AttentionDescriptor, qPtr: usize, qBytes: usize, kPtr: usize, kBytes: usize, cPtr: usize, cStride: i32,
): void {
  const scale = d.scale ? v128.load32_splat(d.scale) : f32x4.splat(1);
  const depthBytes = <usize>padded4(d.keyDim) << 2;
  for (let i = 0; i < d.querySteps; i++) {
    const c = cPtr + (<usize>(i * cStride) << 2);
    const q = qPtr + <usize>i * qBytes;
    for (let j = 0; j < d.valueSteps; j++) {
      const k = kPtr + <usize>j * kBytes;
      let sum = f32x4.splat(0);
      for (let at: usize = 0; at < depthBytes; at += 16) {
        const t = tanh4(f32x4.mul(scale, f32x4.add(v128.load(q + at), v128.load(k + at))));
        sum = f32x4.add(sum, f32x4.mul(v128.load(d.weights + at), t));
      }
      store<f32>(c + (<usize>j << 2), hsum4(sum));
    }
    for (let j = d.valueSteps; j < cStride; j++) store<f32>(c + (<usize>j << 2), 0);
  }
}

/**
 * additiveScoresBackward: dL/dq, dL/dk and this unit's share of dL/dw and dL/ds from dL/dc.
 *
 * Math     MATH.md (51)
 * Shapes   as additiveScores; dq, dk as q, k, or 0; share [padded depth + 4] or 0: dw, then ds
 * Writes   dq (=), dk (+=), share (=)
 */
export function additiveScoresBackward(
  d: AttentionDescriptor, qPtr: usize, qBytes: usize, kPtr: usize, kBytes: usize, dcPtr: usize, cStride: i32,
  dqPtr: usize, dkPtr: usize, sharePtr: usize,
): void {
  const scale = d.scale ? v128.load32_splat(d.scale) : f32x4.splat(1);
  const one = f32x4.splat(1);
  const depthBytes = <usize>padded4(d.keyDim) << 2;
  let dScale = f32x4.splat(0);
  for (let at: usize = 0; at < depthBytes; at += 16) {
    const w = v128.load(d.weights + at);
    let dw = f32x4.splat(0);
    for (let i = 0; i < d.querySteps; i++) {
      const q = v128.load(qPtr + <usize>i * qBytes + at);
      let dc = dcPtr + (<usize>(i * cStride) << 2);
      let dq = f32x4.splat(0);
      for (let j = 0; j < d.valueSteps; j++) {
        const sum = f32x4.add(q, v128.load(kPtr + <usize>j * kBytes + at));
        const t = tanh4(f32x4.mul(scale, sum));
        const g = v128.load32_splat(dc);
        dw = f32x4.add(dw, f32x4.mul(g, t));
        const inside = f32x4.mul(f32x4.mul(g, w), f32x4.sub(one, f32x4.mul(t, t)));
        dScale = f32x4.add(dScale, f32x4.mul(inside, sum));
        const dx = f32x4.mul(inside, scale);
        dq = f32x4.add(dq, dx);
        if (dkPtr) {
          const dk = dkPtr + <usize>j * kBytes + at;
          v128.store(dk, f32x4.add(v128.load(dk), dx));
        }
        dc += 4;
      }
      if (dqPtr) v128.store(dqPtr + <usize>i * qBytes + at, dq);
    }
    if (sharePtr) v128.store(sharePtr + at, dw);
  }
  if (sharePtr) {
    v128.store(sharePtr + depthBytes, f32x4.splat(0));
    store<f32>(sharePtr + depthBytes, hsum4(dScale));
  }
}
