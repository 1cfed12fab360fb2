/**
 * Merging the two directions of a bidirectional layer, row by row. Both read time in their own order; the backward one
 * is turned back here, by a time stride below zero, instead of by a copy.
 */

export const CONCAT: i32 = 0;
export const SUM: i32 = 1;
export const MULTIPLY: i32 = 2;
export const AVERAGE: i32 = 3;

/**
 * What a bidirectional layer hands its kernels: addresses in bytes, strides and counts in elements.
 * `src/engine/descriptors.ts` writes the same fields in the same order; test/house/descriptors.test.ts compares them.
 *
 *     forward, backward [steps][B][Hp]      merged [steps][B][stride]:  H floats, or 2H for CONCAT, padded
 */
@unmanaged
export class MergeDescriptor {
  mode: i32;
  steps: i32;
  batch: i32;
  units: i32;
  forward: usize;
  /** Its step 0 stands here; with backwardTimeStride below zero that is the end of the sequence. */
  backward: usize;
  backwardTimeStride: i32;
  merged: usize;
  /** Gradients, laid out as the values. */
  dForward: usize;
  dBackward: usize;
  dMerged: usize;
}

/** Bytes of a descriptor, for the side that writes it. */
export function mergeDescriptorBytes(): i32 {
  return <i32>offsetof<MergeDescriptor>();
}

// @ts-ignore: decorator
@inline
function strideOf(floats: i32): i32 {
  return (floats + 3) & ~3;
}

/**
 * mergeForward: the two directions' rows merged.
 *
 * Math     MATH.md (29)
 * Shapes   MergeDescriptor
 * Writes   merged (=), but for the padding of CONCAT
 * Alias    none; Align all 16 (rows of CONCAT begin at any float)
 * Error    at most two roundings
 */
export function mergeForward(descriptor: usize): void {
  const d = changetype<MergeDescriptor>(descriptor);
  assert(d.mode >= CONCAT && d.mode <= AVERAGE);
  const stride = strideOf(d.units);
  const rowBytes = <usize>stride << 2;
  const unitBytes = <usize>d.units << 2;
  const outBytes = <usize>(d.mode == CONCAT ? strideOf(2 * d.units) : stride) << 2;
  const half = f32x4.splat(0.5);
  let forward = d.forward;
  let merged = d.merged;
  for (let t = 0; t < d.steps; t++) {
    let backward = d.backward + (<isize>d.backwardTimeStride * t << 2);
    for (let n = 0; n < d.batch; n++) {
      if (d.mode == CONCAT) {
        memory.copy(merged, forward, unitBytes);
        memory.copy(merged + unitBytes, backward, unitBytes);
      } else {
        for (let offset: usize = 0; offset < rowBytes; offset += 16) {
          const a = v128.load(forward + offset);
          const b = v128.load(backward + offset);
          let y = d.mode == MULTIPLY ? f32x4.mul(a, b) : f32x4.add(a, b);
          if (d.mode == AVERAGE) y = f32x4.mul(y, half);
          v128.store(merged + offset, y);
        }
      }
      forward += rowBytes;
      backward += rowBytes;
      merged += outBytes;
    }
  }
}

/**
 * mergeBackward: the merged rows' gradient for each direction.
 *
 * Math     MATH.md (29)
 * Shapes   MergeDescriptor; reads dMerged, and with MULTIPLY forward and backward
 * Writes   dForward, dBackward (=), but for the padding of CONCAT
 * Alias    none
 * Error    one rounding
 */
export function mergeBackward(descriptor: usize): void {
  const d = changetype<MergeDescriptor>(descriptor);
  const stride = strideOf(d.units);
  const rowBytes = <usize>stride << 2;
  const unitBytes = <usize>d.units << 2;
  const outBytes = <usize>(d.mode == CONCAT ? strideOf(2 * d.units) : stride) << 2;
  const half = f32x4.splat(0.5);
  let row: usize = 0;
  let dMerged = d.dMerged;
  for (let t = 0; t < d.steps; t++) {
    let mirrored = <isize>d.backwardTimeStride * t << 2;
    for (let n = 0; n < d.batch; n++) {
      const dForward = d.dForward + row;
      const dBackward = d.dBackward + mirrored;
      if (d.mode == CONCAT) {
        memory.copy(dForward, dMerged, unitBytes);
        memory.copy(dBackward, dMerged + unitBytes, unitBytes);
      } else {
        for (let offset: usize = 0; offset < rowBytes; offset += 16) {
          let g = v128.load(dMerged + offset);
          if (d.mode == AVERAGE) g = f32x4.mul(g, half);
          const multiplies = d.mode == MULTIPLY;
          const a = multiplies ? f32x4.mul(g, v128.load(d.backward + mirrored + offset)) : g;
          const b = multiplies ? f32x4.mul(g, v128.load(d.forward + row + offset)) : g;
          v128.store(dForward + offset, a);
          v128.store(dBackward + offset, b);
        }
      }
      row += rowBytes;
      mirrored += rowBytes;
      dMerged += outBytes;
    }
  }
}
