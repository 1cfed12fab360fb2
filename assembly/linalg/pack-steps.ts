import { OUTER_ROWS, packPairs } from "./outer-product";

/**
 * packSteps: rows [first, first + rows) of a sequence in the order of the tape, [t][n], in pairs of columns. A layer
 * that reads backwards has a negative time stride, so its rows are no single block.
 *
 * Shapes   x: row n of step t at x + 4 (t timeStride + n rowStride); pairs [⌈columns/2⌉][OUTER_ROWS][2]
 * Writes   pairs (=), the first `rows` of each pair
 * Alias    none; rows <= OUTER_ROWS
 */
export function packSteps(
  xPtr: usize,
  timeStride: i32,
  rowStride: i32,
  batch: i32,
  first: i32,
  rows: i32,
  columns: i32,
  pairsPtr: usize,
): void {
  let done = 0;
  while (done < rows) {
    const t = (first + done) / batch;
    const n = (first + done) % batch;
    const count = min(batch - n, rows - done);
    packPairs(
      xPtr + (<isize>timeStride * t << 2) + (<usize>(n * rowStride) << 2), rowStride,
      pairsPtr + (<usize>done << 3), OUTER_ROWS, count, columns,
    );
    done += count;
  }
}
