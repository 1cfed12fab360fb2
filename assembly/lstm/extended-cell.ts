import { activateAny4, derivativeAny4 } from "../activation/any";
import { store4x4 } from "../simd/lanes";

/**
 * lstmExtendedCellForward: cell state and o ⊙ φ(c) of four units for each row, from their pre-activations.
 *
 * Math     MATH.md (2)-(4), (30), (31)
 * Shapes   gates [rows, 16] (i, f, c, o of four units); cPrev, c, m [rows] of four floats, rowBytes apart; peepholes
 *          [12] or 0; mask [rows] or 0: masked rows keep their c
 * Writes   gates (=): the pre-activations, peepholes included; c, m (=)
 * Alias    c may be cPrev
 */
export function lstmExtendedCellForward(
  gatesPtr: usize,
  peepholesPtr: usize,
  cPrevPtr: usize,
  cPtr: usize,
  mPtr: usize,
  rowBytes: usize,
  maskPtr: usize,
  rows: i32,
  activation: i32,
  recurrentActivation: i32,
): void {
  const zero = f32x4.splat(0);
  const pi = peepholesPtr ? v128.load(peepholesPtr) : zero;
  const pf = peepholesPtr ? v128.load(peepholesPtr, 16) : zero;
  const po = peepholesPtr ? v128.load(peepholesPtr, 32) : zero;
  for (let row = 0; row < rows; row++) {
    const cPrev = v128.load(cPrevPtr);
    const zi = f32x4.add(v128.load(gatesPtr), f32x4.mul(pi, cPrev));
    const zf = f32x4.add(v128.load(gatesPtr, 16), f32x4.mul(pf, cPrev));
    const i = activateAny4(recurrentActivation, zi);
    const f = activateAny4(recurrentActivation, zf);
    const g = activateAny4(activation, v128.load(gatesPtr, 32));
    const c = f32x4.add(f32x4.mul(f, cPrev), f32x4.mul(i, g));
    const zo = f32x4.add(v128.load(gatesPtr, 48), f32x4.mul(po, c));
    v128.store(gatesPtr, zi);
    v128.store(gatesPtr, zf, 16);
    v128.store(gatesPtr, zo, 48);
    v128.store(mPtr, f32x4.mul(activateAny4(recurrentActivation, zo), activateAny4(activation, c)));
    const masked = maskPtr != 0 && load<f32>(maskPtr + (<usize>row << 2)) == 0;
    v128.store(cPtr, masked ? cPrev : c);
    gatesPtr += 64;
    cPrevPtr += rowBytes;
    cPtr += rowBytes;
    mPtr += rowBytes;
  }
}

/**
 * lstmExtendedCellBackward: gradients of the pre-activations of four units for each row, and of the cell state one step
 * back. In a masked row dz is zero and dc passes back unchanged.
 *
 * Math     MATH.md (8)-(11), (32)
 * Shapes   gates [rows, 16], in: pre-activations, out: dz; dzRows [rows, 16] with dzRowBytes from row to row; peepholes
 *          [12] or 0; cPrev, c, dm, dc [rows] of four floats, rowBytes apart; mask [rows] or 0
 * Writes   gates, dzRows (=): dz; dc (=): dL/dc_{t-1}
 * Alias    none
 */
export function lstmExtendedCellBackward(
  gatesPtr: usize,
  dzRowsPtr: usize,
  dzRowBytes: usize,
  peepholesPtr: usize,
  cPrevPtr: usize,
  cPtr: usize,
  dmPtr: usize,
  dcPtr: usize,
  rowBytes: usize,
  maskPtr: usize,
  rows: i32,
  activation: i32,
  recurrentActivation: i32,
): void {
  const zero = f32x4.splat(0);
  const pi = peepholesPtr ? v128.load(peepholesPtr) : zero;
  const pf = peepholesPtr ? v128.load(peepholesPtr, 16) : zero;
  const po = peepholesPtr ? v128.load(peepholesPtr, 32) : zero;
  for (let row = 0; row < rows; row++) {
    let di = zero, df = zero, dg = zero, dO = zero;
    if (!(maskPtr && load<f32>(maskPtr + (<usize>row << 2)) == 0)) {
      const zi = v128.load(gatesPtr), zf = v128.load(gatesPtr, 16), zg = v128.load(gatesPtr, 32), zo = v128.load(gatesPtr, 48);
      const c = v128.load(cPtr);
      const dm = v128.load(dmPtr);
      const i = activateAny4(recurrentActivation, zi);
      const f = activateAny4(recurrentActivation, zf);
      const g = activateAny4(activation, zg);
      const o = activateAny4(recurrentActivation, zo);
      const a = activateAny4(activation, c);
      dO = f32x4.mul(f32x4.mul(dm, a), derivativeAny4(recurrentActivation, zo, o));
      let dc = f32x4.add(v128.load(dcPtr), f32x4.mul(f32x4.mul(dm, o), derivativeAny4(activation, c, a)));
      dc = f32x4.add(dc, f32x4.mul(dO, po));
      di = f32x4.mul(f32x4.mul(dc, g), derivativeAny4(recurrentActivation, zi, i));
      df = f32x4.mul(f32x4.mul(dc, v128.load(cPrevPtr)), derivativeAny4(recurrentActivation, zf, f));
      dg = f32x4.mul(f32x4.mul(dc, i), derivativeAny4(activation, zg, g));
      dc = f32x4.add(f32x4.mul(dc, f), f32x4.add(f32x4.mul(di, pi), f32x4.mul(df, pf)));
      v128.store(dcPtr, dc);
    }
    store4x4(gatesPtr, di, df, dg, dO);
    store4x4(dzRowsPtr, di, df, dg, dO);
    gatesPtr += 64;
    dzRowsPtr += dzRowBytes;
    cPrevPtr += rowBytes;
    cPtr += rowBytes;
    dmPtr += rowBytes;
    dcPtr += rowBytes;
  }
}
