import { multiplyFloats } from "../linalg/elementwise";
import { oneRowPanels, panelRows } from "../linalg/panel-product";
import { lstmCellForward } from "./cell-forward";
import { LstmDescriptor } from "./descriptor";

/**
 * lstmForward: all T steps of an LSTM layer for the rows [rowBegin, rowEnd) of the batch.
 *
 * Rows of a batch never meet, so several callers may carry a share of them each.
 *
 * Math     MATH.md (1)-(5)
 * Shapes   LstmDescriptor; reads x, panels, bias, mask, h[0], c[0]
 * Writes   h, c at 1 … T (modulo their rings) and gates (=), and hMasked with a recurrentMask; the given rows only
 * Alias    none; Align panels, bias, h, c, gates 16; any B, T, F, H >= 1
 * Error    each pre-activation a sum of F + H + 1 terms in a fixed order
 * Cost     8 B T H (F + H) flops
 * Oracle   test/assembly/lstm/lstm.test.ts  Bench bench/kernels
 */
export function lstmForward(descriptor: usize, rowBegin: i32, rowEnd: i32, _part: i32): void {
  const d = changetype<LstmDescriptor>(descriptor);
  assert(d.batch >= rowEnd && rowBegin >= 0 && d.timesteps >= 1 && d.units >= 1 && d.hRing >= 2);
  const rows = rowEnd - rowBegin;
  const groups = (d.units + 3) >> 2;
  const rowBytes = (<usize>groups) << 4;
  const stepBytes = rowBytes * <usize>d.batch;
  const firstRow = <usize>rowBegin * rowBytes;
  const xRowBytes = (<usize>d.xStride) << 2;
  const panelBytes = (<usize>(d.features + d.units)) << 6;
  // The groups of a single row without a tape stand one behind the other, as rows of a batch do: one pass over all of
  // them keeps the processor busy where a pass over one would wait for its own results.
  const isUntapedRow = d.batch == 1 && d.gateSteps == 1 && d.mask == 0;
  const groupBytes = <usize>(d.gateSteps * d.batch) << 6;
  for (let t = 0; t < d.timesteps; t++) {
    const x = d.x + ((<isize>d.xTimeStride * t) << 2) + <usize>rowBegin * xRowBytes;
    const hPrev = d.h + <usize>(t % d.hRing) * stepBytes + firstRow;
    const h = d.h + <usize>((t + 1) % d.hRing) * stepBytes + firstRow;
    const cPrev = d.c + <usize>(t % d.cRing) * stepBytes + firstRow;
    const c = d.c + <usize>((t + 1) % d.cRing) * stepBytes + firstRow;
    let hRead = hPrev;
    if (d.recurrentMask) {
      hRead = d.hMasked + <usize>(t % d.hRing) * stepBytes + firstRow;
      multiplyFloats(hPrev, d.recurrentMask + firstRow, hRead, <usize>rows * rowBytes);
    }
    const mask = d.mask ? d.mask + ((<usize>(t * d.batch + rowBegin)) << 2) : 0;
    const stepGates = d.gates + (<usize>((t % d.gateSteps) * d.batch + rowBegin) << 6);
    if (rows == 1) {
      oneRowPanels(x, d.features, hRead, d.units, d.panels, groups, d.bias, stepGates, groupBytes, 4, 0);
      if (isUntapedRow) {
        lstmCellForward(stepGates, cPrev, hPrev, c, h, 16, 0, groups, d.activation, d.recurrentActivation);
        continue;
      }
    }
    for (let group = 0; group < groups; group++) {
      const gates = stepGates + <usize>group * groupBytes;
      const unit = <usize>group << 4;
      if (rows > 1) {
        panelRows(
          x, xRowBytes, d.features, hRead, rowBytes, d.units,
          d.panels + <usize>group * panelBytes, d.bias + (<usize>group << 6), gates, 64, 4, rows, 0,
        );
      }
      lstmCellForward(
        gates, cPrev + unit, hPrev + unit, c + unit, h + unit, rowBytes, mask, rows, d.activation, d.recurrentActivation,
      );
    }
  }
}
