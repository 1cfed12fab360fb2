/**
 * Products of row-major rows with a packed panel of 16 columns.
 *
 * A panel holds 16 columns of a matrix B [depth, columns], depth-major, so that the inner loop reads it in order:
 *
 *     panel p:  | b[0][16p … 16p+15] | b[1][16p … 16p+15] | …      64 bytes a row of B
 *
 * Two rows by sixteen columns keep eight accumulators, four panel vectors and two broadcast elements in the sixteen
 * vector registers of x86-64; a third row would spill.
 */

/** c + a * b; one rounding where the build has relaxed SIMD, two otherwise. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}

export const PANEL_COLUMNS: i32 = 16;
export const PANEL_ROW_BYTES: usize = 64;

/**
 * panelRows: C[r, :] = start + [A[r, :] | S[r, :]] · panel for each row, 16 columns wide.
 *
 * The two segments let a recurrent layer multiply [x_t | h_{t-1}] by [W; R] without copying them together.
 *
 * Math     the product of MATH.md (1), (6), (12), for one panel
 * Shapes   a [rows, aDepth] with aRowBytes from row to row; s [rows, sDepth] likewise (sDepth may be 0);
 *          panel [aDepth + sDepth, 16]; start [16] or 0; c [rows, 4 * vectors] with cRowBytes from row to row
 * Writes   c (=), or (+=) when accumulate is not 0; only the first `vectors` groups of four columns (1 to 4)
 * Alias    none; Align panel, start and c 16; any rows >= 0, any depth >= 0 (an odd last row has its own loop)
 * Error    each element a sum in order of depth: <= (depth + 1) eps Σ|terms|
 * Cost     32 rows depth flops; 64 depth bytes of panel from L1, 4 depth rows of A
 * Oracle   test/assembly/linalg/panel-product.test.ts  Bench bench/kernels
 */
export function panelRows(
  aPtr: usize,
  aRowBytes: usize,
  aDepth: i32,
  sPtr: usize,
  sRowBytes: usize,
  sDepth: i32,
  panelPtr: usize,
  startPtr: usize,
  cPtr: usize,
  cRowBytes: usize,
  vectors: i32,
  rows: i32,
  accumulate: i32,
): void {
  assert(vectors >= 1 && vectors <= 4 && rows >= 0 && aDepth >= 0 && sDepth >= 0);
  assert((panelPtr & 15) == 0 && (startPtr & 15) == 0 && (cPtr & 15) == 0 && (cRowBytes & 15) == 0);
  const start0 = startPtr ? v128.load(startPtr) : f32x4.splat(0);
  const start1 = startPtr ? v128.load(startPtr, 16) : f32x4.splat(0);
  const start2 = startPtr ? v128.load(startPtr, 32) : f32x4.splat(0);
  const start3 = startPtr ? v128.load(startPtr, 48) : f32x4.splat(0);
  const aBytes = <usize>aDepth << 2;
  const sBytes = <usize>sDepth << 2;
  let row = 0;
  for (; row + 2 <= rows; row += 2) {
    let c00 = start0, c01 = start1, c02 = start2, c03 = start3;
    let c10 = start0, c11 = start1, c12 = start2, c13 = start3;
    let panel = panelPtr;
    let a0 = aPtr + <usize>row * aRowBytes;
    let a1 = a0 + aRowBytes;
    let end = a0 + aBytes;
    for (; a0 < end; a0 += 4) {
      const b0 = v128.load(panel), b1 = v128.load(panel, 16), b2 = v128.load(panel, 32), b3 = v128.load(panel, 48);
      const e0 = v128.load32_splat(a0);
      c00 = multiplyAdd(e0, b0, c00);
      c01 = multiplyAdd(e0, b1, c01);
      c02 = multiplyAdd(e0, b2, c02);
      c03 = multiplyAdd(e0, b3, c03);
      const e1 = v128.load32_splat(a1);
      c10 = multiplyAdd(e1, b0, c10);
      c11 = multiplyAdd(e1, b1, c11);
      c12 = multiplyAdd(e1, b2, c12);
      c13 = multiplyAdd(e1, b3, c13);
      a1 += 4;
      panel += PANEL_ROW_BYTES;
    }
    a0 = sPtr + <usize>row * sRowBytes;
    a1 = a0 + sRowBytes;
    end = a0 + sBytes;
    for (; a0 < end; a0 += 4) {
      const b0 = v128.load(panel), b1 = v128.load(panel, 16), b2 = v128.load(panel, 32), b3 = v128.load(panel, 48);
      const e0 = v128.load32_splat(a0);
      c00 = multiplyAdd(e0, b0, c00);
      c01 = multiplyAdd(e0, b1, c01);
      c02 = multiplyAdd(e0, b2, c02);
      c03 = multiplyAdd(e0, b3, c03);
      const e1 = v128.load32_splat(a1);
      c10 = multiplyAdd(e1, b0, c10);
      c11 = multiplyAdd(e1, b1, c11);
      c12 = multiplyAdd(e1, b2, c12);
      c13 = multiplyAdd(e1, b3, c13);
      a1 += 4;
      panel += PANEL_ROW_BYTES;
    }
    const c0Ptr = cPtr + <usize>row * cRowBytes;
    storeRow(c0Ptr, vectors, accumulate, c00, c01, c02, c03);
    storeRow(c0Ptr + cRowBytes, vectors, accumulate, c10, c11, c12, c13);
  }
  if (row < rows) {
    // The same sums in the same order as above: a row's result does not depend on which rows stand beside it.
    let c0 = start0,
      c1 = start1,
      c2 = start2,
      c3 = start3;
    let panel = panelPtr;
    for (let segment = 0; segment < 2; segment++) {
      let a = segment ? sPtr + <usize>row * sRowBytes : aPtr + <usize>row * aRowBytes;
      const end = a + (segment ? sBytes : aBytes);
      for (; a < end; a += 4) {
        const e = v128.load32_splat(a);
        c0 = multiplyAdd(e, v128.load(panel), c0);
        c1 = multiplyAdd(e, v128.load(panel, 16), c1);
        c2 = multiplyAdd(e, v128.load(panel, 32), c2);
        c3 = multiplyAdd(e, v128.load(panel, 48), c3);
        panel += PANEL_ROW_BYTES;
      }
    }
    storeRow(cPtr + <usize>row * cRowBytes, vectors, accumulate, c0, c1, c2, c3);
  }
}

