import { createRandom } from "../../../src/random.js";

/** Level, a trend, a season of 12, noise: `n` months. */
export function monthly(n: number, seed = 1, noise = 1): number[] {
  const random = createRandom(seed);
  return Array.from(
    { length: n },
    (_, t) => 100 + 0.5 * t + 10 * Math.sin((Math.PI * t) / 6) + noise * random.normal(),
  );
}

/** A first-order autoregression about 0 with normal errors of standard deviation 1. */
export function autoregressive(n: number, phi: number, seed = 1): number[] {
  const random = createRandom(seed);
  const y: number[] = [0];
  while (y.length < n) y.push(phi * y.at(-1)! + random.normal());
  return y;
}

/** What trains in a moment: enough to make every weight matter. */
export const quick = { epochs: 3, units: 4, patience: 3, seed: 7 } as const;

export const bytesOf = (values: readonly number[]): string =>
  Buffer.from(Float64Array.from(values).buffer).toString("hex");
