import { PANEL_COLUMNS } from "./panel-product";

/**
 * packColumns: B [depth, columns], row-major, into panels of 16 columns; missing columns become zeros.
 *
 * Shapes   b [depth, columns] with bStride elements from row to row; panels [⌈columns/16⌉][depth][16]
 * Writes   panels (=)
 * Alias    none; any depth, columns >= 0
 * Cost     reads and writes each element once
 * Oracle   test/assembly/linalg/pack.test.ts
 */
export function packColumns(bPtr: usize, bStride: i32, panelsPtr: usize, depth: i32, columns: i32): void {
  let panel = panelsPtr;
  for (let first = 0; first < columns; first += PANEL_COLUMNS) {
    const width = min(PANEL_COLUMNS, columns - first);
    for (let k = 0; k < depth; k++) {
      const source = bPtr + ((<usize>(k * bStride + first)) << 2);
      if (width == PANEL_COLUMNS) {
        v128.store(panel, v128.load(source));
        v128.store(panel, v128.load(source, 16), 16);
        v128.store(panel, v128.load(source, 32), 32);
        v128.store(panel, v128.load(source, 48), 48);
      } else {
        memory.fill(panel, 0, 64);
        memory.copy(panel, source, (<usize>width) << 2);
      }
      panel += 64;
    }
  }
}

/**
 * packTransposed: the transpose of B [columns, depth], row-major, into panels of 16 columns: what a product with Bᵀ
 * reads. Missing columns become zeros.
 *
 * Shapes   b [columns, depth] with bStride elements from row to row; panels [⌈columns/16⌉][depth][16]
 * Writes   panels (=)
 * Alias    none; any depth, columns >= 0
 * Oracle   test/assembly/linalg/pack.test.ts
 */
export function packTransposed(bPtr: usize, bStride: i32, panelsPtr: usize, depth: i32, columns: i32): void {
  let panel = panelsPtr;
  for (let first = 0; first < columns; first += PANEL_COLUMNS) {
    const width = min(PANEL_COLUMNS, columns - first);
    if (width < PANEL_COLUMNS) memory.fill(panel, 0, (<usize>depth) << 6);
    for (let column = 0; column < width; column++) {
      let source = bPtr + ((<usize>((first + column) * bStride)) << 2);
      let target = panel + ((<usize>column) << 2);
      for (let k = 0; k < depth; k++) {
        store<f32>(target, load<f32>(source));
        source += 4;
        target += 64;
      }
    }
    panel += (<usize>depth) << 6;
  }
}
