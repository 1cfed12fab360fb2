import { SIGMOID, TANH } from "../activation/activate";
import { activateAny4, derivativeAny4 } from "../activation/any";
import { constant4, ONE } from "../simd/constants";
import { flushSubnormal4 } from "../simd/flush-subnormals";
import { store4x4 } from "../simd/lanes";
import { isMasked } from "./cell-forward";
import { tallyGates } from "./gate-statistics";

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
 * Error    a handful of roundings, and what is below 1e-36 (../simd/flush-subnormals)
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
  for (let row = 0; row < rows; row++) {
    if (isMasked(maskPtr, row)) maskedRow(gatesPtr, dzRowsPtr);
    else if (usual) tanhSigmoidRow(gatesPtr, dzRowsPtr, cPrevPtr, dhPtr, dcPtr, 0, 0);
    else anyActivationRow(gatesPtr, dzRowsPtr, cPrevPtr, cPtr, dhPtr, dcPtr, activation, recurrentActivation);
    gatesPtr += 64;
    dzRowsPtr += dzRowBytes;
    cPrevPtr += rowBytes;
    cPtr += rowBytes;
    dhPtr += rowBytes;
    dcPtr += rowBytes;
  }
}

/**
 * lstmCellBackwardWatched: the same of the usual activations, to the bit, with what is seen on the way: the gates'
 * activations in `tally` (./gate-statistics), and dL/dc_t in dcTotal, laid out as dc.
 *
 * @returns rows that are not masked.
 */
export function lstmCellBackwardWatched(
  gatesPtr: usize, dzRowsPtr: usize, dzRowBytes: usize, cPrevPtr: usize, dhPtr: usize, dcPtr: usize, dcTotalPtr: usize,
  rowBytes: usize, maskPtr: usize, rows: i32, tally: usize,
): i32 {
  let unmasked = 0;
  for (let row = 0; row < rows; row++) {
    if (isMasked(maskPtr, row)) {
      v128.store(dcTotalPtr, v128.load(dcPtr));
      maskedRow(gatesPtr, dzRowsPtr);
    } else {
      tanhSigmoidRow(gatesPtr, dzRowsPtr, cPrevPtr, dhPtr, dcPtr, dcTotalPtr, tally);
      unmasked++;
    }
    gatesPtr += 64;
    dzRowsPtr += dzRowBytes;
    cPrevPtr += rowBytes;
    dhPtr += rowBytes;
    dcPtr += rowBytes;
    dcTotalPtr += rowBytes;
  }
  return unmasked;
}

// @ts-ignore: decorator
@inline
function maskedRow(gatesPtr: usize, dzRowsPtr: usize): void {
  const zero = f32x4.splat(0);
  store4x4(gatesPtr, zero, zero, zero, zero);
  store4x4(dzRowsPtr, zero, zero, zero, zero);
}

/** tanh and sigmoid: slopes from the activations. One gate after the other, so that no register has to be spilled. */
// @ts-ignore: decorator
@inline
function tanhSigmoidRow(
  gatesPtr: usize, dzRowsPtr: usize, cPrevPtr: usize, dhPtr: usize, dcPtr: usize, dcTotalPtr: usize, tally: usize,
): void {
  const one = constant4(ONE);
  const dh = v128.load(dhPtr);
  const a = v128.load(dzRowsPtr);
  const o = v128.load(gatesPtr, 48);
  const so = f32x4.mul(o, f32x4.sub(one, o));
  const dO = f32x4.mul(f32x4.mul(dh, a), so);
  const sa = f32x4.sub(one, f32x4.mul(a, a));
  const dc = f32x4.add(v128.load(dcPtr), f32x4.mul(f32x4.mul(dh, o), sa));
  const i = v128.load(gatesPtr);
  const g = v128.load(gatesPtr, 32);
  const si = f32x4.mul(i, f32x4.sub(one, i));
  const sg = f32x4.sub(one, f32x4.mul(g, g));
  const di = f32x4.mul(f32x4.mul(dc, g), si);
  const dg = f32x4.mul(f32x4.mul(dc, i), sg);
  const f = v128.load(gatesPtr, 16);
  const sf = f32x4.mul(f, f32x4.sub(one, f));
  const df = f32x4.mul(f32x4.mul(dc, v128.load(cPrevPtr)), sf);
  if (tally) {
    v128.store(dcTotalPtr, dc);
    tallyGates(tally, i, f, g, o, si, sf, sg, so);
  }
  storeRow(gatesPtr, dzRowsPtr, dhPtr, dcPtr, di, df, dg, dO, dc, f);
}

// @ts-ignore: decorator
@inline
function anyActivationRow(
  gatesPtr: usize, dzRowsPtr: usize, cPrevPtr: usize, cPtr: usize, dhPtr: usize, dcPtr: usize,
  activation: i32, recurrentActivation: i32,
): void {
  const zi = v128.load(gatesPtr), zf = v128.load(gatesPtr, 16), zg = v128.load(gatesPtr, 32), zo = v128.load(gatesPtr, 48);
  const c = v128.load(cPtr);
  const dh = v128.load(dhPtr);
  const i = activateAny4(recurrentActivation, zi);
  const f = activateAny4(recurrentActivation, zf);
  const g = activateAny4(activation, zg);
  const o = activateAny4(recurrentActivation, zo);
  const a = activateAny4(activation, c);
  const sa = derivativeAny4(activation, c, a);
  const dc = f32x4.add(v128.load(dcPtr), f32x4.mul(f32x4.mul(dh, o), sa));
  const di = f32x4.mul(f32x4.mul(dc, g), derivativeAny4(recurrentActivation, zi, i));
  const df = f32x4.mul(f32x4.mul(dc, v128.load(cPrevPtr)), derivativeAny4(recurrentActivation, zf, f));
  const dg = f32x4.mul(f32x4.mul(dc, i), derivativeAny4(activation, zg, g));
  const dO = f32x4.mul(f32x4.mul(dh, a), derivativeAny4(recurrentActivation, zo, o));
  storeRow(gatesPtr, dzRowsPtr, dhPtr, dcPtr, di, df, dg, dO, dc, f);
}

// @ts-ignore: decorator
@inline
function storeRow(
  gatesPtr: usize, dzRowsPtr: usize, dhPtr: usize, dcPtr: usize,
  di: v128, df: v128, dg: v128, dO: v128, dc: v128, f: v128,
): void {
  di = flushSubnormal4(di);
  df = flushSubnormal4(df);
  dg = flushSubnormal4(dg);
  dO = flushSubnormal4(dO);
  store4x4(gatesPtr, di, df, dg, dO);
  store4x4(dzRowsPtr, di, df, dg, dO);
  v128.store(dcPtr, flushSubnormal4(f32x4.mul(dc, f)));
  v128.store(dhPtr, f32x4.splat(0));
}
