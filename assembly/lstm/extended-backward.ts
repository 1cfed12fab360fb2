import { denseWeightGradients } from "../layers/dense";
import { addFloats, addProducts } from "../linalg/elementwise";
import { addLanes, OUTER_ROWS, outerProduct, packPairs, pairsBytes } from "../linalg/outer-product";
import { packSteps } from "../linalg/pack-steps";
import { matrixProduct } from "../linalg/panel-product";
import { LstmDescriptor } from "./descriptor";
import { LSTM_GATES } from "./record";
import { recordOf } from "../probe/record";
import { lstmExtendedCellBackward } from "./extended-cell";
import { LstmExtendedDescriptor } from "./extended-descriptor";
import { lstmExtendedRecordCell, lstmExtendedRecordGradients, lstmExtendedRecordState } from "./extended-record";

/**
 * lstmExtendedBackward: back-propagation through time for the rows [rowBegin, rowEnd) of the batch.
 *
 * Math     MATH.md (6), (8)-(12), (32), (33); truncation after equation (13)
 * Shapes   LstmExtendedDescriptor with a whole tape; reads dy, gates, c, the transposed panels
 * Writes   gates (=): dz; dx (=) unless 0; dhSteps (=) with a projection; dh, dc (=): dL/dh_0, dL/dc_0 (zero where
 *          truncation cuts at 0); dm, dzRows scratch; the given rows only; the part's record (+=) unless 0
 * Alias    none; Align all 16
 * Cost     8 B T H (P + F) + 2 B T H P flops
 * Oracle   test/src/layers/recurrent/lstm-extended.test.ts
 */
export function lstmExtendedBackward(descriptor: usize, rowBegin: i32, rowEnd: i32, part: i32): void {
  const e = changetype<LstmExtendedDescriptor>(descriptor);
  const d = changetype<LstmDescriptor>(e.base);
  assert(d.hRing == d.timesteps + 1 && d.cRing == d.timesteps + 1 && d.gateSteps == d.timesteps);
  const rows = rowEnd - rowBegin;
  const groups = (d.units + 3) >> 2;
  const depth = groups << 4;
  const hStride = (e.width + 3) & ~3;
  const rowBytes = <usize>groups << 4;
  const hRowBytes = <usize>hStride << 2;
  const stepBytes = rowBytes * <usize>d.batch;
  const hStepBytes = hRowBytes * <usize>d.batch;
  const firstRow = <usize>rowBegin * rowBytes;
  const firstState = <usize>rowBegin * hRowBytes;
  const hBytes = <usize>rows * hRowBytes;
  const dzRows = d.dzRows + (<usize>(rowBegin * depth) << 2);
  const dh = d.dh + firstState;
  const dc = d.dc + firstRow;
  const record = recordOf(d.record, part, d.timesteps, LSTM_GATES);
  if (!d.carry) {
    memory.fill(dh, 0, hBytes);
    memory.fill(dc, 0, <usize>rows * rowBytes);
  }
  for (let t = d.timesteps - 1; t >= 0; t--) {
    if (d.dySteps > 1) addFloats(d.dy + <usize>t * hStepBytes + firstState, dh, hBytes);
    else if (t == d.timesteps - 1) addFloats(d.dy + firstState, dh, hBytes);
    const mask = d.mask ? d.mask + (<usize>(t * d.batch + rowBegin) << 2) : 0;
    if (record) lstmExtendedRecordState(d, record, t, dh, e.width, rows);
    let dm = dh;
    if (e.projection) {
      const dhStep = e.dhSteps + <usize>t * hStepBytes + firstState;
      memory.copy(dhStep, dh, hBytes);
      if (mask) clearRows(dhStep, hRowBytes, mask, rows, 0);
      dm = e.dm + firstRow;
      matrixProduct(dhStep, hStride, e.projectionTransposed, 0, dm, groups << 2, rows, e.width, d.units, 0);
    }
    const cPrev = d.c + <usize>t * stepBytes + firstRow;
    for (let group = 0; group < groups; group++) {
      const unit = <usize>group << 4;
      const gates = d.gates + (<usize>((group * d.timesteps + t) * d.batch + rowBegin) << 6);
      const peepholes: usize = e.peepholes ? e.peepholes + 3 * unit : <usize>0;
      if (record) {
        lstmExtendedRecordCell(
          d, record, t, group, gates, peepholes, cPrev + stepBytes + unit, dm + unit, dc + unit, rowBytes, mask, rows,
        );
      }
      lstmExtendedCellBackward(
        gates, dzRows + (<usize>group << 6), <usize>depth << 2, peepholes,
        cPrev + unit, cPrev + stepBytes + unit, dm + unit, dc + unit, rowBytes,
        mask, rows, d.activation, d.recurrentActivation,
      );
    }
    // A masked row copied its state forward, so its dh passes back unchanged.
    if (mask) clearRows(dh, hRowBytes, mask, rows, 1);
    else memory.fill(dh, 0, hBytes);
    const dx: usize = d.dx
      ? d.dx + (<isize>d.dxTimeStride * t << 2) + (<usize>(rowBegin * d.dxStride) << 2)
      : <usize>0;
    if (dx) matrixProduct(dzRows, depth, d.kernelTransposed, 0, dx, d.dxStride, rows, depth, d.features, 0);
    if (record) lstmExtendedRecordGradients(d, record, t, dzRows, dx, rows);
    if (d.truncate > 0 && t % d.truncate == 0 && (t > 0 || !d.carry)) {
      memory.fill(dh, 0, hBytes);
      memory.fill(dc, 0, <usize>rows * rowBytes);
    } else if (d.recurrentMask) {
      const through = d.dhMasked + firstState;
      matrixProduct(dzRows, depth, d.recurrentTransposed, 0, through, hStride, rows, depth, e.width, 0);
      addProducts(through, d.recurrentMask + firstState, dh, hBytes);
    } else {
      matrixProduct(dzRows, depth, d.recurrentTransposed, 0, dh, hStride, rows, depth, e.width, 1);
    }
  }
}

