import { SIGMOID, TANH } from "../activation/activate";
import { activateAny4, derivativeAny4 } from "../activation/any";
import {
  addGate, addTo, CELL, COUNTED, GATES, HIDDEN, highEdge, INPUT, laneSum, lowEdge, nearEdge,
  recordGateGradients, rowSquares, scaleFor, stepBytes,
} from "../probe/record";
import { addWide, hsumWide, laneMask } from "../simd/lanes";
import { addWideSquares } from "../simd/squares";
import { lstmCellBackwardWatched } from "./cell-backward";
import { isMasked } from "./cell-forward";
import { LstmDescriptor } from "./descriptor";
import { settleTally, TALLY_ROWS } from "./gate-statistics";

/**
 * What lstmBackward writes down of each step: see ../probe/record. Reads only; MATH.md, «What is recorded».
 *
 * Cells of the usual activations are watched while they go back: their gates and dL/dc are in registers then. Other
 * cells, and those of a step whose gradients are not finite, are looked at beforehand, in float64.
 */
export const LSTM_GATES: i32 = 4;

// @ts-ignore: decorator
@inline
function stepOf(record: usize, t: i32): usize {
  return record + <usize>t * stepBytes(LSTM_GATES);
}

/**
 * Before the cells of step t: what has arrived at h_t.
 *
 * @returns whether the cells can be watched.
 */
export function lstmRecordState(d: LstmDescriptor, record: usize, t: i32, dhPtr: usize, rows: i32): bool {
  const step = stepOf(record, t);
  const later = step + stepBytes(LSTM_GATES);
  const isLast = t + 1 == d.timesteps;
  const rowBytes = <usize>((d.units + 3) >> 2) << 4;
  addTo(step + HIDDEN, rowSquares(dhPtr, rowBytes, rows, d.units, scaleFor(isLast ? 0 : load<f64>(later, HIDDEN))));
  const arrived = load<f64>(step, HIDDEN) + (isLast ? 0 : load<f64>(later, CELL));
  return d.activation == TANH && d.recurrentActivation == SIGMOID && isFinite(arrived);
}

/** The cell of one group of units goes back, as in lstmCellBackward, and leaves dL/dc_t in d.dcTotal. */
export function lstmWatchCell(
  d: LstmDescriptor, record: usize, t: i32, group: i32, gatesPtr: usize, dzPtr: usize, dzRowBytes: usize,
  cPrevPtr: usize, dhPtr: usize, dcPtr: usize, dcTotalPtr: usize, rowBytes: usize, maskPtr: usize, rows: i32,
): void {
  const step = stepOf(record, t);
  // Behind the part's last step there is place for one more.
  const tally = stepOf(record, d.timesteps);
  const valid = laneMask(d.units - 4 * group);
  for (let row = 0; row < rows; row += TALLY_ROWS) {
    const offset = <usize>row * rowBytes;
    const unmasked = lstmCellBackwardWatched(
      gatesPtr + (<usize>row << 6), dzPtr + <usize>row * dzRowBytes, dzRowBytes, cPrevPtr + offset, dhPtr + offset,
      dcPtr + offset, dcTotalPtr + offset, rowBytes, maskPtr ? maskPtr + (<usize>row << 2) : 0, min(TALLY_ROWS, rows - row),
      tally,
    );
    settleTally(tally, step, unmasked, valid);
    if (group == 0) addTo(step + COUNTED, <f64>unmasked);
  }
}

/**
 * Before the cell of one group of units, any activations and any numbers, in float64. Where the activations are the usual
 * ones the gates hold them, and pre-activations where they are not.
 */
export function lstmRecordAnyCell(
  d: LstmDescriptor, record: usize, t: i32, group: i32,
  gatesPtr: usize, cPtr: usize, dhPtr: usize, dcPtr: usize, rowBytes: usize, maskPtr: usize, rows: i32,
): void {
  const step = stepOf(record, t);
  const valid = laneMask(d.units - 4 * group);
  const usual = d.activation == TANH && d.recurrentActivation == SIGMOID;
  const gateCode = d.recurrentActivation, cellCode = d.activation;
  const low = f32x4.splat(lowEdge(gateCode)), high = f32x4.splat(highEdge(gateCode));
  const cellLow = f32x4.splat(lowEdge(cellCode)), cellHigh = f32x4.splat(highEdge(cellCode));
  let iSum = f64x2.splat(0), fSum = iSum, gSum = iSum, oSum = iSum, squares = iSum;
  let iNear = i32x4.splat(0), fNear = iNear, gNear = iNear, oNear = iNear;
  let counted = 0;
  for (let row = 0; row < rows; row++) {
    let dc = v128.load(dcPtr);
    if (!isMasked(maskPtr, row)) {
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
  if (group == 0) addTo(step + COUNTED, <f64>counted);
  addGate(step, LSTM_GATES, 0, hsumWide(iSum), laneSum(v128.and(iNear, valid)));
  addGate(step, LSTM_GATES, 1, hsumWide(fSum), laneSum(v128.and(fNear, valid)));
  addGate(step, LSTM_GATES, 2, hsumWide(gSum), laneSum(v128.and(gNear, valid)));
  addGate(step, LSTM_GATES, 3, hsumWide(oSum), laneSum(v128.and(oNear, valid)));
}

/** After the cells of step t: dz, dx where it is wanted, and dL/dc if the cells were watched. */
export function lstmRecordGradients(
  d: LstmDescriptor, record: usize, t: i32, dzRows: usize, dxPtr: usize, rows: i32, dcTotalPtr: usize,
): void {
  const step = stepOf(record, t);
  const groups = (d.units + 3) >> 2;
  if (dcTotalPtr) {
    const later = t + 1 < d.timesteps ? load<f64>(step + stepBytes(LSTM_GATES), CELL) : 0;
    const scale = scaleFor(load<f64>(step, HIDDEN) + later);
    addTo(step + CELL, rowSquares(dcTotalPtr, <usize>groups << 4, rows, d.units, scale));
  }
  const scale = scaleFor(load<f64>(step, HIDDEN) + load<f64>(step, CELL));
  recordGateGradients(step, dzRows, rows, groups, LSTM_GATES, scale);
  if (dcTotalPtr) passNaN(step);
  if (dxPtr) addTo(step + INPUT, rowSquares(dxPtr, <usize>d.dxStride << 2, rows, d.features, scale));
}

/** A tally holds integers, which cannot be NaN. What arrived was finite, so a NaN in dz comes from the gate itself. */
function passNaN(step: usize): void {
  for (let gate = 0; gate < LSTM_GATES; gate++) {
    const own = step + GATES + (<usize>gate << 3);
    if (isNaN(load<f64>(own))) store<f64>(own, NaN, <usize>LSTM_GATES << 3);
  }
}
