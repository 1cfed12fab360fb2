import { multiplyAdd } from "../linalg/panel-product";
import { store4x4 } from "../simd/lanes";

/** A row of a panel: three gates of four units. */
export const GRU_PANEL_ROW_BYTES: usize = 48;

/**
 * gruPanelRows: the four vectors of pre-activations of four units, [z | r | x W_h | h R_h], for each row.
 *
 * x adds to the first three, h to the first two and the fourth. The general product (linalg/panel-product.ts) would
 * need panels with a zero vector in each row, and a quarter of its work would be multiplying by them.
 *
 * Math     the products of MATH.md (14), (16)
 * Shapes   x [rows, F] with xRowBytes from row to row, h [rows, H] with hRowBytes; panel [F + H, 12]; start [16];
 *          gates [rows, 16]
 * Writes   gates (=)
 * Alias    none; Align panel, start, gates 16; any rows >= 0
 * Error    each element a sum in order of depth: <= (F + H + 1) eps Σ|terms|
 * Cost     24 rows (F + H) flops
 * Oracle   test/assembly/gru/gru.test.ts  Bench bench/kernels
 */
export function gruPanelRows(
  xPtr: usize,
  xRowBytes: usize,
  features: i32,
  hPtr: usize,
  hRowBytes: usize,
  units: i32,
  panelPtr: usize,
  startPtr: usize,
  gatesPtr: usize,
  rows: i32,
): void {
  assert(rows >= 0 && features >= 1 && units >= 1);
  assert((panelPtr & 15) == 0 && (startPtr & 15) == 0 && (gatesPtr & 15) == 0);
  const startZ = v128.load(startPtr);
  const startR = v128.load(startPtr, 16);
  const startX = v128.load(startPtr, 32);
  const startH = v128.load(startPtr, 48);
  const xBytes = <usize>features << 2;
  const hBytes = <usize>units << 2;
  let row = 0;
  // Two rows by three gates: eight accumulators, three panel vectors and two broadcast elements fit sixteen registers.
  for (; row + 2 <= rows; row += 2) {
    let z0 = startZ, r0 = startR, x0 = startX, h0 = startH;
    let z1 = startZ, r1 = startR, x1 = startX, h1 = startH;
    let panel = panelPtr;
    let a0 = xPtr + <usize>row * xRowBytes;
    let a1 = a0 + xRowBytes;
    let end = a0 + xBytes;
    for (; a0 < end; a0 += 4) {
      const bz = v128.load(panel), br = v128.load(panel, 16), bh = v128.load(panel, 32);
      const e0 = v128.load32_splat(a0);
      z0 = multiplyAdd(e0, bz, z0);
      r0 = multiplyAdd(e0, br, r0);
      x0 = multiplyAdd(e0, bh, x0);
      const e1 = v128.load32_splat(a1);
      z1 = multiplyAdd(e1, bz, z1);
      r1 = multiplyAdd(e1, br, r1);
      x1 = multiplyAdd(e1, bh, x1);
      a1 += 4;
      panel += GRU_PANEL_ROW_BYTES;
    }
    a0 = hPtr + <usize>row * hRowBytes;
    a1 = a0 + hRowBytes;
    end = a0 + hBytes;
    for (; a0 < end; a0 += 4) {
      const bz = v128.load(panel), br = v128.load(panel, 16), bh = v128.load(panel, 32);
      const e0 = v128.load32_splat(a0);
      z0 = multiplyAdd(e0, bz, z0);
      r0 = multiplyAdd(e0, br, r0);
      h0 = multiplyAdd(e0, bh, h0);
      const e1 = v128.load32_splat(a1);
      z1 = multiplyAdd(e1, bz, z1);
      r1 = multiplyAdd(e1, br, r1);
      h1 = multiplyAdd(e1, bh, h1);
      a1 += 4;
      panel += GRU_PANEL_ROW_BYTES;
    }
    store4x4(gatesPtr, z0, r0, x0, h0);
    store4x4(gatesPtr + 64, z1, r1, x1, h1);
    gatesPtr += 128;
  }
  if (row < rows) {
    // One row alone would wait for each addition; even and odd depths get accumulators of their own.
    let z0 = startZ, r0 = startR, x0 = startX, h0 = startH;
    let z1 = f32x4.splat(0), r1 = z1, x1 = z1, h1 = z1;
    let panel = panelPtr;
    let a = xPtr + <usize>row * xRowBytes;
    let end = a + (xBytes & ~7);
    for (; a < end; a += 8) {
      const e0 = v128.load32_splat(a);
      z0 = multiplyAdd(e0, v128.load(panel), z0);
      r0 = multiplyAdd(e0, v128.load(panel, 16), r0);
      x0 = multiplyAdd(e0, v128.load(panel, 32), x0);
      const e1 = v128.load32_splat(a, 4);
      z1 = multiplyAdd(e1, v128.load(panel, 48), z1);
      r1 = multiplyAdd(e1, v128.load(panel, 64), r1);
      x1 = multiplyAdd(e1, v128.load(panel, 80), x1);
      panel += 2 * GRU_PANEL_ROW_BYTES;
    }
    if (features & 1) {
      const e0 = v128.load32_splat(a);
      z0 = multiplyAdd(e0, v128.load(panel), z0);
      r0 = multiplyAdd(e0, v128.load(panel, 16), r0);
      x0 = multiplyAdd(e0, v128.load(panel, 32), x0);
      panel += GRU_PANEL_ROW_BYTES;
    }
    a = hPtr + <usize>row * hRowBytes;
    end = a + (hBytes & ~7);
    for (; a < end; a += 8) {
      const e0 = v128.load32_splat(a);
      z0 = multiplyAdd(e0, v128.load(panel), z0);
      r0 = multiplyAdd(e0, v128.load(panel, 16), r0);
      h0 = multiplyAdd(e0, v128.load(panel, 32), h0);
      const e1 = v128.load32_splat(a, 4);
      z1 = multiplyAdd(e1, v128.load(panel, 48), z1);
      r1 = multiplyAdd(e1, v128.load(panel, 64), r1);
      h1 = multiplyAdd(e1, v128.load(panel, 80), h1);
      panel += 2 * GRU_PANEL_ROW_BYTES;
    }
    if (units & 1) {
      const e0 = v128.load32_splat(a);
      z0 = multiplyAdd(e0, v128.load(panel), z0);
      r0 = multiplyAdd(e0, v128.load(panel, 16), r0);
      h0 = multiplyAdd(e0, v128.load(panel, 32), h0);
    }
    store4x4(gatesPtr, f32x4.add(z0, z1), f32x4.add(r0, r1), f32x4.add(x0, x1), f32x4.add(h0, h1));
  }
}
