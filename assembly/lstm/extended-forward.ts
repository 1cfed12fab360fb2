import { multiplyFloats } from "../linalg/elementwise";
import { matrixProduct, panelRows } from "../linalg/panel-product";
import { LstmDescriptor } from "./descriptor";
import { lstmExtendedCellForward } from "./extended-cell";
import { LstmExtendedDescriptor } from "./extended-descriptor";

/**
 * lstmExtendedForward: all T steps of an LSTM layer with peepholes, a projection or both, for the rows
 * [rowBegin, rowEnd) of the batch. The plain layer has kernels of its own (../lstm), which stay free of both.
 *
 * Math     MATH.md (1)-(4), (30), (31)
 * Shapes   LstmExtendedDescriptor; reads x, panels, bias, mask, h[0], c[0], peepholes, projection
 * Writes   h, c at 1 … T (modulo their rings), gates, m (=), and hMasked with a recurrentMask; the given rows only
 * Alias    none; Align all 16; any B, T, F, H, P >= 1
 * Cost     8 B T H (F + P) + 2 B T H P flops
 * Oracle   test/src/layers/recurrent/lstm-extended.test.ts
 */
export function lstmExtendedForward(descriptor: usize, rowBegin: i32, rowEnd: i32, _part: i32): void {
  const e = changetype<LstmExtendedDescriptor>(descriptor);
  const d = changetype<LstmDescriptor>(e.base);
  assert(d.batch >= rowEnd && rowBegin >= 0 && d.timesteps >= 1 && d.hRing >= 2);
  const rows = rowEnd - rowBegin;
  const groups = (d.units + 3) >> 2;
  const hStride = (e.width + 3) & ~3;
  const rowBytes = <usize>groups << 4;
  const hRowBytes = <usize>hStride << 2;
  const stepBytes = rowBytes * <usize>d.batch;
  const hStepBytes = hRowBytes * <usize>d.batch;
  const firstRow = <usize>rowBegin * rowBytes;
  const firstState = <usize>rowBegin * hRowBytes;
  const xRowBytes = <usize>d.xStride << 2;
  const panelBytes = <usize>(d.features + e.width) << 6;
  for (let t = 0; t < d.timesteps; t++) {
    const x = d.x + (<isize>d.xTimeStride * t << 2) + <usize>rowBegin * xRowBytes;
    const hPrev = d.h + <usize>(t % d.hRing) * hStepBytes + firstState;
    const h = d.h + <usize>((t + 1) % d.hRing) * hStepBytes + firstState;
    const cPrev = d.c + <usize>(t % d.cRing) * stepBytes + firstRow;
    const c = d.c + <usize>((t + 1) % d.cRing) * stepBytes + firstRow;
    const m: usize = e.projection ? e.m + <usize>(t % e.mSteps) * stepBytes + firstRow : h;
    let hRead = hPrev;
    if (d.recurrentMask) {
      hRead = d.hMasked + <usize>(t % d.hRing) * hStepBytes + firstState;
      multiplyFloats(hPrev, d.recurrentMask + firstState, hRead, <usize>rows * hRowBytes);
    }
    const mask = d.mask ? d.mask + (<usize>(t * d.batch + rowBegin) << 2) : 0;
    for (let group = 0; group < groups; group++) {
      const gates = d.gates + (<usize>((group * d.gateSteps + t % d.gateSteps) * d.batch + rowBegin) << 6);
      panelRows(
        x, xRowBytes, d.features, hRead, hRowBytes, e.width,
        d.panels + <usize>group * panelBytes, d.bias + (<usize>group << 6), gates, 64, 4, rows, 0,
      );
      const unit = <usize>group << 4;
      lstmExtendedCellForward(
        gates, e.peepholes ? e.peepholes + 3 * unit : <usize>0, cPrev + unit, c + unit, m + unit,
        rowBytes, mask, rows, d.activation, d.recurrentActivation,
      );
    }
    if (e.projection) matrixProduct(m, groups << 2, e.projection, 0, h, hStride, rows, d.units, e.width, 0);
    if (mask) {
      for (let row = 0; row < rows; row++) {
        if (load<f32>(mask + (<usize>row << 2)) != 0) continue;
        memory.copy(h + <usize>row * hRowBytes, hPrev + <usize>row * hRowBytes, hRowBytes);
      }
    }
  }
}
