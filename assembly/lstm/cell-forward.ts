import { lstmGatesInterleaved, tanhRows } from "../activation/interleaved";
import { SIGMOID, TANH } from "../activation/activate";
import { activateAny4 } from "../activation/any";
import { flushSubnormal4 } from "../simd/flush-subnormals";

/**
 * lstmCellForward: gates, cell state and hidden state of four units for each row, from their pre-activations.
 *
 * With tanh and sigmoid the activations replace the pre-activations, and are what the tape holds. Any other pair
 * keeps the pre-activations there (swish and gelu cannot be differentiated from their value alone).
 *
 * Math     MATH.md (2)-(5)
 * Shapes   gates [rows, 16] (i, f, c, o of four units); cPrev, hPrev, c, h [rows] of four floats, rowBytes apart;
 *          mask [rows] or 0
 * Writes   gates, c, h (=)
 * Alias    c may be cPrev; h may not be hPrev
 * Error    that of sigmoid4 and tanh4, then three roundings; h of the usual pair without what is below 1e-36 (../simd/flush-subnormals)
 * Cost     5 transcendental functions, 4 flops a unit
 */
export function lstmCellForward(
  gatesPtr: usize,
  cPrevPtr: usize,
  hPrevPtr: usize,
  cPtr: usize,
  hPtr: usize,
  rowBytes: usize,
  maskPtr: usize,
  rows: i32,
  activation: i32,
  recurrentActivation: i32,
): void {
  if (activation == TANH && recurrentActivation == SIGMOID) {
    // In passes of their own: what h waits for is then long done, and the pipelines stay full.
    lstmGatesInterleaved(gatesPtr, rows);
    tanhStates(gatesPtr, cPrevPtr, hPrevPtr, cPtr, hPtr, rowBytes, maskPtr, rows);
    return;
  }
  for (let row = 0; row < rows; row++) {
    const cPrev = v128.load(cPrevPtr);
    const i = activateAny4(recurrentActivation, v128.load(gatesPtr));
    const f = activateAny4(recurrentActivation, v128.load(gatesPtr, 16));
    const g = activateAny4(activation, v128.load(gatesPtr, 32));
    const o = activateAny4(recurrentActivation, v128.load(gatesPtr, 48));
    let c = f32x4.add(f32x4.mul(f, cPrev), f32x4.mul(i, g));
    let h = f32x4.mul(o, activateAny4(activation, c));
    if (isMasked(maskPtr, row)) {
      c = cPrev;
      h = v128.load(hPrevPtr);
    }
    v128.store(cPtr, c);
    v128.store(hPtr, h);
    gatesPtr += 64;
    cPrevPtr += rowBytes;
    hPrevPtr += rowBytes;
    cPtr += rowBytes;
    hPtr += rowBytes;
  }
}

function tanhStates(
  gatesPtr: usize, cPrevPtr: usize, hPrevPtr: usize, cPtr: usize, hPtr: usize, rowBytes: usize, maskPtr: usize, rows: i32,
): void {
  const end = cPtr + <usize>rows * rowBytes;
  let gates = gatesPtr;
  for (let c = cPtr, row = 0; c < end; c += rowBytes, row++) {
    const kept = v128.load(cPrevPtr);
    const next = f32x4.add(f32x4.mul(v128.load(gates, 16), kept), f32x4.mul(v128.load(gates), v128.load(gates, 32)));
    v128.store(c, isMasked(maskPtr, row) ? kept : next);
    gates += 64;
    cPrevPtr += rowBytes;
  }
  tanhRows(cPtr, rowBytes, hPtr, rowBytes, rows);
  gates = gatesPtr;
  for (let row = 0; row < rows; row++) {
    const h = flushSubnormal4(f32x4.mul(v128.load(gates, 48), v128.load(hPtr)));
    v128.store(hPtr, isMasked(maskPtr, row) ? v128.load(hPrevPtr) : h);
    gates += 64;
    hPrevPtr += rowBytes;
    hPtr += rowBytes;
  }
}

/** Whether the step of a row is masked. */
// @ts-ignore: decorator
@inline
export function isMasked(maskPtr: usize, row: i32): bool {
  return maskPtr != 0 && load<f32>(maskPtr + (<usize>row << 2)) == 0;
}
