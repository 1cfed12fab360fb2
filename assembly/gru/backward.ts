import { addFloats, addProducts } from "../linalg/elementwise";
import { matrixProduct } from "../linalg/panel-product";
import { gruCellBackward, gruResetBackward } from "./cell-backward";
import { recordOf } from "../probe/record";
import { GruDescriptor } from "./descriptor";
import { gatesOf } from "./forward";
import { GRU_GATES, gruRecordGates, gruRecordGradients, gruRecordState } from "./record";

/**
 * gruBackward: back-propagation through time for the rows [rowBegin, rowEnd) of the batch.
 *
 * Math     MATH.md (19)-(23), (26); truncation after equation (13)
 * Shapes   GruDescriptor with a whole tape (a ring of T + 1, gateSteps = T); reads dy, gates, h, the transposed panels
 * Writes   gates (=): dz; dx (=) unless 0; dh (=): dL/dh_0 (zero where truncation cuts at 0); dhThrough, dzInput,
 *          dzRecurrent, dCandidate scratch; the given rows only; the part's record (+=) unless 0
 * Alias    none; Align all 16
 * Error    see gruCellBackward; each product a sum of 3H terms in a fixed order
 * Cost     6 B T H (H + F) flops (without dx: 6 B T H H)
 * Oracle   test/assembly/gru/gru.test.ts  Bench bench/kernels
 */
export function gruBackward(descriptor: usize, rowBegin: i32, rowEnd: i32, part: i32): void {
  const d = changetype<GruDescriptor>(descriptor);
  assert(d.hRing == d.timesteps + 1 && d.gateSteps == d.timesteps);
  const rows = rowEnd - rowBegin;
  const groups = (d.units + 3) >> 2;
  const stride = groups << 2;
  const rowBytes = <usize>groups << 4;
  const stepBytes = rowBytes * <usize>d.batch;
  const firstRow = <usize>rowBegin * rowBytes;
  const rowsBytes = <usize>rows * rowBytes;
  const dzInput = d.dzInput + 3 * firstRow;
  const recurrentGates = d.resetAfter ? 3 : 2;
  const dzRecurrent = d.dzRecurrent + <usize>recurrentGates * firstRow;
  const dh = d.dh + firstRow;
  const record = recordOf(d.record, part, d.timesteps, GRU_GATES);
  if (!d.carry) memory.fill(dh, 0, rowsBytes);
  for (let t = d.timesteps - 1; t >= 0; t--) {
    if (d.dySteps > 1) addFloats(d.dy + <usize>t * stepBytes + firstRow, dh, rowsBytes);
    else if (t == d.timesteps - 1) addFloats(d.dy + firstRow, dh, rowsBytes);
    const mask = d.mask ? d.mask + (<usize>(t * d.batch + rowBegin) << 2) : 0;
    const hPrev = d.h + <usize>t * stepBytes + firstRow;
    if (record) gruRecordState(d, record, t, dh, rows);
    for (let group = 0; group < groups; group++) {
      const unit = <usize>group << 4;
      if (record) gruRecordGates(d, record, t, group, gatesOf(d, group, t, rowBegin), mask, rows);
      gruCellBackward(
        gatesOf(d, group, t, rowBegin),
        dzInput + 3 * unit, dzRecurrent + <usize>recurrentGates * unit,
        3 * rowBytes, <usize>recurrentGates * rowBytes,
        d.resetAfter ? 0 : d.dCandidate + firstRow + unit,
        hPrev + unit, dh + unit, rowBytes, mask, rows, d.activation, d.recurrentActivation,
      );
    }
    if (!d.resetAfter) resetBackward(d, t, rowBegin, rows, groups, mask);
    const dx = d.dx ? d.dx + (<isize>d.dxTimeStride * t << 2) + (<usize>(rowBegin * d.dxStride) << 2) : 0;
    if (dx) {
      matrixProduct(
        dzInput, 3 * stride, d.kernelTransposed, 0, dx, d.dxStride, rows, 3 * stride, d.features, 0,
      );
    }
    if (record) gruRecordGradients(d, record, t, dzInput, dx, rows);
    if (d.truncate > 0 && t % d.truncate == 0 && (t > 0 || !d.carry)) {
      memory.fill(dh, 0, rowsBytes);
      continue;
    }
    const direct = d.resetAfter && !d.recurrentMask;
    const through = direct ? dh : d.dhThrough + firstRow;
    matrixProduct(
      dzRecurrent, recurrentGates * stride, d.recurrentTransposed, 0, through, stride,
      rows, recurrentGates * stride, d.units, direct || !d.resetAfter ? 1 : 0,
    );
    if (d.recurrentMask) addProducts(through, d.recurrentMask + firstRow, dh, rowsBytes);
    else if (!direct) addFloats(through, dh, rowsBytes);
  }
}

/** d(r ⊙ h) = dCandidate R_hᵀ, then the reset gate; leaves d(r ⊙ h) ⊙ r in dhThrough. */
function resetBackward(d: GruDescriptor, t: i32, rowBegin: i32, rows: i32, groups: i32, mask: usize): void {
  const stride = groups << 2;
  const rowBytes = <usize>groups << 4;
  const firstRow = <usize>rowBegin * rowBytes;
  const through = d.dhThrough + firstRow;
  matrixProduct(
    d.dCandidate + firstRow, stride, d.candidateTransposed, 0, through, stride, rows, d.units, d.units, 0,
  );
  const h = (d.recurrentMask ? d.hMasked : d.h) + <usize>t * rowBytes * <usize>d.batch + firstRow;
  for (let group = 0; group < groups; group++) {
    const unit = <usize>group << 4;
    gruResetBackward(
      gatesOf(d, group, t, rowBegin),
      d.dzInput + 3 * (firstRow + unit), d.dzRecurrent + 2 * (firstRow + unit), 3 * rowBytes, 2 * rowBytes,
      h + unit, through + unit, rowBytes, mask, rows, d.activation, d.recurrentActivation,
    );
  }
}
