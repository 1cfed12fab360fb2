import { multiplyAdd, PANEL_ROW_BYTES } from "../linalg/panel-product";
import { storeTail } from "../simd/lanes";
import { hasTap, TapsDescriptor } from "./descriptor";

/**
 * tapProduct: y[t] = start + Σ_k x[step of tap k] · W_k, a convolution without the matrix of its patches: each tap's
 * rows are read where they stand.
 *
 * Two rows by sixteen columns, as in panelRows; the sums of a row run over taps and then over depth, whichever row
 * stands beside it, so that they do not depend on how the rows are shared among threads.
 *
 * Math     MATH.md (41), (42)
 * Shapes   TapsDescriptor; rows [rowBegin, rowEnd) of the steps · batch rows of y
 * Writes   y (=), or (+=) with accumulate: all columns of each group, and with one group the padding (zeros plus start)
 * Alias    none; Align panels and start 16
 * Error    <= (taps depth + 1) eps Σ|terms|
 * Cost     2 rows taps depth columns flops a group
 * Oracle   test/assembly/convolution/taps.test.ts  Bench bench/kernels
 */
export function tapProduct(descriptor: usize, rowBegin: i32, rowEnd: i32, part: i32): void {
  const d = changetype<TapsDescriptor>(descriptor);
  assert(d.divisor >= 1 && (d.yStride & 3) == 0 && rowBegin >= 0 && rowEnd <= d.steps * d.batch);
  // Taps lie `divisor` apart where the input is read at every divisor-th position, for then tapStep is -1.
  const every = d.divisor;
  const panelBytes = <usize>d.depth * PANEL_ROW_BYTES;
  const panels = (d.columns + 15) >> 4;
  const tapPanelBytes = <usize>panels * panelBytes;
  const rowBytes = <isize>d.xStride << 2;
  const walk = (<isize>(every * d.tapStep / d.divisor) * d.batch * rowBytes) + (<isize>(every * d.xTapStride) << 2);
  for (let group = 0; group < d.groups; group++) {
    for (let panel = 0; panel < panels; panel++) {
      const column = panel << 4;
      const width = min(16, d.columns - column);
      const start = d.start ? d.start + (<usize>((group * panels + panel) << 4) << 2) : 0;
      const first = d.panels + <usize>(group * d.taps) * tapPanelBytes + <usize>panel * panelBytes;
      const target = d.y + (<usize>(group * d.yGroupStride + column) << 2);
      let row = rowBegin;
      while (row < rowEnd) {
        const t = row / d.batch;
        let k = 0;
        while (k < d.taps && !hasTap(d, t, k)) k++;
        let count = 0;
        for (let other = k; other < d.taps && hasTap(d, t, other); other += every) count++;
        const step = t * d.positionStride + k * d.tapStep - d.shift;
        const end = min(rowEnd, (t + 1) * d.batch);
        let a =
          d.x + (<isize>(step / d.divisor) * d.batch + (row - t * d.batch)) * rowBytes +
          (<isize>(group * d.xGroupStride + k * d.xTapStride) << 2);
        const b = first + <usize>k * tapPanelBytes;
        let y = target + (<usize>row * <usize>d.yStride << 2);
        const yBytes = <usize>d.yStride << 2;
        for (; row + 2 <= end; row += 2) {
          twoRows(
            a, a + rowBytes, walk, count, d.depth, b, <usize>every * tapPanelBytes, start, y, y + yBytes, width,
            d.groups == 1, d.accumulate,
          );
          a += 2 * rowBytes;
          y += 2 * yBytes;
        }
        if (row < end) {
          // Its partner may be the first row of the next step, where that has the same taps.
          const next = row + 1;
          const t1 = t + 1;
          const pairs =
            next < rowEnd && next == t1 * d.batch && (k >= d.taps ? false : hasSameTaps(d, t, t1));
          if (pairs) {
            const step1 = (t1 * d.positionStride + k * d.tapStep - d.shift) / d.divisor;
            const a1 =
              d.x + <isize>step1 * d.batch * rowBytes + (<isize>(group * d.xGroupStride + k * d.xTapStride) << 2);
            twoRows(
              a, a1, walk, count, d.depth, b, <usize>every * tapPanelBytes, start, y, y + yBytes, width,
              d.groups == 1, d.accumulate,
            );
            row += 2;
          } else {
            oneRow(
              a, walk, count, d.depth, b, <usize>every * tapPanelBytes, start, y, width, d.groups == 1, d.accumulate,
            );
            row++;
          }
        }
      }
    }
  }
}

