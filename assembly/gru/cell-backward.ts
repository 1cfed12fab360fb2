import { SIGMOID, TANH } from "../activation/activate";
import { activateAny4, derivativeAny4 } from "../activation/any";
import { store4x4 } from "../simd/lanes";

/**
 * gruCellBackward: gradients of the pre-activations of four units for each row, and the part of the hidden state's
 * that passes by the products.
 *
 * A masked row copied its state forward, so its dh passes back unchanged and its dz is zero. Without resetAfter
 * (dCandidate is not 0) the reset gate has to wait for the product with R_hᵀ: gruResetBackward.
 *
 * Math     MATH.md (20)-(22)
 * Shapes   gates [rows, 16], in: the tape, out: dz; dzInput, dzRecurrent [rows, 12] with dzRowBytes from row to row
 *          (dzRecurrent [rows, 8] with resetRowBytes without resetAfter); dCandidate, hPrev, dh [rows] of four floats,
 *          rowBytes apart; mask [rows] or 0
 * Writes   gates, dzInput, dzRecurrent, dCandidate (=), but what depends on dr without resetAfter; dh (=): dh ⊙ z, or
 *          dh in masked rows
 * Alias    none
 * Error    a handful of roundings of each factor
 * Cost     14 flops a unit
 */
export function gruCellBackward(
  gatesPtr: usize,
  dzInputPtr: usize,
  dzRecurrentPtr: usize,
  dzRowBytes: usize,
  dzRecurrentRowBytes: usize,
  dCandidatePtr: usize,
  hPrevPtr: usize,
  dhPtr: usize,
  rowBytes: usize,
  maskPtr: usize,
  rows: i32,
  activation: i32,
  recurrentActivation: i32,
): void {
  const usual = activation == TANH && recurrentActivation == SIGMOID;
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  for (let row = 0; row < rows; row++) {
    let dz = zero, dr = zero, dg = zero, dgRecurrent = zero;
    if (!(maskPtr && load<f32>(maskPtr + (<usize>row << 2)) == 0)) {
      let z = v128.load(gatesPtr);
      let r = v128.load(gatesPtr, 16);
      let g = v128.load(gatesPtr, 32);
      let sz: v128, sr: v128, sg: v128;
      if (usual) {
        sz = f32x4.mul(z, f32x4.sub(one, z));
        sr = f32x4.mul(r, f32x4.sub(one, r));
        sg = f32x4.sub(one, f32x4.mul(g, g));
      } else {
        const zz = z, zr = r, pre = g;
        z = activateAny4(recurrentActivation, zz);
        r = activateAny4(recurrentActivation, zr);
        g = activateAny4(activation, pre);
        sz = derivativeAny4(recurrentActivation, zz, z);
        sr = derivativeAny4(recurrentActivation, zr, r);
        sg = derivativeAny4(activation, pre, g);
      }
      const dh = v128.load(dhPtr);
      dz = f32x4.mul(f32x4.mul(dh, f32x4.sub(v128.load(hPrevPtr), g)), sz);
      dg = f32x4.mul(f32x4.mul(dh, f32x4.sub(one, z)), sg);
      if (!dCandidatePtr) {
        dr = f32x4.mul(f32x4.mul(dg, v128.load(gatesPtr, 48)), sr);
        dgRecurrent = f32x4.mul(dg, r);
      }
      v128.store(dhPtr, f32x4.mul(dh, z));
    }
    v128.store(dzInputPtr, dz);
    v128.store(dzInputPtr, dg, 32);
    v128.store(dzRecurrentPtr, dz);
    if (dCandidatePtr) {
      v128.store(gatesPtr, dz);
      v128.store(gatesPtr, dg, 32);
      v128.store(gatesPtr, dg, 48);
      v128.store(dCandidatePtr, dg);
      dCandidatePtr += rowBytes;
    } else {
      store4x4(gatesPtr, dz, dr, dg, dgRecurrent);
      v128.store(dzInputPtr, dr, 16);
      v128.store(dzRecurrentPtr, dr, 16);
      v128.store(dzRecurrentPtr, dgRecurrent, 32);
    }
    gatesPtr += 64;
    dzInputPtr += dzRowBytes;
    dzRecurrentPtr += dzRecurrentRowBytes;
    hPrevPtr += rowBytes;
    dhPtr += rowBytes;
  }
}

/**
 * gruResetBackward: from d(r ⊙ h_{t-1}) to the reset gate and the state, where the gate came before the product.
 *
 * Math     MATH.md (26)
 * Shapes   gates [rows, 16], the tape in the second vector; dzInput [rows, 12], dzRecurrent [rows, 8] as above;
 *          h [rows] of four floats: what the gate scaled; dhThrough likewise, in: d(r ⊙ h), out: that times r
 * Writes   the second vectors of gates, dzInput, dzRecurrent (=); dhThrough (=)
 * Alias    none
 */
export function gruResetBackward(
  gatesPtr: usize,
  dzInputPtr: usize,
  dzRecurrentPtr: usize,
  dzRowBytes: usize,
  dzRecurrentRowBytes: usize,
  hPtr: usize,
  dhThroughPtr: usize,
  rowBytes: usize,
  maskPtr: usize,
  rows: i32,
  activation: i32,
  recurrentActivation: i32,
): void {
  const usual = activation == TANH && recurrentActivation == SIGMOID;
  for (let row = 0; row < rows; row++) {
    let dr = f32x4.splat(0);
    if (!(maskPtr && load<f32>(maskPtr + (<usize>row << 2)) == 0)) {
      const zr = v128.load(gatesPtr, 16);
      const r = usual ? zr : activateAny4(recurrentActivation, zr);
      const slope = usual
        ? f32x4.mul(r, f32x4.sub(f32x4.splat(1), r))
        : derivativeAny4(recurrentActivation, zr, r);
      const d = v128.load(dhThroughPtr);
      dr = f32x4.mul(f32x4.mul(d, v128.load(hPtr)), slope);
      v128.store(dhThroughPtr, f32x4.mul(d, r));
    }
    v128.store(gatesPtr, dr, 16);
    v128.store(dzInputPtr, dr, 16);
    v128.store(dzRecurrentPtr, dr, 16);
    gatesPtr += 64;
    dzInputPtr += dzRowBytes;
    dzRecurrentPtr += dzRecurrentRowBytes;
    hPtr += rowBytes;
    dhThroughPtr += rowBytes;
  }
}
