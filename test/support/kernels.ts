/**
 * The bench every kernel is tested on.
 *
 * ```ts
 * describe.each(await kernelBuilds())("axpy ($name)", ({ kernels, arena }) => {
 *   it.each(sizes)("adds a x to y, n = %i", (n) => {
 *     const memory = arena();
 *     const x = memory.input(randomValues(n, 1));
 *     const y = memory.inout(randomValues(n, 2));
 *     const expected = axpy(0.5, x.initial, y.initial);       // the float64 twin, test/oracle/kernels/
 *     kernels.axpy(n, 0.5, x.ptr, y.ptr);
 *     memory.verify();                                        // canaries whole, inputs untouched
 *     expectClose(y.values(), expected, { ulp: 1 });
 *   });
 * });
 * ```
 *
 * - Both builds run: debug has the preconditions (`assert` becomes a thrown Error), release is what ships.
 * - Every region stands between canaries: NaNs with a recognisable payload. A write outside changes one and
 *   `verify` says where; a read outside brings a NaN into the result.
 * - `output` regions start as NaN, or as what you pass: start an `=` kernel from NaN and a `+=` kernel from numbers.
 */
import { readFile } from "node:fs/promises";

export type Kernel = (...args: number[]) => number;
export type Kernels = Readonly<Record<string, Kernel>>;

/** 0 and every count of vectors and tail lanes up to 33, primes, and both sides of powers of two. */
export const sizes: readonly number[] = [
  0,
  ...Array.from({ length: 33 }, (_, i) => i + 1),
  47,
  61,
  64,
  127,
  128,
  257,
];

const PAGE = 65536;
const CANARIES = 8;
const CANARY = 0x7fc0dead;
// Static data of the module lies below.
const FIRST_FREE = PAGE;

/** A stretch of kernel memory under guard. */
export interface Region {
  /** Byte address, what kernels take. */
  readonly ptr: number;
  readonly length: number;
  /** What the region held before the kernel ran (float32 values). */
  readonly initial: Float32Array;
  /** A copy of what it holds now. */
  values(): Float32Array;
  /** The same bytes as float64, for kernels that write f64. */
  float64(): Float64Array;
}

export class Arena {
  readonly #memory: WebAssembly.Memory;
  readonly #regions: { region: Region; readOnly: boolean }[] = [];
  #next = FIRST_FREE;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  /**
   * Memory the kernel may only read; `verify` compares it to the bit.
   * @param shift floats to move the start past a 16-byte boundary, for kernels that accept any alignment.
   */
  input(values: ArrayLike<number>, shift = 0): Region {
    return this.#place(Float32Array.from(values), shift, true);
  }

  /** Integers the kernel may only read, such as a descriptor. */
  integers(values: readonly number[]): Region {
    return this.#place(new Float32Array(Int32Array.from(values).buffer), 0, true);
  }

  /** Memory the kernel overwrites; holds `fill` before. */
  output(length: number, fill = Number.NaN, shift = 0): Region {
    return this.#place(new Float32Array(length).fill(fill), shift, false);
  }

  /** Memory the kernel reads and writes. */
  inout(values: ArrayLike<number>, shift = 0): Region {
    return this.#place(Float32Array.from(values), shift, false);
  }

  /** @throws Error when a canary or an input changed. */
  verify(): void {
    for (const { region, readOnly } of this.#regions) {
      const guards = new Uint32Array(
        this.#memory.buffer,
        region.ptr - 4 * CANARIES,
        CANARIES * 2 + region.length,
      );
      const end = CANARIES + region.length;
      for (let i = 0; i < guards.length; i++) {
        if (i >= CANARIES && i < end) continue;
        if (guards[i] !== CANARY) {
          throw new Error(
            `a kernel wrote element ${i - CANARIES} of a region of ${region.length} floats (outside of it)`,
          );
        }
      }
      if (!readOnly) continue;
      const before = new Uint32Array(region.initial.buffer);
      const changed = before.findIndex((bits, i) => guards[CANARIES + i] !== bits);
      if (changed >= 0)
        throw new Error(`a kernel wrote element ${changed} of an input of ${region.length} floats`);
    }
  }

