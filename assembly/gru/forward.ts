import { multiplyFloats } from "../linalg/elementwise";
import { matrixProduct } from "../linalg/panel-product";
import { gruCellForward, gruResetForward } from "./cell-forward";
import { GruDescriptor } from "./descriptor";
import { GRU_PANEL_ROW_BYTES, gruPanelRows } from "./panel-rows";

/**
 * gruForward: all T steps of a GRU layer for the rows [rowBegin, rowEnd) of the batch.
 *
 * Rows of a batch never meet, so several callers may carry a share of them each.
 *
 * Math     MATH.md (14)-(18), (25)
 * Shapes   GruDescriptor; reads x, panels, bias, mask, h[0]
 * Writes   h at 1 … T (modulo its ring) and gates (=), hMasked with a recurrentMask, hReset and candidate without
 *          resetAfter; the given rows only
 * Alias    none; Align panels, bias, h, gates 16; any B, T, F, H >= 1
 * Error    each pre-activation a sum of F + H + 1 terms in a fixed order
 * Cost     6 B T H (F + H) flops; without resetAfter 2 B T H H more, spent on zeros
 * Oracle   test/assembly/gru/gru.test.ts  Bench bench/kernels
 */
export function gruForward(descriptor: usize, rowBegin: i32, rowEnd: i32, _part: i32): void {
  const d = changetype<GruDescriptor>(descriptor);
  assert(d.batch >= rowEnd && rowBegin >= 0 && d.timesteps >= 1 && d.units >= 1 && d.hRing >= 2);
  const rows = rowEnd - rowBegin;
  const groups = (d.units + 3) >> 2;
  const stride = groups << 2;
  const rowBytes = <usize>groups << 4;
  const stepBytes = rowBytes * <usize>d.batch;
  const firstRow = <usize>rowBegin * rowBytes;
  const xRowBytes = <usize>d.xStride << 2;
  const panelBytes = <usize>(d.features + d.units) * GRU_PANEL_ROW_BYTES;
  const candidate: usize = d.resetAfter ? <usize>0 : d.candidate + firstRow;
  for (let t = 0; t < d.timesteps; t++) {
    const x = d.x + (<isize>d.xTimeStride * t << 2) + <usize>rowBegin * xRowBytes;
    const hPrev = d.h + <usize>(t % d.hRing) * stepBytes + firstRow;
    const h = d.h + <usize>((t + 1) % d.hRing) * stepBytes + firstRow;
    let hRead = hPrev;
    if (d.recurrentMask) {
      hRead = d.hMasked + <usize>(t % d.hRing) * stepBytes + firstRow;
      multiplyFloats(hPrev, d.recurrentMask + firstRow, hRead, <usize>rows * rowBytes);
    }
    const mask = d.mask ? d.mask + (<usize>(t * d.batch + rowBegin) << 2) : 0;
    if (!d.resetAfter) {
      const hReset = d.hReset + <usize>(t % d.gateSteps) * stepBytes + firstRow;
      for (let group = 0; group < groups; group++) {
        const gates = gatesOf(d, group, t, rowBegin);
        const unit = <usize>group << 4;
        gruPanelRows(
          x, xRowBytes, d.features, hRead, rowBytes, d.units,
          d.panels + <usize>group * panelBytes, d.bias + (<usize>group << 6), gates, rows,
        );
        gruResetForward(gates, hRead + unit, hReset + unit, rowBytes, rows, d.activation, d.recurrentActivation);
      }
      matrixProduct(hReset, stride, d.candidatePanels, 0, candidate, stride, rows, d.units, d.units, 0);
    }
    for (let group = 0; group < groups; group++) {
      const gates = gatesOf(d, group, t, rowBegin);
      const unit = <usize>group << 4;
      if (d.resetAfter) {
        gruPanelRows(
          x, xRowBytes, d.features, hRead, rowBytes, d.units,
          d.panels + <usize>group * panelBytes, d.bias + (<usize>group << 6), gates, rows,
        );
      }
      gruCellForward(
        gates, candidate ? candidate + unit : <usize>0, hPrev + unit, h + unit, rowBytes, mask, rows,
        d.activation, d.recurrentActivation,
      );
    }
  }
}

/** Where a group's rows stand at step t. */
// @ts-ignore: decorator
@inline
export function gatesOf(d: GruDescriptor, group: i32, t: i32, row: i32): usize {
  return d.gates + (<usize>((group * d.gateSteps + t % d.gateSteps) * d.batch + row) << 6);
}
