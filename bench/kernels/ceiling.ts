/** The rate no product can exceed: the micro-kernel of 2 rows by 16 columns with everything it reads in the L1 cache. */

import type { EmbeddedBuild } from "../../src/engine/builds.js";
import { decodeBytes } from "../../src/engine/kernel-text.js";

export type Kernel = (...args: number[]) => number;

export interface LoadedKernels {
  readonly kernels: Readonly<Record<string, Kernel>>;
  readonly memory: WebAssembly.Memory;
  /** First byte that may be used. */
  readonly base: number;
}

/** The bytes of a variant, as the package ships them. */
export async function embeddedBytes(dist: string, variant: string): Promise<Uint8Array<ArrayBuffer>> {
  const { build } = (await import(`${dist}engine/generated/${variant}.js`)) as { build: EmbeddedBuild };
  return decodeBytes(build.wasmText, build.wasmBytes);
}

/** A variant's kernels on a memory of their own, outside of any engine. */
export async function loadKernels(dist: string, variant: string): Promise<LoadedKernels> {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65_536 });
  const bytes = await embeddedBytes(dist, variant);
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  const kernels = instance.exports as Record<string, Kernel>;
  return { kernels, memory, base: Math.ceil(kernels.heapBase!() / 64) * 64 };
}

const ROWS = 8;
const DEPTH = 256;
const COLUMNS = 16;
/** Long enough for the clock, short enough to fit between two interruptions. */
const CALLS = 1000;
const TRIES = 60;

/** Floating-point operations a nanosecond (GF/s) of the best try. A of 8 x 256 is 8 KB, the panel of B 16 KB. */
export function ceilingOf({ kernels, memory, base }: LoadedKernels): number {
  const [a, panel] = [base, base + ROWS * DEPTH * 4];
  const c = panel + DEPTH * COLUMNS * 4;
  const floats = new Float32Array(memory.buffer, base, (ROWS + COLUMNS) * DEPTH);
  floats.forEach((_, i) => {
    floats[i] = ((i * 37) % 101) / 101 - 0.5;
  });
  const run = kernels.panelRows!;
  let best = 0;
  for (let trial = 0; trial < TRIES; trial++) {
    const began = performance.now();
    for (let i = 0; i < CALLS; i++) {
      run(a, DEPTH * 4, DEPTH, 0, 0, 0, panel, 0, c, COLUMNS * 4, COLUMNS / 4, ROWS, 0);
    }
    const nanoseconds = (performance.now() - began) * 1e6;
    best = Math.max(best, (2 * ROWS * DEPTH * COLUMNS * CALLS) / nanoseconds);
  }
  return best;
}
