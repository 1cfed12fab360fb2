import { multiplyAdd } from "./panel-product";

/**
 * Sums of outer products, the form of every weight gradient: dW += Σ_k a_kᵀ z_k over the rows k of a batch (and of
 * time). Columns of A are packed in pairs first, because reading them with the stride of a row misses the cache.
 */

/** Rows of A and Z taken at a time: 256 rows of a 16-column panel are 16 KB, half of a small L1. */
export const OUTER_ROWS: i32 = 256;

/** Bytes of scratch that packPairs needs for so many columns. */
// @ts-ignore: decorator
@inline
export function pairsBytes(columns: i32): i32 {
  return ((columns + 1) >> 1) * (OUTER_ROWS << 3);
}

/**
 * packPairs: columns of A [rows, columns] in pairs, row-major within a pair; an odd last column is paired with zeros.
 *
 *     pair p:  | a[0][2p] a[0][2p+1] | a[1][2p] a[1][2p+1] | …
 *
 * Shapes   a [rows, columns] with aStride elements from row to row; pairs [⌈columns/2⌉][pairRows][2]
 * Writes   pairs (=), the first `rows` of each pair
 * Alias    none; any rows <= pairRows, any columns
 * Oracle   test/assembly/linalg/outer-product.test.ts
 */
export function packPairs(aPtr: usize, aStride: i32, pairsPtr: usize, pairRows: i32, rows: i32, columns: i32): void {
  assert(rows <= pairRows);
  const pairBytes = <usize>pairRows << 3;
  const rowBytes = <usize>aStride << 2;
  const even = columns & ~1;
  let row = 0;
  // Four rows at a time fill half a cache line of each pair they touch.
  for (; row + 4 <= rows; row += 4) {
    let a0 = aPtr + <usize>row * rowBytes;
    let a1 = a0 + rowBytes, a2 = a1 + rowBytes, a3 = a2 + rowBytes;
    let target = pairsPtr + (<usize>row << 3);
    for (let column = 0; column < even; column += 2) {
      v128.store(target, v128.load64_lane(a1, v128.load64_zero(a0), 1));
      v128.store(target, v128.load64_lane(a3, v128.load64_zero(a2), 1), 16);
      a0 += 8;
      a1 += 8;
      a2 += 8;
      a3 += 8;
      target += pairBytes;
    }
    if (even < columns) {
      store<u64>(target, <u64>load<u32>(a0));
      store<u64>(target, <u64>load<u32>(a1), 8);
      store<u64>(target, <u64>load<u32>(a2), 16);
      store<u64>(target, <u64>load<u32>(a3), 24);
    }
  }
  for (; row < rows; row++) {
    let source = aPtr + <usize>row * rowBytes;
    let target = pairsPtr + (<usize>row << 3);
    for (let column = 0; column < even; column += 2) {
      store<u64>(target, load<u64>(source));
      source += 8;
      target += pairBytes;
    }
    if (even < columns) store<u64>(target, <u64>load<u32>(source));
  }
}

/**
 * outerProduct: C += Aᵀ Z for one panel of 16 columns of Z, with A packed by packPairs.
 *
 * The four vectors of a panel are stored `groupStride` columns apart, so that a panel that interleaves the gates of
 * four units lands in Keras's layout (i, f, c, o side by side), and a plain panel (groupStride 4) lands side by side.
 *
 * Math     MATH.md (13)
 * Shapes   pairs [⌈columns/2⌉][pairRows][2]; z [rows, 16] with zRowBytes from row to row;
 *          c [columns, …] with cStride elements from row to row; `lanes` of each vector are real (1 to 4),
 *          and `vectors` of the four vectors (1 to 4)
 * Writes   c (+=)
 * Alias    none; any alignment (16 is fastest); any rows >= 0, columns >= 0
 * Error    <= rows eps Σ|terms| a call; the caller's blocks of OUTER_ROWS bound it
 * Cost     32 rows columns flops
 * Oracle   test/assembly/linalg/outer-product.test.ts  Bench bench/kernels
 */
export function outerProduct(
  pairsPtr: usize,
  pairRows: i32,
  zPtr: usize,
  zRowBytes: usize,
  cPtr: usize,
  cStride: i32,
  groupStride: i32,
  vectors: i32,
  lanes: i32,
  rows: i32,
  columns: i32,
): void {
  assert(vectors >= 1 && vectors <= 4 && lanes >= 1 && lanes <= 4 && rows <= pairRows);
  const groupBytes = <usize>groupStride << 2;
  for (let column = 0; column < columns; column += 2) {
    let c00 = f32x4.splat(0), c01 = c00, c02 = c00, c03 = c00;
    let c10 = c00, c11 = c00, c12 = c00, c13 = c00;
    let a = pairsPtr + <usize>(column >> 1) * (<usize>pairRows << 3);
    const end = a + (<usize>rows << 3);
    let z = zPtr;
    for (; a < end; a += 8) {
      const z0 = v128.load(z), z1 = v128.load(z, 16), z2 = v128.load(z, 32), z3 = v128.load(z, 48);
      const e0 = v128.load32_splat(a);
      c00 = multiplyAdd(e0, z0, c00);
      c01 = multiplyAdd(e0, z1, c01);
      c02 = multiplyAdd(e0, z2, c02);
      c03 = multiplyAdd(e0, z3, c03);
      const e1 = v128.load32_splat(a, 4);
      c10 = multiplyAdd(e1, z0, c10);
      c11 = multiplyAdd(e1, z1, c11);
      c12 = multiplyAdd(e1, z2, c12);
      c13 = multiplyAdd(e1, z3, c13);
      z += zRowBytes;
    }
    let c = cPtr + (<usize>(column * cStride) << 2);
    addRow(c, groupBytes, vectors, lanes, c00, c01, c02, c03);
    if (column + 1 < columns) {
      c += <usize>cStride << 2;
      addRow(c, groupBytes, vectors, lanes, c10, c11, c12, c13);
    }
  }
}

/** y[0 … lanes) += v */
// @ts-ignore: decorator
@inline
export function addLanes(ptr: usize, lanes: i32, v: v128): void {
  if (lanes == 4) {
    v128.store(ptr, f32x4.add(v128.load(ptr), v));
    return;
  }
  store<f32>(ptr, load<f32>(ptr) + f32x4.extract_lane(v, 0));
  if (lanes > 1) store<f32>(ptr, load<f32>(ptr, 4) + f32x4.extract_lane(v, 1), 4);
  if (lanes > 2) store<f32>(ptr, load<f32>(ptr, 8) + f32x4.extract_lane(v, 2), 8);
}

function addRow(ptr: usize, groupBytes: usize, vectors: i32, lanes: i32, v0: v128, v1: v128, v2: v128, v3: v128): void {
  // A plain panel is short only in its last vector; a panel of gates is short in all four.
  const shortAll = groupBytes != 16;
  addLanes(ptr, shortAll || vectors == 1 ? lanes : 4, v0);
  if (vectors > 1) addLanes(ptr + groupBytes, shortAll || vectors == 2 ? lanes : 4, v1);
  if (vectors > 2) addLanes(ptr + 2 * groupBytes, shortAll || vectors == 3 ? lanes : 4, v2);
  if (vectors > 3) addLanes(ptr + 3 * groupBytes, lanes, v3);
}