/** Zeros in the rows whose mask is 1 (`counted` 1) or 0. */
function clearRows(ptr: usize, rowBytes: usize, maskPtr: usize, rows: i32, counted: i32): void {
  for (let row = 0; row < rows; row++) {
    const counts = load<f32>(maskPtr + (<usize>row << 2)) != 0;
    if (counts == (counted == 1)) memory.fill(ptr + <usize>row * rowBytes, 0, rowBytes);
  }
}

/**
 * lstmExtendedWeightGradients: dW, dR, db and the peepholes' gradient of the unit groups [groupBegin, groupEnd), and
 * with the first group the projection's. Each element is one sum in one fixed order, whoever computes it.
 *
 * Math     MATH.md (13), (32), (33)
 * Shapes   LstmExtendedDescriptor; reads x, h (or hMasked), c, m, gates, dhSteps; P <= H
 * Writes   dKernel, dRecurrent, dBias, dPeepholes, dProjection (+=); the part's own pairs scratch
 * Alias    none
 * Cost     8 B T H (F + P) + 2 B T H P flops
 * Oracle   test/src/layers/recurrent/lstm-extended.test.ts
 */
export function lstmExtendedWeightGradients(descriptor: usize, groupBegin: i32, groupEnd: i32, part: i32): void {
  const e = changetype<LstmExtendedDescriptor>(descriptor);
  const d = changetype<LstmDescriptor>(e.base);
  assert(e.width <= d.units);
  const pairs = d.pairs + <usize>part * <usize>pairsBytes(max(d.features, d.units));
  const hStride = (e.width + 3) & ~3;
  const h = d.recurrentMask ? d.hMasked : d.h;
  const total = d.timesteps * d.batch;
  for (let first = 0; first < total; first += OUTER_ROWS) {
    const rows = min(OUTER_ROWS, total - first);
    packSteps(d.x, d.xTimeStride, d.xStride, d.batch, first, rows, d.features, pairs);
    for (let group = groupBegin; group < groupEnd; group++) {
      gatePanel(d, pairs, d.dKernel, d.features, group, first, rows);
    }
    packPairs(h + (<usize>(first * hStride) << 2), hStride, pairs, OUTER_ROWS, rows, e.width);
    for (let group = groupBegin; group < groupEnd; group++) {
      gatePanel(d, pairs, d.dRecurrent, e.width, group, first, rows);
      addBiasAndPeepholes(d, e, group, first, rows);
    }
  }
  // An empty share that begins at 0 has not the first group either: another thread has.
  if (e.projection && groupBegin == 0 && groupEnd > 0) {
    denseWeightGradients(
      e.m, ((d.units + 3) >> 2) << 2, e.dhSteps, hStride, total, d.units, e.width, pairs, e.dProjection, 0,
    );
  }
}

// @ts-ignore: decorator
@inline
function dzBlock(d: LstmDescriptor, group: i32, firstRow: i32): usize {
  return d.gates + (<usize>(group * d.timesteps * d.batch + firstRow) << 6);
}

function gatePanel(
  d: LstmDescriptor, pairs: usize, gradient: usize, columns: i32, group: i32, first: i32, rows: i32,
): void {
  outerProduct(
    pairs, OUTER_ROWS, dzBlock(d, group, first), 64, gradient + (<usize>group << 4), d.units << 2, d.units,
    4, min(4, d.units - 4 * group), rows, columns,
  );
}

/** db, and with peepholes Σ dz^i ⊙ c_{t-1}, Σ dz^f ⊙ c_{t-1}, Σ dz^o ⊙ c_t, of four units. */
function addBiasAndPeepholes(d: LstmDescriptor, e: LstmExtendedDescriptor, group: i32, first: i32, rows: i32): void {
  const zero = f32x4.splat(0);
  let i = zero, f = zero, g = zero, o = zero, pi = zero, pf = zero, po = zero;
  const stateBytes = <usize>((d.units + 3) >> 2) << 4;
  const stepBytes = stateBytes * <usize>d.batch;
  let dz = dzBlock(d, group, first);
  let c = d.c + <usize>first * stateBytes + (<usize>group << 4);
  for (let row = 0; row < rows; row++) {
    const di = v128.load(dz), df = v128.load(dz, 16), dO = v128.load(dz, 48);
    i = f32x4.add(i, di);
    f = f32x4.add(f, df);
    g = f32x4.add(g, v128.load(dz, 32));
    o = f32x4.add(o, dO);
    const cPrev = v128.load(c);
    pi = f32x4.add(pi, f32x4.mul(di, cPrev));
    pf = f32x4.add(pf, f32x4.mul(df, cPrev));
    po = f32x4.add(po, f32x4.mul(dO, v128.load(c + stepBytes)));
    dz += 64;
    c += stateBytes;
  }
  const lanes = min(4, d.units - 4 * group);
  const gateBytes = <usize>d.units << 2;
  if (d.dBias) {
    const bias = d.dBias + (<usize>group << 4);
    addLanes(bias, lanes, i);
    addLanes(bias + gateBytes, lanes, f);
    addLanes(bias + 2 * gateBytes, lanes, g);
    addLanes(bias + 3 * gateBytes, lanes, o);
  }
  if (e.dPeepholes) {
    const peepholes = e.dPeepholes + (<usize>group << 4);
    addLanes(peepholes, lanes, pi);
    addLanes(peepholes + gateBytes, lanes, pf);
    addLanes(peepholes + 2 * gateBytes, lanes, po);
  }
}
