import { padded4 } from "./descriptor";
import { dotScores, rowsTimes } from "./scores";

/**
 * batchProduct: a product of two matrices for each sample: c = a bᵀ, or c = a b.
 *
 * Math     c[i][n] · e_j = Σ_k a[i][n][k] b[j][n][k] with `transposed`, Σ_k a[i][n][k] b[k][n][j] without: Keras's Dot
 * Shapes   a [rows, batch] rows of depth floats; b [columns, batch] rows of depth floats with `transposed`, otherwise
 *          [depth, batch] rows of columns floats; c [rows, batch] rows of columns floats; all padded to multiples of 4;
 *          panels scratch of 16 ⌈columns/16⌉ depth floats
 * Writes   c (=), its padding too; panels
 * Alias    none; Align 16
 * Error    a sum in order of depth
 * Oracle   test/assembly/attention/batch-product.test.ts
 */
export function batchProduct(
  aPtr: usize, bPtr: usize, cPtr: usize, rows: i32, columns: i32, depth: i32, batch: i32, transposed: i32,
  panelsPtr: usize,
): void {
  const aBytes = <usize>padded4(depth) << 2;
  const bBytes = <usize>padded4(transposed ? depth : columns) << 2;
  const cStride = padded4(columns);
  const cBytes = <usize>cStride << 2;
  const samples = <usize>batch;
  for (let n = 0; n < batch; n++) {
    const a = aPtr + <usize>n * aBytes;
    const b = bPtr + <usize>n * bBytes;
    const c = cPtr + <usize>n * cBytes;
    if (transposed) {
      dotScores(a, samples * aBytes, rows, b, samples * bBytes, columns, depth, panelsPtr, c, batch * cStride);
    } else {
      rowsTimes(a, samples * aBytes, rows, b, samples * bBytes, depth, columns, panelsPtr, c, samples * cBytes, 0);
    }
  }
}