/**
 * oneRowPanels: c = start + [a | s] · panels for a single row, all panels of a matrix.
 *
 * One row times one panel has four sums that wait for themselves at every step. Six sums at a time, one panel and half
 * the next, wait less; eight are too many, since V8 before 13 loads all that they need first and spills them.
 * The same sums in the same order as panelRows.
 *
 * Math     panelRows with rows = 1
 * Shapes   a [aDepth], s [sDepth]; panels [panels][aDepth + sDepth, 16]; start [panels][16] or 0; c [panels] of 16 floats,
 *          cPanelBytes apart, of the last panel only `lastVectors` groups of four
 * Writes   c (=), or (+=) when accumulate is not 0
 * Alias    none; Align panels, start and c 16
 * Cost     32 panels depth flops; the panels are read once
 * Oracle   test/assembly/linalg/panel-product.test.ts  Bench bench/kernels
 */
export function oneRowPanels(
  aPtr: usize,
  aDepth: i32,
  sPtr: usize,
  sDepth: i32,
  panelsPtr: usize,
  panels: i32,
  startPtr: usize,
  cPtr: usize,
  cPanelBytes: usize,
  lastVectors: i32,
  accumulate: i32,
): void {
  const panelBytes = <usize>(aDepth + sDepth) << 6;
  const startBytes = startPtr ? PANEL_ROW_BYTES : 0;
  const whole = lastVectors == 4 ? panels : panels - 1;
  let panel = 0;
  for (; panel + 3 <= whole; panel += 3) {
    const half = startPtr ? startPtr + PANEL_ROW_BYTES : 0;
    sixSums(
      aPtr, aDepth, sPtr, sDepth, panelsPtr, panelsPtr + panelBytes, startPtr, half, cPtr, cPtr + cPanelBytes, accumulate,
    );
    const last = <usize>2 * panelBytes;
    sixSums(
      aPtr, aDepth, sPtr, sDepth, panelsPtr + last, panelsPtr + panelBytes + 32, startPtr + 2 * startBytes,
      startPtr ? half + 32 : 0, cPtr + 2 * cPanelBytes, cPtr + cPanelBytes + 32, accumulate,
    );
    panelsPtr += 3 * panelBytes;
    cPtr += 3 * cPanelBytes;
    startPtr += 3 * startBytes;
  }
  for (; panel < panels; panel++) {
    panelRows(
      aPtr, 0, aDepth, sPtr, 0, sDepth, panelsPtr, startPtr, cPtr, 0, panel + 1 == panels ? lastVectors : 4, 1, accumulate,
    );
    panelsPtr += panelBytes;
    cPtr += cPanelBytes;
    startPtr += startBytes;
  }
}

