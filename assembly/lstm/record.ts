import { SIGMOID, TANH } from "../activation/activate";
import { activateAny4, derivativeAny4 } from "../activation/any";
import {
  addGate, addTo, addWideSquares, CELL, COUNTED, GATES, HIDDEN, highEdge, INPUT, isSafe, laneSum, lowEdge, NEAR, nearEdge,
  recordGateGradients, rowSquares, scaleFor, stepBytes, unscaled,
} from "../probe/record";
import { constant4, ONE } from "../simd/constants";
import { addWide, hsumWide, laneMask } from "../simd/lanes";
import { LstmDescriptor } from "./descriptor";

/**
 * What lstmBackward writes down of each step: see ../probe/record. Reads only; MATH.md, «What is recorded».
 *
 * Gates of the usual activations are summed as whole multiples of 2^-22: 3 + y lies in [2, 4], where float32 is that
 * fine, so the bits of the sum are the integer, and integers add up the same in any order.
 */
const FIXED_OFFSET: f32 = 3;
const FIXED_BITS: i32 = 0x40400000;
const FIXED_UNIT: f64 = 2.384185791015625e-7;
/** Rows whose fixed-point sums, four units together, cannot leave 32 bits. */
const BLOCK: i32 = 64;
/**
 * A gate y in [0, 1] is near a bound where y (1 - y) is at most NEAR (1 - NEAR); one in [-1, 1] where y² is at least
 * (1 - NEAR)². Distances from the middle would take one constant more, and with it a spilled counter.
 */
const GATE_EDGE: f32 = NEAR * (1 - NEAR);
const CELL_EDGE: f32 = (1 - NEAR) * (1 - NEAR);
const AT_FIXED_OFFSET: usize = memory.data<f32>([FIXED_OFFSET]);
const AT_GATE_EDGE: usize = memory.data<f32>([GATE_EDGE]);
const AT_CELL_EDGE: usize = memory.data<f32>([CELL_EDGE]);

export const LSTM_GATES: i32 = 4;

/** Before the cells of step t: what has arrived at h_t. */
export function lstmRecordState(d: LstmDescriptor, record: usize, t: i32, dhPtr: usize, rows: i32): void {
  const step = record + <usize>t * stepBytes(LSTM_GATES);
  const later = t + 1 < d.timesteps ? load<f64>(step + stepBytes(LSTM_GATES), HIDDEN) : 0;
  const rowBytes = <usize>((d.units + 3) >> 2) << 4;
  addTo(step + HIDDEN, rowSquares(dhPtr, rowBytes, rows, d.units, scaleFor(later)));
}

/** Before the cell of one group of units at step t, while its gates are still activations; `tanhPtr`: tanh(c) of usual cells. */
export function lstmRecordCell(
  d: LstmDescriptor, record: usize, t: i32, group: i32,
  gatesPtr: usize, tanhPtr: usize, tanhBytes: usize, cPtr: usize, dhPtr: usize, dcPtr: usize, rowBytes: usize,
  maskPtr: usize, rows: i32,
): void {
  const step = record + <usize>t * stepBytes(LSTM_GATES);
  const valid = laneMask(d.units - 4 * group);
  const usual = d.activation == TANH && d.recurrentActivation == SIGMOID;
  const later = t + 1 < d.timesteps ? load<f64>(step + stepBytes(LSTM_GATES), CELL) : 0;
  const scale = scaleFor(load<f64>(step, HIDDEN) + later);
  for (let row = 0; row < rows; row += BLOCK) {
    const count = min(BLOCK, rows - row);
    const offset = <usize>row * rowBytes;
    const gates = gatesPtr + (<usize>row << 6);
    const mask = maskPtr ? maskPtr + (<usize>row << 2) : 0;
    if (usual) {
      const squares = usualCellSquares(
        gates, tanhPtr + <usize>row * tanhBytes, tanhBytes, dhPtr + offset, dcPtr + offset, rowBytes, mask, count, scale,
      );
      if (isSafe(squares)) {
        addTo(step + CELL, unscaled(squares, scale));
        const counted = usualGates(step, gates, mask, count, valid);
        if (group == 0) addTo(step + COUNTED, <f64>counted);
        continue;
      }
    }
    anyCell(d, step, usual, gates, cPtr + offset, dhPtr + offset, dcPtr + offset, rowBytes, mask, count, valid, group == 0);
  }
}

