/** assembly/layers/dropout.ts in plain numbers. */

/** The finalizer of MurmurHash3 (Appleby, public domain), as its author publishes it. */
function mix(bits: number): number {
  let h = bits >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
  return (h ^ (h >>> 16)) >>> 0;
}

/** Whether element k of the mask of a seed is kept. */
export const isKept = (k: number, rate: number, low: number, high: number): boolean =>
  mix((mix(k ^ low) + high) >>> 0) >= Math.floor(Math.fround(rate) * 2 ** 32);
