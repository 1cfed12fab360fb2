import type { RawSeries } from "./raw-series.js";

/**
 * Whether two series begin alike, without keeping one of them: FNV-1a (Fowler, Noll & Vo) over the bits of rows
 * `[0, rows)` of all columns, two streams of 32 bits. Every gap counts as the same value.
 */
export function fingerprint({ columns }: RawSeries, rows: number): string {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  const one = new Float64Array(1);
  // Every host of WebAssembly stores the low word first.
  const [lower, upper] = [0, 1] as const;
  const words = new Uint32Array(one.buffer);
  for (const values of columns) {
    for (let t = 0; t < rows; t++) {
      one[0] = Number.isNaN(values[t]!) ? Number.NaN : values[t]!;
      const first = words[upper]!;
      const second = words[lower]!;
      low = Math.imul(low ^ first, 0x01000193);
      low = Math.imul(low ^ second, 0x01000193);
      high = Math.imul(high ^ second, 0x01000193);
      high = Math.imul(high ^ first, 0x01000193) ^ (high >>> 15);
    }
  }
  return [low, high].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}