/** After the cells of step t: dz, and dx where it is wanted. */
export function lstmRecordGradients(d: LstmDescriptor, record: usize, t: i32, dzRows: usize, dxPtr: usize, rows: i32): void {
  const step = record + <usize>t * stepBytes(LSTM_GATES);
  const scale = scaleFor(load<f64>(step, HIDDEN) + load<f64>(step, CELL));
  recordGateGradients(step, dzRows, rows, (d.units + 3) >> 2, LSTM_GATES, scale);
  if (dxPtr) addTo(step + INPUT, rowSquares(dxPtr, <usize>d.dxStride << 2, rows, d.features, scale));
}

/**
 * Σ (dL/dc)² of the usual cell, times scale². Squares of two rows are added in float32, pairs in float64: shares of a
 * batch begin on even rows, so the pairs are the same whoever takes them.
 */
function usualCellSquares(
  gatesPtr: usize, tanhPtr: usize, tanhBytes: usize, dhPtr: usize, dcPtr: usize, rowBytes: usize, maskPtr: usize,
  rows: i32, scale: f32,
): f64 {
  const factor = f32x4.splat(scale);
  let squares = f64x2.splat(0);
  let row = 0;
  for (; row + 2 <= rows; row += 2) {
    const first = square(f32x4.mul(cellGradient(gatesPtr, tanhPtr, dhPtr, dcPtr, maskPtr), factor));
    const mask = maskPtr ? maskPtr + 4 : 0;
    const second = square(
      f32x4.mul(cellGradient(gatesPtr + 64, tanhPtr + tanhBytes, dhPtr + rowBytes, dcPtr + rowBytes, mask), factor),
    );
    squares = addWide(squares, f32x4.add(first, second));
    gatesPtr += 128;
    tanhPtr += 2 * tanhBytes;
    dhPtr += 2 * rowBytes;
    dcPtr += 2 * rowBytes;
    if (maskPtr) maskPtr += 8;
  }
  if (row < rows) {
    squares = addWide(squares, square(f32x4.mul(cellGradient(gatesPtr, tanhPtr, dhPtr, dcPtr, maskPtr), factor)));
  }
  return hsumWide(squares);
}

/** dL/dc of one row of four units: what came from the step after, and through h_t. */
// @ts-ignore: decorator
@inline
function cellGradient(gatesPtr: usize, tanhPtr: usize, dhPtr: usize, dcPtr: usize, maskPtr: usize): v128 {
  const dc = v128.load(dcPtr);
  if (maskPtr && load<f32>(maskPtr) == 0) return dc;
  const slope = f32x4.sub(constant4(ONE), square(v128.load(tanhPtr)));
  return f32x4.add(dc, f32x4.mul(f32x4.mul(v128.load(dhPtr), v128.load(gatesPtr, 48)), slope));
}

/** Means and saturation of the usual gates; returns the number of rows that count. */
function usualGates(step: usize, gatesPtr: usize, maskPtr: usize, rows: i32, valid: v128): i32 {
  const offset = constant4(AT_FIXED_OFFSET);
  const gateEdge = constant4(AT_GATE_EDGE);
  const cellEdge = constant4(AT_CELL_EDGE);
  let iSum = i32x4.splat(0), fSum = iSum, gSum = iSum, oSum = iSum;
  let iNear = iSum, fNear = iSum, gNear = iSum, oNear = iSum;
  let counted = 0;
  for (let row = 0; row < rows; row++, gatesPtr += 64) {
    if (maskPtr && load<f32>(maskPtr + (<usize>row << 2)) == 0) continue;
    const i = v128.load(gatesPtr);
    const f = v128.load(gatesPtr, 16);
    const g = v128.load(gatesPtr, 32);
    const o = v128.load(gatesPtr, 48);
    iSum = i32x4.add(iSum, f32x4.add(i, offset));
    fSum = i32x4.add(fSum, f32x4.add(f, offset));
    gSum = i32x4.add(gSum, f32x4.add(g, offset));
    oSum = i32x4.add(oSum, f32x4.add(o, offset));
    iNear = i32x4.sub(iNear, f32x4.le(f32x4.sub(i, square(i)), gateEdge));
    fNear = i32x4.sub(fNear, f32x4.le(f32x4.sub(f, square(f)), gateEdge));
    gNear = i32x4.sub(gNear, f32x4.ge(square(g), cellEdge));
    oNear = i32x4.sub(oNear, f32x4.le(f32x4.sub(o, square(o)), gateEdge));
    counted++;
  }
  const base = i32x4.splat(counted * FIXED_BITS);
  addFour(step + GATES + 32, FIXED_UNIT, laneSums(
    v128.and(i32x4.sub(iSum, base), valid), v128.and(i32x4.sub(fSum, base), valid),
    v128.and(i32x4.sub(gSum, base), valid), v128.and(i32x4.sub(oSum, base), valid),
  ));
  addFour(step + GATES + 64, 1, laneSums(
    v128.and(iNear, valid), v128.and(fNear, valid), v128.and(gNear, valid), v128.and(oNear, valid),
  ));
  return counted;
}

