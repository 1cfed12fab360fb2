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
  const usual = activation == TANH && recurrentActivation == SIGMOID;
  for (let row = 0; row < rows; row++) {
    const cPrev = v128.load(cPrevPtr);
    let i = v128.load(gatesPtr);
    let f = v128.load(gatesPtr, 16);
    let g = v128.load(gatesPtr, 32);
    let o = v128.load(gatesPtr, 48);
    let c: v128, h: v128;
    if (usual) {
      i = sigmoid4(i);
      f = sigmoid4(f);
      g = tanh4(g);
      o = sigmoid4(o);
      v128.store(gatesPtr, i);
      v128.store(gatesPtr, f, 16);
      v128.store(gatesPtr, g, 32);
      v128.store(gatesPtr, o, 48);
      c = f32x4.add(f32x4.mul(f, cPrev), f32x4.mul(i, g));
      h = f32x4.mul(o, tanh4(c));
    } else {
      i = activateAny4(recurrentActivation, i);
      f = activateAny4(recurrentActivation, f);
      g = activateAny4(activation, g);
      o = activateAny4(recurrentActivation, o);
      c = f32x4.add(f32x4.mul(f, cPrev), f32x4.mul(i, g));
      h = f32x4.mul(o, activateAny4(activation, c));
    }
    if (maskPtr && load<f32>(maskPtr + ((<usize>row) << 2)) == 0) {
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
