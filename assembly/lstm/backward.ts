import { tanhRows } from "../activation/interleaved";
import { SIGMOID, TANH } from "../activation/activate";
import { addFloats, addProducts } from "../linalg/elementwise";
import { addLanes, OUTER_ROWS, outerProduct, packPairs, pairsBytes } from "../linalg/outer-product";
import { packSteps } from "../linalg/pack-steps";
import { matrixProduct } from "../linalg/panel-product";
import { lstmCellBackward } from "./cell-backward";
import { LstmDescriptor } from "./descriptor";
import { recordOf } from "../probe/record";
import { LSTM_GATES, lstmRecordAnyCell, lstmRecordGradients, lstmRecordState, lstmWatchCell } from "./record";

/**
 * lstmBackward: back-propagation through time for the rows [rowBegin, rowEnd) of the batch.
 *
 * Math     MATH.md (6)-(12); truncation after equation (13)
 * Shapes   LstmDescriptor with a whole tape (rings of T + 1, gateSteps = T); reads dy, gates, c, the transposed panels
 * Writes   gates (=): dz; dx (=) unless 0; dh, dc (=): dL/dh_0, dL/dc_0 (zero where truncation cuts at 0);
 *          dzRows scratch; the given rows only; the part's record (+=) unless 0, which changes nothing else
 * Alias    none; Align all 16
 * Error    see lstmCellBackward; each product a sum of 4H terms in a fixed order
 * Cost     8 B T H (H + F) flops (without dx: 8 B T H H)
 * Oracle   test/assembly/lstm/lstm.test.ts  Bench bench/kernels
 */
export function lstmBackward(descriptor: usize, rowBegin: i32, rowEnd: i32, part: i32): void {
  const d = changetype<LstmDescriptor>(descriptor);
  assert(d.hRing == d.timesteps + 1 && d.cRing == d.timesteps + 1 && d.gateSteps == d.timesteps);
  const rows = rowEnd - rowBegin;
  const groups = (d.units + 3) >> 2;
  const stride = groups << 2;
  const rowBytes = <usize>groups << 4;
  const stepBytes = rowBytes * <usize>d.batch;
  const firstRow = <usize>rowBegin * rowBytes;
  const rowsBytes = <usize>rows * rowBytes;
  const dzRowBytes = <usize>groups << 6;
  const dzRows = d.dzRows + <usize>rowBegin * dzRowBytes;
  const dh = d.dh + firstRow;
  const dc = d.dc + firstRow;
  const record = recordOf(d.record, part, d.timesteps, LSTM_GATES);
  const isUsual = d.activation == TANH && d.recurrentActivation == SIGMOID;
  if (!d.carry) {
    memory.fill(dh, 0, rowsBytes);
    memory.fill(dc, 0, rowsBytes);
  }
  for (let t = d.timesteps - 1; t >= 0; t--) {
    if (d.dySteps > 1) addFloats(d.dy + <usize>t * stepBytes + firstRow, dh, rowsBytes);
    else if (t == d.timesteps - 1) addFloats(d.dy + firstRow, dh, rowsBytes);
    const cPrev = d.c + <usize>t * stepBytes + firstRow;
    const mask = d.mask ? d.mask + (<usize>(t * d.batch + rowBegin) << 2) : 0;
    const dcTotal = record && lstmRecordState(d, record, t, dh, rows) ? d.dcTotal + firstRow : 0;
    for (let group = 0; group < groups; group++) {
      const unit = <usize>group << 4;
      const gates = d.gates + (<usize>((group * d.timesteps + t) * d.batch + rowBegin) << 6);
      const c = cPrev + stepBytes + unit;
      const dz = dzRows + (<usize>group << 6);
      // The place of dz is free until the cell gets there.
      if (isUsual) tanhRows(c, rowBytes, dz, dzRowBytes, rows);
      if (dcTotal) {
        lstmWatchCell(
          d, record, t, group, gates, dz, dzRowBytes, cPrev + unit, dh + unit, dc + unit, dcTotal + unit, rowBytes, mask, rows,
        );
        continue;
      }
      if (record) lstmRecordAnyCell(d, record, t, group, gates, c, dh + unit, dc + unit, rowBytes, mask, rows);
      lstmCellBackward(
        gates, dz, dzRowBytes, cPrev + unit, c, dh + unit, dc + unit,
        rowBytes, mask, rows, d.activation, d.recurrentActivation,
      );
    }
    const dx = d.dx ? d.dx + (<isize>d.dxTimeStride * t << 2) + (<usize>(rowBegin * d.dxStride) << 2) : 0;
    if (dx) {
      matrixProduct(
        dzRows, stride << 2, d.kernelTransposed, 0, dx, d.dxStride, rows, stride << 2, d.features, 0,
      );
    }
    if (record) lstmRecordGradients(d, record, t, dzRows, dx, rows, dcTotal);
    if (d.truncate > 0 && t % d.truncate == 0 && (t > 0 || !d.carry)) {
      memory.fill(dh, 0, rowsBytes);
      memory.fill(dc, 0, rowsBytes);
    } else if (d.recurrentMask) {
      const through = d.dhMasked + firstRow;
      matrixProduct(dzRows, stride << 2, d.recurrentTransposed, 0, through, stride, rows, stride << 2, d.units, 0);
      addProducts(through, d.recurrentMask + firstRow, dh, rowsBytes);
    } else {
      matrixProduct(dzRows, stride << 2, d.recurrentTransposed, 0, dh, stride, rows, stride << 2, d.units, 1);
    }
  }
}