/** Any activations and any numbers, in float64. `usual`: the gates hold activations, not pre-activations. */
function anyCell(
  d: LstmDescriptor, step: usize, usual: bool, gatesPtr: usize, cPtr: usize, dhPtr: usize, dcPtr: usize,
  rowBytes: usize, maskPtr: usize, rows: i32, valid: v128, first: bool,
): void {
  const gateCode = d.recurrentActivation, cellCode = d.activation;
  const low = f32x4.splat(lowEdge(gateCode)), high = f32x4.splat(highEdge(gateCode));
  const cellLow = f32x4.splat(lowEdge(cellCode)), cellHigh = f32x4.splat(highEdge(cellCode));
  let iSum = f64x2.splat(0), fSum = iSum, gSum = iSum, oSum = iSum, squares = iSum;
  let iNear = i32x4.splat(0), fNear = iNear, gNear = iNear, oNear = iNear;
  let counted = 0;
  for (let row = 0; row < rows; row++) {
    let dc = v128.load(dcPtr);
    if (!(maskPtr && load<f32>(maskPtr + (<usize>row << 2)) == 0)) {
      let i = v128.load(gatesPtr), f = v128.load(gatesPtr, 16), g = v128.load(gatesPtr, 32), o = v128.load(gatesPtr, 48);
      if (!usual) {
        i = activateAny4(gateCode, i);
        f = activateAny4(gateCode, f);
        g = activateAny4(cellCode, g);
        o = activateAny4(gateCode, o);
      }
      const c = v128.load(cPtr);
      const slope = derivativeAny4(cellCode, c, activateAny4(cellCode, c));
      dc = f32x4.add(dc, f32x4.mul(f32x4.mul(v128.load(dhPtr), o), slope));
      iSum = addWide(iSum, v128.and(i, valid));
      fSum = addWide(fSum, v128.and(f, valid));
      gSum = addWide(gSum, v128.and(g, valid));
      oSum = addWide(oSum, v128.and(o, valid));
      iNear = i32x4.sub(iNear, nearEdge(i, low, high));
      fNear = i32x4.sub(fNear, nearEdge(f, low, high));
      gNear = i32x4.sub(gNear, nearEdge(g, cellLow, cellHigh));
      oNear = i32x4.sub(oNear, nearEdge(o, low, high));
      counted++;
    }
    squares = addWideSquares(squares, v128.and(dc, valid));
    gatesPtr += 64;
    cPtr += rowBytes;
    dhPtr += rowBytes;
    dcPtr += rowBytes;
  }
  addTo(step + CELL, hsumWide(squares));
  if (first) addTo(step + COUNTED, <f64>counted);
  addGate(step, LSTM_GATES, 0, hsumWide(iSum), laneSum(v128.and(iNear, valid)));
  addGate(step, LSTM_GATES, 1, hsumWide(fSum), laneSum(v128.and(fNear, valid)));
  addGate(step, LSTM_GATES, 2, hsumWide(gSum), laneSum(v128.and(gNear, valid)));
  addGate(step, LSTM_GATES, 3, hsumWide(oSum), laneSum(v128.and(oNear, valid)));
}

// @ts-ignore: decorator
@inline
function square(v: v128): v128 {
  return f32x4.mul(v, v);
}

/** The sums of the lanes of four vectors of i32. */
// @ts-ignore: decorator
@inline
function laneSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

/** Adds four i32, times `unit`, to four float64. */
// @ts-ignore: decorator
@inline
function addFour(ptr: usize, unit: f64, values: v128): void {
  const low = f64x2.mul(f64x2.convert_low_i32x4_s(values), f64x2.splat(unit));
  const high = f64x2.mul(f64x2.convert_low_i32x4_s(v128.shuffle<i32>(values, values, 2, 3, 2, 3)), f64x2.splat(unit));
  v128.store(ptr, f64x2.add(v128.load(ptr), low));
  v128.store(ptr, f64x2.add(v128.load(ptr, 16), high), 16);
}
