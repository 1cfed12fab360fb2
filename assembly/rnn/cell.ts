import { tanhRows } from "../activation/interleaved";
import { TANH } from "../activation/activate";
import { activateAny4, derivativeAny4 } from "../activation/any";

/**
 * rnnCellForward: the activation of a step's rows, and the state before in those that are masked.
 *
 * Math     MATH.md (27)
 * Shapes   z, hPrev, h [rows] of rowBytes; mask [rows] or 0
 * Writes   h (=)
 * Alias    h may be z; it may not be hPrev
 * Error    that of the activation
 */
export function rnnCellForward(
  zPtr: usize,
  hPrevPtr: usize,
  hPtr: usize,
  rowBytes: usize,
  maskPtr: usize,
  rows: i32,
  activation: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const masked = maskPtr != 0 && load<f32>(maskPtr + (<usize>row << 2)) == 0;
    if (masked) {
      memory.copy(hPtr, hPrevPtr, rowBytes);
    } else if (activation == TANH) {
      tanhRows(zPtr, 16, hPtr, 16, <i32>(rowBytes >> 4));
    } else {
      for (let offset: usize = 0; offset < rowBytes; offset += 16) {
        v128.store(hPtr + offset, activateAny4(activation, v128.load(zPtr + offset)));
      }
    }
    zPtr += rowBytes;
    hPrevPtr += rowBytes;
    hPtr += rowBytes;
  }
}

/**
 * rnnCellBackward: dz = dh ⊙ φ'(z) for a step's rows. A masked row copied its state forward: its dh passes back
 * unchanged and its dz is zero.
 *
 * Math     MATH.md (28)
 * Shapes   z, h, dh, dz [rows] of rowBytes; z is read only where keepZ is 1; mask [rows] or 0
 * Writes   dz (=); dh (=) zero in rows that are not masked
 * Alias    dz may be z
 * Error    that of the derivative and one rounding
 */
export function rnnCellBackward(
  zPtr: usize,
  keepZ: i32,
  hPtr: usize,
  dhPtr: usize,
  dzPtr: usize,
  rowBytes: usize,
  maskPtr: usize,
  rows: i32,
  activation: i32,
): void {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  for (let row = 0; row < rows; row++) {
    if (maskPtr && load<f32>(maskPtr + (<usize>row << 2)) == 0) {
      memory.fill(dzPtr, 0, rowBytes);
    } else {
      for (let offset: usize = 0; offset < rowBytes; offset += 16) {
        const h = v128.load(hPtr + offset);
        const slope =
          activation == TANH
            ? f32x4.sub(one, f32x4.mul(h, h))
            : derivativeAny4(activation, keepZ ? v128.load(zPtr + offset) : h, h);
        v128.store(dzPtr + offset, f32x4.mul(v128.load(dhPtr + offset), slope));
        v128.store(dhPtr + offset, zero);
      }
    }
    zPtr += rowBytes;
    hPtr += rowBytes;
    dhPtr += rowBytes;
    dzPtr += rowBytes;
  }
}
