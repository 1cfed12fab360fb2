export type Uniform = () => number;

/** mulberry32: the same numbers in every language. */
export function mulberry32(seed: number): Uniform {
  let a = seed | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Rounded to 2⁻³²: browsers differ in the last bit of sines and logarithms, and their data must not. */
export const settled = (value: number): number => Math.round(value * 2 ** 32) / 2 ** 32;

/** Box and Muller's normal numbers. */
export const normalOf =
  (uniform: Uniform): Uniform =>
  () =>
    settled(Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()));
