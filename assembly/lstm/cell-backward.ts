import { SIGMOID, TANH } from "../activation/activate";
import { activateAny4, derivativeAny4 } from "../activation/any";
import { store4x4 } from "../simd/lanes";

/**
 * lstmCellBackward: gradients of the pre-activations of four units for each row, and of the cell state one step back.
 *
 * A masked row copied its state forward, so its dh and dc pass back unchanged and its dz is zero.
 *
 * Math     MATH.md (7)-(11)
 * Shapes   gates [rows, 16], in: the tape, out: dz; dzRows [rows, 16] with dzRowBytes from row to row, where with tanh
 *          and sigmoid the first four floats of a row come in as tanh(c);
 *          cPrev, c, dh, dc [rows] of four floats, rowBytes apart; mask [rows] or 0
 * Writes   gates, dzRows (=): dz; dc (=): dL/dc_{t-1}; dh (=) zero in rows that are not masked
 * Alias    none
 * Error    a handful of roundings
 * Cost     22 flops a unit
 */
export function lstmCellBackward(
  gatesPtr: usize,
  dzRowsPtr: usize,
  dzRowBytes: usize,
  cPrevPtr: usize,
  cPtr: usize,
  dhPtr: usize,
  dcPtr: usize,
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
    if (maskPtr && load<f32>(maskPtr + (<usize>row << 2)) == 0) {
      store4x4(gatesPtr, zero, zero, zero, zero);
      store4x4(dzRowsPtr, zero, zero, zero, zero);
    } else {
      const zi = v128.load(gatesPtr);
      const zf = v128.load(gatesPtr, 16);
      const zg = v128.load(gatesPtr, 32);
      const zo = v128.load(gatesPtr, 48);
      const c = v128.load(cPtr);
      const dh = v128.load(dhPtr);
      let i: v128, f: v128, g: v128, o: v128, a: v128;
      let si: v128, sf: v128, sg: v128, so: v128, sa: v128;
      if (usual) {
        i = zi;
        f = zf;
        g = zg;
        o = zo;
        a = v128.load(dzRowsPtr);
        si = f32x4.mul(i, f32x4.sub(one, i));
        sf = f32x4.mul(f, f32x4.sub(one, f));
        sg = f32x4.sub(one, f32x4.mul(g, g));
        so = f32x4.mul(o, f32x4.sub(one, o));
        sa = f32x4.sub(one, f32x4.mul(a, a));
      } else {
        i = activateAny4(recurrentActivation, zi);
        f = activateAny4(recurrentActivation, zf);
        g = activateAny4(activation, zg);
        o = activateAny4(recurrentActivation, zo);
        a = activateAny4(activation, c);
        si = derivativeAny4(recurrentActivation, zi, i);
        sf = derivativeAny4(recurrentActivation, zf, f);
        sg = derivativeAny4(activation, zg, g);
        so = derivativeAny4(recurrentActivation, zo, o);
        sa = derivativeAny4(activation, c, a);
      }
      const dc = f32x4.add(v128.load(dcPtr), f32x4.mul(f32x4.mul(dh, o), sa));
      const di = f32x4.mul(f32x4.mul(dc, g), si);
      const df = f32x4.mul(f32x4.mul(dc, v128.load(cPrevPtr)), sf);
      const dg = f32x4.mul(f32x4.mul(dc, i), sg);
      const dO = f32x4.mul(f32x4.mul(dh, a), so);
      store4x4(gatesPtr, di, df, dg, dO);
      store4x4(dzRowsPtr, di, df, dg, dO);
      v128.store(dcPtr, f32x4.mul(dc, f));
      v128.store(dhPtr, zero);
    }
    gatesPtr += 64;
    dzRowsPtr += dzRowBytes;
    cPrevPtr += rowBytes;
    cPtr += rowBytes;
    dhPtr += rowBytes;
    dcPtr += rowBytes;
  }
}
