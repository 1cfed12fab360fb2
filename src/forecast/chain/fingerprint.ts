import type { RawSeries } from "./raw-series.js";

/**
 * Whether two series begin alike, without keeping one of them: FNV-1a (Fowler, Noll & Vo) over the bits of rows
 * `[0, rows)` of all columns, two streams of 32 bits. Every gap counts as the same value.
 */
export function fingerprint({ columns }: RawSeries, rows: number): string {
  const view = new DataView(new ArrayBuffer(8));
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (const values of columns) {
    for (let t = 0; t < rows; t++) {
      view.setFloat64(0, Number.isNaN(values[t]!) ? Number.NaN : values[t]!);
      low = Math.imul(low ^ view.getUint32(0), 0x01000193);
      low = Math.imul(low ^ view.getUint32(4), 0x01000193);
      high = Math.imul(high ^ view.getUint32(4), 0x01000193);
      high = Math.imul(high ^ view.getUint32(0), 0x01000193) ^ (high >>> 15);
    }
  }
  return [low, high].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}