/**
 * lstmWeightGradients: dW, dR and db of the unit groups [groupBegin, groupEnd), from the dz that lstmBackward left in
 * the gates' tape. Each element is one sum in one fixed order, whoever computes it.
 *
 * Math     MATH.md (13)
 * Shapes   LstmDescriptor; reads x, h, gates
 * Writes   dKernel, dRecurrent, dBias (+=), the columns of the given groups only; the part's own pairs scratch
 * Alias    none
 * Error    sums over B T rows in blocks of OUTER_ROWS
 * Cost     8 B T H (F + H) flops
 * Oracle   test/assembly/lstm/lstm.test.ts  Bench bench/kernels
 */
export function lstmWeightGradients(descriptor: usize, groupBegin: i32, groupEnd: i32, part: i32): void {
  const d = changetype<LstmDescriptor>(descriptor);
  const groups = (d.units + 3) >> 2;
  const stride = groups << 2;
  const total = d.timesteps * d.batch;
  const pairs = d.pairs + <usize>part * <usize>pairsBytes(max(d.features, d.units));
  const hRead = d.recurrentMask ? d.hMasked : d.h;
  for (let first = 0; first < total; first += OUTER_ROWS) {
    const rows = min(OUTER_ROWS, total - first);
    packSteps(d.x, d.xTimeStride, d.xStride, d.batch, first, rows, d.features, pairs);
    gradientPanels(d, pairs, d.dKernel, d.features, first, rows, groupBegin, groupEnd);
    packPairs(hRead + (<usize>(first * stride) << 2), stride, pairs, OUTER_ROWS, rows, d.units);
    gradientPanels(d, pairs, d.dRecurrent, d.units, first, rows, groupBegin, groupEnd);
    if (d.dBias) {
      for (let group = groupBegin; group < groupEnd; group++) {
        addColumnSums(dzBlock(d, group, first), rows, d.dBias + (<usize>group << 4), d.units, min(4, d.units - 4 * group));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function dzBlock(d: LstmDescriptor, group: i32, firstRow: i32): usize {
  return d.gates + (<usize>(group * d.timesteps * d.batch + firstRow) << 6);
}

function gradientPanels(
  d: LstmDescriptor, pairs: usize, gradient: usize, columns: i32, first: i32, rows: i32, groupBegin: i32, groupEnd: i32,
): void {
  for (let group = groupBegin; group < groupEnd; group++) {
    outerProduct(
      pairs, OUTER_ROWS, dzBlock(d, group, first), 64,
      gradient + (<usize>group << 4), d.units << 2, d.units, 4, min(4, d.units - 4 * group), rows, columns,
    );
  }
}

/** db of four units: the sums of the sixteen columns of a block of dz. */
function addColumnSums(zPtr: usize, rows: i32, biasPtr: usize, units: i32, lanes: i32): void {
  let i = f32x4.splat(0), f = i, g = i, o = i;
  const end = zPtr + (<usize>rows << 6);
  for (; zPtr < end; zPtr += 64) {
    i = f32x4.add(i, v128.load(zPtr));
    f = f32x4.add(f, v128.load(zPtr, 16));
    g = f32x4.add(g, v128.load(zPtr, 32));
    o = f32x4.add(o, v128.load(zPtr, 48));
  }
  const gateBytes = <usize>units << 2;
  addLanes(biasPtr, lanes, i);
  addLanes(biasPtr + gateBytes, lanes, f);
  addLanes(biasPtr + 2 * gateBytes, lanes, g);
  addLanes(biasPtr + 3 * gateBytes, lanes, o);
}
