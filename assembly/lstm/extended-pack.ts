/**
 * lstmPackPeepholes: peepholes [3H] (i, f, o side by side) to vectors of four units, [G][12]; units beyond H as zeros.
 *
 * Shapes   peepholes [3H]; packed [G][12]
 * Writes   packed (=)
 * Oracle   test/src/layers/recurrent/lstm-extended.test.ts
 */
export function lstmPackPeepholes(peepholesPtr: usize, packedPtr: usize, units: i32): void {
  for (let unit = 0; unit < units; unit += 4) {
    for (let gate = 0; gate < 3; gate++) {
      v128.store(packedPtr, f32x4.splat(0));
      memory.copy(packedPtr, peepholesPtr + (<usize>(gate * units + unit) << 2), <usize>min(4, units - unit) << 2);
      packedPtr += 16;
    }
  }
}
