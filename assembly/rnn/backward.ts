import { addFloats, addProducts } from "../linalg/elementwise";
import { addLanes, OUTER_ROWS, outerProduct, packPairs, pairsBytes } from "../linalg/outer-product";
import { packSteps } from "../linalg/pack-steps";
import { matrixProduct, PANEL_COLUMNS } from "../linalg/panel-product";
import { recordOf } from "../probe/record";
import { rnnCellBackward } from "./cell";
import { RnnDescriptor } from "./descriptor";
import { RNN_GATES, rnnRecordGradients, rnnRecordState } from "./record";

/**
 * rnnBackward: back-propagation through time for the rows [rowBegin, rowEnd) of the batch.
 *
 * Math     MATH.md (28), (12); truncation after equation (13)
 * Shapes   RnnDescriptor with a whole tape (a ring of T + 1); reads dy, h, z with keepZ, the transposed panels
 * Writes   z (=): dz; dx (=) unless 0; dh (=): dL/dh_0 (zero where truncation cuts at 0); dhThrough scratch; the given
 *          rows only; the part's record (+=) unless 0
 * Alias    none; Align all 16
 * Error    each product a sum of H terms in a fixed order
 * Cost     2 B T H (H + F) flops (without dx: 2 B T H H)
 * Oracle   test/assembly/rnn/rnn.test.ts  Bench bench/kernels
 */
export function rnnBackward(descriptor: usize, rowBegin: i32, rowEnd: i32, part: i32): void {
  const d = changetype<RnnDescriptor>(descriptor);
  assert(d.hRing == d.timesteps + 1);
  const rows = rowEnd - rowBegin;
  const stride = ((d.units + 3) >> 2) << 2;
  const rowBytes = <usize>stride << 2;
  const stepBytes = rowBytes * <usize>d.batch;
  const firstRow = <usize>rowBegin * rowBytes;
  const rowsBytes = <usize>rows * rowBytes;
  const dh = d.dh + firstRow;
  const record = recordOf(d.record, part, d.timesteps, RNN_GATES);
  if (!d.carry) memory.fill(dh, 0, rowsBytes);
  for (let t = d.timesteps - 1; t >= 0; t--) {
    const step = <usize>t * stepBytes + firstRow;
    if (d.dySteps > 1) addFloats(d.dy + step, dh, rowsBytes);
    else if (t == d.timesteps - 1) addFloats(d.dy + firstRow, dh, rowsBytes);
    const mask = d.mask ? d.mask + (<usize>(t * d.batch + rowBegin) << 2) : 0;
    const dz = d.z + step;
    if (record) rnnRecordState(d, record, t, d.h + step + stepBytes, dh, rowBytes, mask, rows);
    rnnCellBackward(dz, d.keepZ, d.h + step + stepBytes, dh, dz, rowBytes, mask, rows, d.activation);
    const dx = d.dx ? d.dx + (<isize>d.dxTimeStride * t << 2) + (<usize>(rowBegin * d.dxStride) << 2) : 0;
    if (dx) matrixProduct(dz, stride, d.kernelTransposed, 0, dx, d.dxStride, rows, d.units, d.features, 0);
    if (record) rnnRecordGradients(d, record, t, dz, rowBytes, dx, rows);
    if (d.truncate > 0 && t % d.truncate == 0 && (t > 0 || !d.carry)) {
      memory.fill(dh, 0, rowsBytes);
    } else if (d.recurrentMask) {
      const through = d.dhThrough + firstRow;
      matrixProduct(dz, stride, d.recurrentTransposed, 0, through, stride, rows, d.units, d.units, 0);
      addProducts(through, d.recurrentMask + firstRow, dh, rowsBytes);
    } else {
      matrixProduct(dz, stride, d.recurrentTransposed, 0, dh, stride, rows, d.units, d.units, 1);
    }
  }
}

/**
 * rnnWeightGradients: dW, dR and db of the unit groups [groupBegin, groupEnd), four units each, from the dz that
 * rnnBackward left. groupBegin is a multiple of 4, and so is groupEnd unless it is the last, so that callers share
 * whole panels. Each element is one sum in one fixed order, whoever computes it.
 *
 * Math     MATH.md (13)
 * Shapes   RnnDescriptor; reads x, h (or hMasked), z
 * Writes   dKernel, dRecurrent, dBias (+=), the columns of the given groups only; the part's own pairs scratch
 * Alias    none; reads up to 12 floats behind z (and ignores them)
 * Error    sums over B T rows in blocks of OUTER_ROWS
 * Cost     2 B T H (F + H) flops
 * Oracle   test/assembly/rnn/rnn.test.ts  Bench bench/kernels
 */
export function rnnWeightGradients(descriptor: usize, groupBegin: i32, groupEnd: i32, part: i32): void {
  const d = changetype<RnnDescriptor>(descriptor);
  assert((groupBegin & 3) == 0);
  const stride = ((d.units + 3) >> 2) << 2;
  const h = d.recurrentMask ? d.hMasked : d.h;
  const pairs = d.pairs + <usize>part * <usize>pairsBytes(max(d.features, d.units));
  const columnEnd = min(d.units, 4 * groupEnd);
  const total = d.timesteps * d.batch;
  for (let first = 0; first < total; first += OUTER_ROWS) {
    const rows = min(OUTER_ROWS, total - first);
    const block = <usize>(first * stride) << 2;
    packSteps(d.x, d.xTimeStride, d.xStride, d.batch, first, rows, d.features, pairs);
    panels(d, pairs, d.dKernel, d.features, d.z + block, stride, rows, 4 * groupBegin, columnEnd);
    packPairs(h + block, stride, pairs, OUTER_ROWS, rows, d.units);
    panels(d, pairs, d.dRecurrent, d.units, d.z + block, stride, rows, 4 * groupBegin, columnEnd);
    if (d.dBias) {
      for (let column = 4 * groupBegin; column < columnEnd; column += 4) {
        let sum = f32x4.splat(0);
        let dz = d.z + block + (<usize>column << 2);
        for (let row = 0; row < rows; row++) {
          sum = f32x4.add(sum, v128.load(dz));
          dz += <usize>stride << 2;
        }
        addLanes(d.dBias + (<usize>column << 2), min(4, d.units - column), sum);
      }
    }
  }
}

/** gradient += Aᵀ dz for the columns [begin, end) of dz, sixteen at a time, with A in pairs. */
function panels(
  d: RnnDescriptor, pairs: usize, gradient: usize, columns: i32, dz: usize, stride: i32, rows: i32, begin: i32, end: i32,
): void {
  for (let column = begin; column < end; column += PANEL_COLUMNS) {
    const vectors = min(4, (end - column + 3) >> 2);
    const offset = <usize>column << 2;
    outerProduct(
      pairs, OUTER_ROWS, dz + offset, <usize>stride << 2, gradient + offset, d.units, 4,
      vectors, min(4, end - column - 4 * (vectors - 1)), rows, columns,
    );
  }
}
