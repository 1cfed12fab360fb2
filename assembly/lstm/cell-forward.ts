import { SIGMOID, TANH } from "../activation/activate";
import { activateAny4 } from "../activation/any";
import { sigmoid4 } from "../simd/sigmoid";
import { tanh4 } from "../simd/tanh";

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
 * Error    that of sigmoid4 and tanh4, then three roundings
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
    usualGates(gatesPtr, rows);
    usualStates(gatesPtr, cPrevPtr, hPrevPtr, cPtr, hPtr, rowBytes, maskPtr, rows);
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
    if (maskPtr && load<f32>(maskPtr + (<usize>row << 2)) == 0) {
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

/** Gates of all rows first: the states' tanh waits for them, and a loop of its own keeps the pipelines full. */
function usualGates(gatesPtr: usize, rows: i32): void {
  const end = gatesPtr + (<usize>rows << 6);
  for (; gatesPtr < end; gatesPtr += 64) {
    const i = sigmoid4(v128.load(gatesPtr));
    const f = sigmoid4(v128.load(gatesPtr, 16));
    const g = tanh4(v128.load(gatesPtr, 32));
    const o = sigmoid4(v128.load(gatesPtr, 48));
    v128.store(gatesPtr, i);
    v128.store(gatesPtr, f, 16);
    v128.store(gatesPtr, g, 32);
    v128.store(gatesPtr, o, 48);
  }
}

function usualStates(
  gatesPtr: usize, cPrevPtr: usize, hPrevPtr: usize, cPtr: usize, hPtr: usize, rowBytes: usize, maskPtr: usize, rows: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const cPrev = v128.load(cPrevPtr);
    let c = f32x4.add(f32x4.mul(v128.load(gatesPtr, 16), cPrev), f32x4.mul(v128.load(gatesPtr), v128.load(gatesPtr, 32)));
    let h = f32x4.mul(v128.load(gatesPtr, 48), tanh4(c));
    if (maskPtr && load<f32>(maskPtr + (<usize>row << 2)) == 0) {
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