  #place(initial: Float32Array, shift: number, readOnly: boolean): Region {
    const start = this.#next;
    const ptr = start + 4 * (CANARIES + shift);
    this.#next = (ptr + 4 * (initial.length + CANARIES) + 15) & ~15;
    const missing = this.#next - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    new Uint32Array(this.#memory.buffer, start, (this.#next - start) / 4).fill(CANARY);
    new Float32Array(this.#memory.buffer, ptr, initial.length).set(initial);
    const region: Region = {
      ptr,
      length: initial.length,
      initial,
      values: () => new Float32Array(this.#memory.buffer, ptr, initial.length).slice(),
      float64: () => new Float64Array(this.#memory.buffer.slice(ptr, ptr + 4 * initial.length)),
    };
    this.#regions.push({ region, readOnly });
    return region;
  }
}

export interface KernelBuild {
  /** `debug` or `release`. */
  readonly name: string;
  readonly kernels: Kernels;
  /** A fresh set of guarded regions; the ones of the arena before are forgotten. */
  readonly arena: () => Arena;
  /** What they work on, without guards. */
  readonly memory: WebAssembly.Memory;
}

/** An AssemblyScript string: UTF-16, its length in bytes in the four bytes before it. */
function readString(memory: WebAssembly.Memory, ptr: number): string {
  if (ptr === 0) return "";
  const length = new DataView(memory.buffer).getUint32(ptr - 4, true);
  return new TextDecoder("utf-16le").decode(new Uint8Array(memory.buffer, ptr, length));
}

/** Instantiates kernels from bytes: the two builds, or a mutant. */
export async function instantiateKernels(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<KernelBuild> {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536 });
  const abort = (message: number, file: number, line: number, column: number): never => {
    throw new Error(`abort: ${readString(memory, message)} at ${readString(memory, file)}:${line}:${column}`);
  };
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory, abort } });
  const known = instance.exports as Record<string, Kernel>;
  // A misspelt kernel would otherwise be `undefined is not a function` with no name in it.
  const kernels = new Proxy(known, {
    get(target, kernel) {
      const found = target[String(kernel)];
      if (found === undefined)
        throw new Error(`no kernel ${String(kernel)} in the ${name} build; run npm run build:wasm`);
      return found;
    },
  });
  return { name, kernels, arena: () => new Arena(memory), memory };
}

/** The debug and the release build made by `npm run build:wasm`; `KERNEL_BUILDS` names another folder. */
export async function kernelBuilds(): Promise<KernelBuild[]> {
  const folder = process.env.KERNEL_BUILDS ?? "build";
  return Promise.all(
    ["debug", "release"].map(async (name) => {
      const url = new URL(`../../${folder}/${name}.wasm`, import.meta.url);
      return instantiateKernels(name, new Uint8Array(await readFile(url)));
    }),
  );
}

/** Distance between float32 neighbours at x; the smallest subnormal near 0. */
export function ulpSize(x: number): number {
  const size = Math.abs(x);
  if (!(size >= 2 ** -126)) return 2 ** -149;
  let exponent = Math.floor(Math.log2(size));
  if (2 ** exponent > size) exponent -= 1;
  return 2 ** (exponent - 23);
}

/** |actual - expected| in units in the last place of float32 at `expected`, itself float64. */
export function ulpDistance(actual: number, expected: number): number {
  const nearest = Math.fround(expected);
  if (Object.is(actual, nearest) || actual === nearest) return 0;
  if (!Number.isFinite(actual) || !Number.isFinite(nearest)) return Number.POSITIVE_INFINITY;
  return Math.abs(actual - expected) / ulpSize(expected);
}

export interface Tolerance {
  /** Units in the last place of float32. */
  readonly ulp?: number;
  /** An absolute bound, one for all or one for each element, such as k ε Σ|terms| for a sum. */
  readonly absolute?: number | ArrayLike<number>;
}

/** 2^-24, the largest relative error of one rounding to float32. */
export const EPSILON = 2 ** -24;

/**
 * Each element within `ulp` or within `absolute` of the expected one. NaN answers NaN; infinities must be equal.
 * @throws Error with the first failing element, the worst one and how many fail.
 */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance,
): void {
  if (actual.length !== expected.length) {
    throw new Error(`expected ${expected.length} elements, got ${actual.length}`);
  }
  const { ulp = 0, absolute = 0 } = tolerance;
  const failures: number[] = [];
  let worst = -1;
  let worstUlp = -1;
  for (let i = 0; i < expected.length; i++) {
    const distance = ulpDistance(actual[i]!, expected[i]!);
    const bound = typeof absolute === "number" ? absolute : absolute[i]!;
    const close = distance <= ulp || Math.abs(actual[i]! - expected[i]!) <= bound;
    if (close) continue;
    failures.push(i);
    if (distance > worstUlp) [worst, worstUlp] = [i, distance];
  }
  if (failures.length === 0) return;
  const describe = (i: number): string =>
    `[${i}] expected ${expected[i]}, got ${actual[i]}, off by ${Math.abs(actual[i]! - expected[i]!)} ` +
    `(${ulpDistance(actual[i]!, expected[i]!)} ULP)`;
  throw new Error(
    `${failures.length} of ${expected.length} elements are not close (ulp ${ulp}, absolute ${typeof absolute === "number" ? absolute : "per element"}): ` +
      `first ${describe(failures[0]!)}; worst ${describe(worst)}`,
  );
}

/** Repeatable values, uniform in [-scale, scale], rounded to float32 (a 32-bit multiply-and-xorshift sequence). */
export function randomValues(length: number, seed: number, scale = 1): Float32Array {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    let bits = state ^ (state >>> 15);
    bits = Math.imul(bits, 0x2c1b3c6d);
    bits ^= bits >>> 13;
    return ((bits >>> 0) / 2 ** 31 - 1) * scale;
  });
}
