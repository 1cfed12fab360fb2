/**
 * Random numbers that are the same on every machine for the same seed.
 *
 * Generator: xoshiro128** (Blackman & Vigna, *Scrambled Linear Pseudorandom Number Generators*, ACM TOMS 47(4), 2021),
 * period 2^128 - 1, whole arithmetic modulo 2^32 only. Its state is filled by splitmix32, the 32-bit sibling of the
 * generator those authors recommend for seeding.
 */
import { log } from "./elementary.js";
import { ConfigError, FormatError, told } from "./errors.js";

/** Everything a stream needs to go on exactly where it stopped; plain JSON. */
export interface RandomState {
  readonly seed: number;
  readonly words: readonly [number, number, number, number];
  /** The second number of the last polar pair, not yet given out. */
  readonly spareNormal: number | null;
}

/** Anything with numbered places: `number[]`, `Int32Array`, `Uint32Array`, rows. */
export interface Shuffleable<Element> {
  readonly length: number;
  [index: number]: Element;
}

/** A stream of pseudo-random numbers. Not for secrets. */
export interface Random {
  /** What `createRandom` needs to make this stream again from its beginning. */
  readonly seed: number;
  /** Uniform in [0, 1), a multiple of 2^-53: every value a float64 can show with equal spacing. */
  uniform(): number;
  /** Uniform whole number in [0, n), without modulo bias; 1 <= n <= 2^32. */
  integer(n: number): number;
  /** Standard normal, mean 0 and variance 1. */
  normal(): number;
  /** Standard normal, drawn again while |x| >= 2; its standard deviation is 0.8796, not 1. */
  truncatedNormal(): number;
  /** Fisher-Yates, in place; returns the same array. */
  shuffle<T extends Shuffleable<unknown>>(array: T): T;
  /** 0 .. n-1 in random order. */
  permutation(n: number): Uint32Array;
  /**
   * An independent stream. It depends on this stream's seed and the label only, not on how much was drawn, so that
   * adding a layer changes no other layer's numbers. The labels `1` and `"1"` are two labels.
   */
  fork(label: string | number): Random;
  toJSON(): RandomState;
}

const TWO_POW_32 = 2 ** 32;

/** The finalizer of splitmix32: every input bit reaches every output bit. */
function mix(word: number): number {
  let z = word | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

/** splitmix32: a Weyl sequence of the golden ratio through `mix`. */
function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return mix(state);
  };
}

/** The seed of a fork: 53 bits from the parent's seed and the label, two chains of `mix` over the label's code units. */
function forkSeed(seed: number, label: string | number): number {
  const text = `${typeof label}:${label}`;
  let low = mix((seed % TWO_POW_32) ^ 0x2545f491);
  let high = mix(Math.floor(seed / TWO_POW_32) ^ low);
  for (let i = 0; i < text.length; i++) {
    low = mix(low + text.charCodeAt(i) + 0x9e3779b9);
    high = mix(high ^ low);
  }
  return (high >>> 11) * TWO_POW_32 + low;
}

class Xoshiro128 implements Random {
  readonly seed: number;
  readonly #words: Uint32Array;
  #spareNormal: number | null;

  constructor(state: RandomState) {
    this.seed = state.seed;
    this.#words = Uint32Array.from(state.words);
    this.#spareNormal = state.spareNormal;
  }

  #next(): number {
    const s = this.#words;
    const scrambled = Math.imul(s[1]!, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= shifted;
    s[3] = (s[3]! << 11) | (s[3]! >>> 21);
    return result;
  }

  uniform(): number {
    const high = this.#next() >>> 5;
    const low = this.#next() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > TWO_POW_32) {
      throw new ConfigError(`random.integer(${n}): n must be a whole number from 1 to ${TWO_POW_32}.`, {
        received: n,
      });
    }
    // Draws at or above the largest multiple of n would favour the small remainders.
    const limit = TWO_POW_32 - (TWO_POW_32 % n);
    let draw = this.#next();
    while (draw >= limit) draw = this.#next();
    return draw % n;
  }

  normal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    // Marsaglia & Bray (1964): a point in the unit disc gives two independent normals without a sine.
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const factor = Math.sqrt((-2 * log(s)) / s);
      this.#spareNormal = v * factor;
      return u * factor;
    }
  }

  truncatedNormal(): number {
    let x = this.normal();
    while (Math.abs(x) >= 2) x = this.normal();
    return x;
  }

  shuffle<T extends Shuffleable<unknown>>(array: T): T {
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = array[i];
      array[i] = array[j];
      array[j] = held;
    }
    return array;
  }

  permutation(n: number): Uint32Array {
    if (!Number.isInteger(n) || n < 0 || n > TWO_POW_32) {
      throw new ConfigError(`random.permutation(${n}): n must be a whole number from 0 to ${TWO_POW_32}.`, {
        received: n,
      });
    }
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    return this.shuffle(order);
  }

  fork(label: string | number): Random {
    return createRandom(forkSeed(this.seed, label));
  }

  toJSON(): RandomState {
    const [a, b, c, d] = this.#words as unknown as [number, number, number, number];
    return { seed: this.seed, words: [a, b, c, d], spareNormal: this.#spareNormal };
  }
}

const isSeed = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * A stream of random numbers.
 *
 * @param seed whole number from 0 to 2^53 - 1; without one, a fresh seed of 32 bits from the system's entropy, which
 *   `seed` then tells, so that a run can be repeated.
 * @throws ConfigError for any other seed.
 *
 * @example
 * createRandom(1).permutation(5); // the same five in every host
 */
export function createRandom(seed?: number): Random {
  const own = seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!;
  if (!isSeed(own)) {
    throw new ConfigError(
      `createRandom: the seed is ${told(own)}, expected a whole number from 0 to 2^53 - 1.`,
      {
        received: own,
      },
    );
  }
  // One-to-one from seeds to states; the first two words are never both zero, the one state xoshiro cannot leave.
  const low = splitmix32(own % TWO_POW_32);
  const first = low();
  const second = low();
  const high = splitmix32(Math.floor(own / TWO_POW_32) ^ low());
  const words = [first, second, high(), high()] as const;
  return new Xoshiro128({ seed: own, words, spareNormal: null });
}

/**
 * The stream that `random.toJSON()` described, at the very place where it was.
 * @throws FormatError when `state` is not such a description.
 */
export function randomFromJSON(state: unknown): Random {
  const { seed, words, spareNormal } = (state ?? {}) as Partial<RandomState>;
  const isWord = (value: unknown): boolean =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) < TWO_POW_32;
  const sound =
    isSeed(seed) &&
    Array.isArray(words) &&
    words.length === 4 &&
    words.every(isWord) &&
    words.some((value) => value !== 0) &&
    (spareNormal === null || Number.isFinite(spareNormal));
  if (!sound) {
    throw new FormatError(
      "randomFromJSON: expected { seed, words: four 32-bit whole numbers not all 0, spareNormal: number or null }.",
      { received: state },
    );
  }
  return new Xoshiro128(state as RandomState);
}