/** One row times the four vectors of the panel at b and two of the one at d. */
function sixSums(
  aPtr: usize, aDepth: i32, sPtr: usize, sDepth: i32, b: usize, d: usize, bStart: usize, dStart: usize,
  bTarget: usize, dTarget: usize, accumulate: i32,
): void {
  const zero = f32x4.splat(0);
  let c0 = bStart ? v128.load(bStart) : zero;
  let c1 = bStart ? v128.load(bStart, 16) : zero;
  let c2 = bStart ? v128.load(bStart, 32) : zero;
  let c3 = bStart ? v128.load(bStart, 48) : zero;
  let c4 = dStart ? v128.load(dStart) : zero;
  let c5 = dStart ? v128.load(dStart, 16) : zero;
  for (let segment = 0; segment < 2; segment++) {
    let a = segment ? sPtr : aPtr;
    const end = a + (<usize>(segment ? sDepth : aDepth) << 2);
    for (; a < end; a += 4) {
      const e = v128.load32_splat(a);
      c0 = multiplyAdd(e, v128.load(b), c0);
      c1 = multiplyAdd(e, v128.load(b, 16), c1);
      c2 = multiplyAdd(e, v128.load(b, 32), c2);
      c3 = multiplyAdd(e, v128.load(b, 48), c3);
      c4 = multiplyAdd(e, v128.load(d), c4);
      c5 = multiplyAdd(e, v128.load(d, 16), c5);
      b += PANEL_ROW_BYTES;
      d += PANEL_ROW_BYTES;
    }
  }
  storeRow(bTarget, 4, accumulate, c0, c1, c2, c3);
  storeRow(dTarget, 2, accumulate, c4, c5, zero, zero);
}

// @ts-ignore: decorator
@inline
function storeRow(ptr: usize, vectors: i32, accumulate: i32, v0: v128, v1: v128, v2: v128, v3: v128): void {
  if (accumulate) {
    v0 = f32x4.add(v0, v128.load(ptr));
    if (vectors > 1) v1 = f32x4.add(v1, v128.load(ptr, 16));
    if (vectors > 2) v2 = f32x4.add(v2, v128.load(ptr, 32));
    if (vectors > 3) v3 = f32x4.add(v3, v128.load(ptr, 48));
  }
  v128.store(ptr, v0);
  if (vectors > 1) v128.store(ptr, v1, 16);
  if (vectors > 2) v128.store(ptr, v2, 32);
  if (vectors > 3) v128.store(ptr, v3, 48);
}

/**
 * matrixProduct: C = start + A · B with B packed in panels of 16 columns (packColumns, packTransposed).
 *
 * Math     MATH.md (1), (6), (12), and dense layers
 * Shapes   a [rows, depth] with aStride elements from row to row; panels [⌈columns/16⌉][depth][16];
 *          start [16 ⌈columns/16⌉] or 0; c [rows, columns] with cStride, a multiple of 4, from row to row
 * Writes   c (=), or (+=) when accumulate is not 0, up to the column 4 ⌈columns/4⌉: the padding holds zeros (plus start)
 * Alias    none; Align panels, start, c 16; any rows, depth, columns >= 0
 * Error    <= (depth + 1) eps Σ|terms|
 * Cost     2 rows depth columns flops
 * Oracle   test/assembly/linalg/panel-product.test.ts  Bench bench/kernels
 */
export function matrixProduct(
  aPtr: usize,
  aStride: i32,
  panelsPtr: usize,
  startPtr: usize,
  cPtr: usize,
  cStride: i32,
  rows: i32,
  depth: i32,
  columns: i32,
  accumulate: i32,
): void {
  assert(cStride >= ((columns + 3) & ~3) && (cStride & 3) == 0);
  if (rows == 1) {
    const panels = (columns + 15) >> 4;
    const lastVectors = (columns - ((panels - 1) << 4) + 3) >> 2;
    oneRowPanels(aPtr, depth, 0, 0, panelsPtr, panels, startPtr, cPtr, PANEL_ROW_BYTES, lastVectors, accumulate);
    return;
  }
  for (let column = 0; column < columns; column += PANEL_COLUMNS) {
    panelRows(
      aPtr, <usize>aStride << 2, depth, 0, 0, 0,
      panelsPtr + <usize>column * <usize>depth * 4,
      startPtr ? startPtr + (<usize>column << 2) : 0,
      cPtr + (<usize>column << 2), <usize>cStride << 2,
      min(4, (columns - column + 3) >> 2), rows, accumulate,
    );
  }
}
