import { multiplyFloats } from "../linalg/elementwise";
import { PANEL_COLUMNS, panelRows } from "../linalg/panel-product";
import { rnnCellForward } from "./cell";
import { RnnDescriptor } from "./descriptor";

/**
 * rnnForward: all T steps of a simple recurrent layer for the rows [rowBegin, rowEnd) of the batch.
 *
 * Rows of a batch never meet, so several callers may carry a share of them each.
 *
 * Math     MATH.md (27)
 * Shapes   RnnDescriptor; reads x, panels, bias, mask, h[0]
 * Writes   h at 1 … T (modulo its ring), z with keepZ, hMasked with a recurrentMask (=); the given rows only
 * Alias    none; Align panels, bias, h, z 16; any B, T, F, H >= 1
 * Error    each pre-activation a sum of F + H + 1 terms in a fixed order
 * Cost     2 B T H (F + H) flops
 * Oracle   test/assembly/rnn/rnn.test.ts  Bench bench/kernels
 */
export function rnnForward(descriptor: usize, rowBegin: i32, rowEnd: i32, _part: i32): void {
  const d = changetype<RnnDescriptor>(descriptor);
  assert(d.batch >= rowEnd && rowBegin >= 0 && d.timesteps >= 1 && d.units >= 1 && d.hRing >= 2);
  const rows = rowEnd - rowBegin;
  const rowBytes = <usize>((d.units + 3) >> 2) << 4;
  const stepBytes = rowBytes * <usize>d.batch;
  const firstRow = <usize>rowBegin * rowBytes;
  const xRowBytes = <usize>d.xStride << 2;
  const panelBytes = <usize>(d.features + d.units) << 6;
  for (let t = 0; t < d.timesteps; t++) {
    const hPrev = d.h + <usize>(t % d.hRing) * stepBytes + firstRow;
    const h = d.h + <usize>((t + 1) % d.hRing) * stepBytes + firstRow;
    let hRead = hPrev;
    if (d.recurrentMask) {
      hRead = d.hMasked + <usize>(t % d.hRing) * stepBytes + firstRow;
      multiplyFloats(hPrev, d.recurrentMask + firstRow, hRead, <usize>rows * rowBytes);
    }
    const z = d.keepZ ? d.z + <usize>t * stepBytes + firstRow : h;
    let panel = d.panels;
    for (let column = 0; column < d.units; column += PANEL_COLUMNS) {
      const offset = <usize>column << 2;
      panelRows(
        d.x + (<isize>d.xTimeStride * t << 2) + <usize>rowBegin * xRowBytes, xRowBytes, d.features,
        hRead, rowBytes, d.units, panel, d.bias + offset, z + offset, rowBytes,
        min(4, (d.units - column + 3) >> 2), rows, 0,
      );
      panel += panelBytes;
    }
    const mask = d.mask ? d.mask + (<usize>(t * d.batch + rowBegin) << 2) : 0;
    rnnCellForward(z, hPrev, h, rowBytes, mask, rows, d.activation);
  }
}
