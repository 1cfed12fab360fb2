import { activateAny4, derivativeAny4 } from "../activation/any";
import { LstmDescriptor } from "./descriptor";
import { LSTM_GATES } from "./record";
import {
  addGate, addTo, CELL, COUNTED, HIDDEN, highEdge, INPUT, laneSum, lowEdge, nearEdge, recordGateGradients,
  rowSquares, scaleFor, stepBytes,
} from "../probe/record";
import { addWide, hsumWide, laneMask } from "../simd/lanes";
import { addWideSquares } from "../simd/squares";

/** What lstmExtendedBackward writes down of each step: see ../probe/record. Reads only. Gates as in ../lstm/record. */

/** Before the cells of step t: what has arrived at h_t, `width` wide. */
export function lstmExtendedRecordState(
  d: LstmDescriptor, record: usize, t: i32, dhPtr: usize, width: i32, rows: i32,
): void {
  const step = record + <usize>t * stepBytes(LSTM_GATES);
  const later = t + 1 < d.timesteps ? load<f64>(step + stepBytes(LSTM_GATES), HIDDEN) : 0;
  addTo(step + HIDDEN, rowSquares(dhPtr, <usize>((width + 3) & ~3) << 2, rows, width, scaleFor(later)));
}

/** Before the cell of one group of units at step t, while its gates are still pre-activations. */
export function lstmExtendedRecordCell(
  d: LstmDescriptor, record: usize, t: i32, group: i32, gatesPtr: usize, peepholesPtr: usize, cPtr: usize, dmPtr: usize,
  dcPtr: usize, rowBytes: usize, maskPtr: usize, rows: i32,
): void {
  const step = record + <usize>t * stepBytes(LSTM_GATES);
  const valid = laneMask(d.units - 4 * group);
  const gateCode = d.recurrentActivation, cellCode = d.activation;
  const low = f32x4.splat(lowEdge(gateCode)), high = f32x4.splat(highEdge(gateCode));
  const cellLow = f32x4.splat(lowEdge(cellCode)), cellHigh = f32x4.splat(highEdge(cellCode));
  const po = peepholesPtr ? v128.load(peepholesPtr, 32) : f32x4.splat(0);
  let iSum = f64x2.splat(0), fSum = iSum, gSum = iSum, oSum = iSum, squares = iSum;
  let iNear = i32x4.splat(0), fNear = iNear, gNear = iNear, oNear = iNear;
  let counted = 0;
  for (let row = 0; row < rows; row++) {
    let dc = v128.load(dcPtr);
    if (!(maskPtr && load<f32>(maskPtr + (<usize>row << 2)) == 0)) {
      const i = activateAny4(gateCode, v128.load(gatesPtr));
      const f = activateAny4(gateCode, v128.load(gatesPtr, 16));
      const g = activateAny4(cellCode, v128.load(gatesPtr, 32));
      const zo = v128.load(gatesPtr, 48);
      const o = activateAny4(gateCode, zo);
      const c = v128.load(cPtr);
      const a = activateAny4(cellCode, c);
      const dm = v128.load(dmPtr);
      dc = f32x4.add(dc, f32x4.mul(f32x4.mul(dm, o), derivativeAny4(cellCode, c, a)));
      dc = f32x4.add(dc, f32x4.mul(f32x4.mul(f32x4.mul(dm, a), derivativeAny4(gateCode, zo, o)), po));
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
    dmPtr += rowBytes;
    dcPtr += rowBytes;
  }
  addTo(step + CELL, hsumWide(squares));
  if (group == 0) addTo(step + COUNTED, <f64>counted);
  addGate(step, LSTM_GATES, 0, hsumWide(iSum), laneSum(v128.and(iNear, valid)));
  addGate(step, LSTM_GATES, 1, hsumWide(fSum), laneSum(v128.and(fNear, valid)));
  addGate(step, LSTM_GATES, 2, hsumWide(gSum), laneSum(v128.and(gNear, valid)));
  addGate(step, LSTM_GATES, 3, hsumWide(oSum), laneSum(v128.and(oNear, valid)));
}

/** After the cells of step t: dz, and dx where it is wanted. */
export function lstmExtendedRecordGradients(
  d: LstmDescriptor, record: usize, t: i32, dzRows: usize, dxPtr: usize, rows: i32,
): void {
  const step = record + <usize>t * stepBytes(LSTM_GATES);
  const scale = scaleFor(load<f64>(step, HIDDEN) + load<f64>(step, CELL));
  recordGateGradients(step, dzRows, rows, (d.units + 3) >> 2, LSTM_GATES, scale);
  if (dxPtr) addTo(step + INPUT, rowSquares(dxPtr, <usize>d.dxStride << 2, rows, d.features, scale));
}
