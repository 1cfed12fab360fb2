import { tanhRows } from "../activation/interleaved";
import { SIGMOID, TANH } from "../activation/activate";
import { activateAny4 } from "../activation/any";
import { sigmoid4 } from "../simd/sigmoid";

/**
 * gruCellForward: gates and hidden state of four units for each row, from their pre-activations.
 *
 * With tanh and sigmoid the activations replace the pre-activations, and are what the tape holds. Any other pair
 * keeps the pre-activations there (swish and gelu cannot be differentiated from their value alone). Without resetAfter
 * gruResetForward has dealt with the reset gate, and its product with R_h comes in `candidate`.
 *
 * Math     MATH.md (15)-(18), (25)
 * Shapes   gates [rows, 16]; candidate, hPrev, h [rows] of four floats, rowBytes apart; candidate 0: resetAfter;
 *          mask [rows] or 0
 * Writes   gates (the first three vectors), h (=)
 * Alias    h may not be hPrev
 * Error    that of sigmoid4 and tanh4, then five roundings
 * Cost     3 transcendental functions, 5 flops a unit
 */
export function gruCellForward(
  gatesPtr: usize,
  candidatePtr: usize,
  hPrevPtr: usize,
  hPtr: usize,
  rowBytes: usize,
  maskPtr: usize,
  rows: i32,
  activation: i32,
  recurrentActivation: i32,
): void {
  if (activation == TANH && recurrentActivation == SIGMOID) {
    usualGates(gatesPtr, rows, candidatePtr == 0);
    tanhStates(gatesPtr, candidatePtr, hPrevPtr, hPtr, rowBytes, maskPtr, rows);
    return;
  }
  for (let row = 0; row < rows; row++) {
    const hPrev = v128.load(hPrevPtr);
    const z = activateAny4(recurrentActivation, v128.load(gatesPtr));
    let pre = v128.load(gatesPtr, 32);
    if (candidatePtr) {
      pre = f32x4.add(pre, v128.load(candidatePtr));
    } else {
      const r = activateAny4(recurrentActivation, v128.load(gatesPtr, 16));
      pre = f32x4.add(pre, f32x4.mul(r, v128.load(gatesPtr, 48)));
    }
    v128.store(gatesPtr, pre, 32);
    const g = activateAny4(activation, pre);
    const masked = maskPtr != 0 && load<f32>(maskPtr + (<usize>row << 2)) == 0;
    v128.store(hPtr, masked ? hPrev : f32x4.add(g, f32x4.mul(z, f32x4.sub(hPrev, g))));
    gatesPtr += 64;
    if (candidatePtr) candidatePtr += rowBytes;
    hPrevPtr += rowBytes;
    hPtr += rowBytes;
  }
}

/** Gates of all rows first: the candidate waits for the reset gate, and a loop of its own keeps the pipelines full. */
function usualGates(gatesPtr: usize, rows: i32, withReset: bool): void {
  const end = gatesPtr + (<usize>rows << 6);
  for (; gatesPtr < end; gatesPtr += 64) {
    v128.store(gatesPtr, sigmoid4(v128.load(gatesPtr)));
    if (withReset) v128.store(gatesPtr, sigmoid4(v128.load(gatesPtr, 16)), 16);
  }
}

function tanhStates(
  gatesPtr: usize, candidatePtr: usize, hPrevPtr: usize, hPtr: usize, rowBytes: usize, maskPtr: usize, rows: i32,
): void {
  const end = gatesPtr + (<usize>rows << 6);
  for (let gates = gatesPtr; gates < end; gates += 64) {
    const fromState = candidatePtr ? v128.load(candidatePtr) : f32x4.mul(v128.load(gates, 16), v128.load(gates, 48));
    v128.store(gates, f32x4.add(v128.load(gates, 32), fromState), 32);
    if (candidatePtr) candidatePtr += rowBytes;
  }
  tanhRows(gatesPtr + 32, 64, gatesPtr + 32, 64, rows);
  for (let row = 0; row < rows; row++) {
    const hPrev = v128.load(hPrevPtr);
    const g = v128.load(gatesPtr, 32);
    const masked = maskPtr != 0 && load<f32>(maskPtr + (<usize>row << 2)) == 0;
    const h = f32x4.add(g, f32x4.mul(v128.load(gatesPtr), f32x4.sub(hPrev, g)));
    v128.store(hPtr, masked ? hPrev : h);
    gatesPtr += 64;
    hPrevPtr += rowBytes;
    hPtr += rowBytes;
  }
}

/**
 * gruResetForward: r ⊙ h_{t-1} of four units for each row, where the reset gate comes before the product with R_h.
 *
 * Math     MATH.md (15), (25)
 * Shapes   gates [rows, 16]; h, hReset [rows] of four floats, rowBytes apart
 * Writes   hReset (=); the second vector of gates (=) with sigmoid, when the candidate's activation is tanh
 * Alias    none
 */
export function gruResetForward(
  gatesPtr: usize,
  hPtr: usize,
  hResetPtr: usize,
  rowBytes: usize,
  rows: i32,
  activation: i32,
  recurrentActivation: i32,
): void {
  const usual = activation == TANH && recurrentActivation == SIGMOID;
  for (let row = 0; row < rows; row++) {
    let r = v128.load(gatesPtr, 16);
    if (usual) {
      r = sigmoid4(r);
      v128.store(gatesPtr, r, 16);
    } else {
      r = activateAny4(recurrentActivation, r);
    }
    v128.store(hResetPtr, f32x4.mul(r, v128.load(hPtr)));
    gatesPtr += 64;
    hPtr += rowBytes;
    hResetPtr += rowBytes;
  }
}