function hasSameTaps(d: TapsDescriptor, t0: i32, t1: i32): bool {
  for (let k = 0; k < d.taps; k++) if (hasTap(d, t0, k) != hasTap(d, t1, k)) return false;
  return true;
}

function twoRows(
  x0: usize, x1: usize, walk: isize, taps: i32, depth: i32, panel: usize, panelStep: usize, start: usize,
  y0: usize, y1: usize, width: i32, whole: bool, accumulate: i32,
): void {
  const zero = f32x4.splat(0);
  let c00 = start ? v128.load(start) : zero, c01 = start ? v128.load(start, 16) : zero;
  let c02 = start ? v128.load(start, 32) : zero, c03 = start ? v128.load(start, 48) : zero;
  let c10 = c00, c11 = c01, c12 = c02, c13 = c03;
  const bytes = <usize>depth << 2;
  for (let tap = 0; tap < taps; tap++) {
    let a0 = x0;
    let a1 = x1;
    let b = panel;
    const end = a0 + bytes;
    for (; a0 < end; a0 += 4) {
      const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
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
      b += PANEL_ROW_BYTES;
    }
    x0 += walk;
    x1 += walk;
    panel += panelStep;
  }
  storeColumns(y0, width, whole, accumulate, c00, c01, c02, c03);
  storeColumns(y1, width, whole, accumulate, c10, c11, c12, c13);
}

/** The same sums in the same order as twoRows. */
function oneRow(
  x: usize, walk: isize, taps: i32, depth: i32, panel: usize, panelStep: usize, start: usize, y: usize, width: i32,
  whole: bool, accumulate: i32,
): void {
  const zero = f32x4.splat(0);
  let c0 = start ? v128.load(start) : zero, c1 = start ? v128.load(start, 16) : zero;
  let c2 = start ? v128.load(start, 32) : zero, c3 = start ? v128.load(start, 48) : zero;
  const bytes = <usize>depth << 2;
  for (let tap = 0; tap < taps; tap++) {
    let a = x;
    let b = panel;
    const end = a + bytes;
    for (; a < end; a += 4) {
      const e = v128.load32_splat(a);
      c0 = multiplyAdd(e, v128.load(b), c0);
      c1 = multiplyAdd(e, v128.load(b, 16), c1);
      c2 = multiplyAdd(e, v128.load(b, 32), c2);
      c3 = multiplyAdd(e, v128.load(b, 48), c3);
      b += PANEL_ROW_BYTES;
    }
    x += walk;
    panel += panelStep;
  }
  storeColumns(y, width, whole, accumulate, c0, c1, c2, c3);
}

/** The first `width` of sixteen columns; with `whole` in whole vectors, whose rest is padding of the row. */
function storeColumns(
  ptr: usize, width: i32, whole: bool, accumulate: i32, v0: v128, v1: v128, v2: v128, v3: v128,
): void {
  storeGroup(ptr, width, whole, accumulate, v0);
  if (width > 4) storeGroup(ptr + 16, width - 4, whole, accumulate, v1);
  if (width > 8) storeGroup(ptr + 32, width - 8, whole, accumulate, v2);
  if (width > 12) storeGroup(ptr + 48, width - 12, whole, accumulate, v3);
}

// @ts-ignore: decorator
@inline
function storeGroup(ptr: usize, width: i32, whole: bool, accumulate: i32, v: v128): void {
  if (whole || width >= 4) {
    v128.store(ptr, accumulate ? f32x4.add(v, v128.load(ptr)) : v);
    return;
  }
  if (accumulate) {
    for (let lane = 0; lane < width; lane++) {
      const at = ptr + (<usize>lane << 2);
      store<f32>(at, load<f32>(at) + f32x4.extract_lane(v, 0));
      v = v128.shuffle<f32>(v, v, 1, 2, 3, 0);
    }
    return;
  }
  storeTail(ptr, v, width);
}
