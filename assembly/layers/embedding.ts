import { loadUpTo4 } from "../simd/lanes";
import { addLanes } from "../linalg/outer-product";

/** Index of a row, as it stands in an activation: a whole number held as float32. */
// @ts-ignore: decorator
@inline
function indexAt(ptr: usize): i32 {
  return <i32>load<f32>(ptr);
}

/**
 * embeddingForward: y[r] = table[index[r]].
 *
 * Shapes   index [rows] with indexStride elements from row to row, whole numbers in 0 … V-1 held as float32;
 *          table [V, width]; y [rows, width] with yStride, a multiple of 4; mask [rows] or 0
 * Writes   y (=), its padding as zeros; mask (=): 0 where the index is 0, else 1
 * Alias    none; any rows >= 0, width >= 1. An index out of range is the caller's fault and reads elsewhere
 * Error    exact
 * Oracle   test/assembly/layers/embedding.test.ts
 */
export function embeddingForward(
  indexPtr: usize,
  indexStride: i32,
  tablePtr: usize,
  yPtr: usize,
  yStride: i32,
  rows: i32,
  width: i32,
  maskPtr: usize,
): void {
  assert(rows >= 0 && width >= 1 && yStride >= width && (yStride & 3) == 0);
  const bytes = <usize>width << 2;
  for (let row = 0; row < rows; row++) {
    const index = indexAt(indexPtr + (<usize>(row * indexStride) << 2));
    const y = yPtr + (<usize>(row * yStride) << 2);
    memory.copy(y, tablePtr + <usize>index * bytes, bytes);
    memory.fill(y + bytes, 0, (<usize>(yStride - width)) << 2);
    if (maskPtr) store<f32>(maskPtr + (<usize>row << 2), index == 0 ? 0 : 1);
  }
}

/**
 * embeddingGradients: dTable[index[r]] += dy[r], for the columns of the groups of four [groupBegin, groupEnd).
 *
 * Rows are added in their order, so each element is one sum in one fixed order, whoever computes it.
 *
 * Shapes   index, dy as embeddingForward's index and y; dTable [V, width]
 * Writes   dTable (+=), the columns of the given groups only
 * Alias    none
 * Error    sums over the rows that hold the same index
 * Cost     rows · width additions
 * Oracle   test/assembly/layers/embedding.test.ts
 */
export function embeddingGradients(
  indexPtr: usize,
  indexStride: i32,
  dyPtr: usize,
  dyStride: i32,
  dTablePtr: usize,
  rows: i32,
  width: i32,
  groupBegin: i32,
  groupEnd: i32,
): void {
  assert(groupBegin >= 0 && groupEnd <= (width + 3) >> 2);
  for (let row = 0; row < rows; row++) {
    const index = indexAt(indexPtr + (<usize>(row * indexStride) << 2));
    const dy = dyPtr + (<usize>(row * dyStride) << 2);
    const target = dTablePtr + (<usize>index * <usize>width << 2);
    for (let group = groupBegin; group < groupEnd; group++) {
      const lanes = min(4, width - 4 * group);
      const offset = <usize>group << 4;
      addLanes(target + offset, lanes, loadUpTo4(dy + offset, lanes));
    }
  }
}
