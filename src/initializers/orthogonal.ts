import { ConfigError } from "../errors.js";
import { numberIn, refuseUnknown } from "../options.js";
import type { Random } from "../random.js";
import { type Initializer, matrixOf, type SeedOption, seedOf, streamFor } from "./initializer.js";

/** Sum of products, in four partial sums: independent additions run side by side. */
function dot(a: Float64Array, b: Float64Array, bStart: number): number {
  const length = a.length;
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += a[i]! * b[bStart + i]!;
    s1 += a[i + 1]! * b[bStart + i + 1]!;
    s2 += a[i + 2]! * b[bStart + i + 2]!;
    s3 += a[i + 3]! * b[bStart + i + 3]!;
  }
  for (; i < length; i++) s0 += a[i]! * b[bStart + i]!;
  return s0 + s1 + (s2 + s3);
}

/**
 * `count` orthonormal vectors of `length >= count` elements, one after another, uniform (Haar) over all such sets.
 *
 * They are the Q of the Householder QR of a normal matrix, columns signed so that R's diagonal is positive. That QR
 * need not be carried out: what a reflection leaves of a normal column is normal again and independent of the past, so
 * each reflection may be drawn directly (Stewart, *The Efficient Generation of Random Orthogonal Matrices*, SIAM J.
 * Numer. Anal. 17, 1980). Half the work, the same distribution.
 */
function orthonormalVectors(count: number, length: number, random: Random): Float64Array {
  const reflectors: { v: Float64Array; beta: number }[] = [];
  const q = new Float64Array(count * length);
  for (let k = 0; k < count; k++) {
    const v = new Float64Array(length - k);
    for (let i = 0; i < v.length; i++) v[i] = random.normal();
    const norm = Math.sqrt(dot(v, v, 0));
    const sign = v[0]! < 0 ? -1 : 1;
    // Away from the origin, so that nothing cancels; R's diagonal is then -sign * norm.
    v[0]! += sign * norm;
    const square = dot(v, v, 0);
    reflectors.push({ v, beta: square === 0 ? 0 : 2 / square });
    q[k * length + k] = -sign;
  }
  // Q = H_1 … H_count D from the right: before H_k only vectors k and later differ from the unit vectors, and only there.
  for (let k = count - 1; k >= 0; k--) {
    const { v, beta } = reflectors[k]!;
    for (let j = k; j < count; j++) {
      const start = j * length + k;
      const factor = beta * dot(v, q, start);
      for (let i = 0; i < v.length; i++) q[start + i]! -= factor * v[i]!;
    }
  }
  return q;
}

/** Writes a `rows x columns` block with orthonormal rows or columns, whichever are fewer, into row-major `values`. */
function writeBlock(
  values: Float32Array,
  block: { rows: number; columns: number; firstColumn: number; rowStride: number },
  gain: number,
  random: Random,
): void {
  const { rows, columns, firstColumn, rowStride } = block;
  const wide = rows < columns;
  const length = Math.max(rows, columns);
  const q = orthonormalVectors(Math.min(rows, columns), length, random);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      values[r * rowStride + firstColumn + c] = gain * (wide ? q[r * length + c]! : q[c * length + r]!);
    }
  }
}

export interface OrthogonalOptions extends SeedOption {
  /** Factor on the orthogonal matrix, default 1. */
  readonly gain?: number;
}

/**
 * Orthonormal rows or columns, whichever are fewer; axes before the last are taken as rows. Saxe et al., *Exact
 * solutions to the nonlinear dynamics of learning in deep linear neural networks* (2014).
 *
 * Of the fused recurrent kernel `[H, 4H]` of an LSTM this makes the rows orthonormal over all four gates, as in Keras,
 * so that one gate's H x H block shrinks what passes it to about half; `orthogonalPerGate` makes each block orthogonal.
 * @throws ConfigError at `initialize` for a weight of fewer than two axes.
 */
export function orthogonal(options: OrthogonalOptions = {}): Initializer {
  const where = "orthogonal()";
  refuseUnknown(where, options, ["gain", "seed"]);
  const gain = numberIn(where, "gain", options.gain ?? 1);
  const seed = seedOf(where, options);
  return {
    name: "orthogonal",
    config: { gain, ...seed },
    initialize(shape, random) {
      const { rows, columns } = matrixOf(where, shape);
      const values = new Float32Array(rows * columns);
      writeBlock(
        values,
        { rows, columns, firstColumn: 0, rowStride: columns },
        gain,
        streamFor(seed, random),
      );
      return values;
    },
  };
}

export interface OrthogonalPerGateOptions extends OrthogonalOptions {
  /** Blocks side by side along the last axis: 4 in an LSTM, 3 in a GRU; default 4. */
  readonly gates?: number;
}

/**
 * Each gate's block of a fused kernel orthogonal by itself, so that every gate keeps the size of the state it reads.
 * @throws ConfigError at `initialize` when the last axis is not a multiple of `gates`.
 */
export function orthogonalPerGate(options: OrthogonalPerGateOptions = {}): Initializer {
  const where = "orthogonalPerGate()";
  refuseUnknown(where, options, ["gates", "gain", "seed"]);
  const gates = numberIn(where, "gates", options.gates ?? 4, { min: 1, integer: true });
  const gain = numberIn(where, "gain", options.gain ?? 1);
  const seed = seedOf(where, options);
  return {
    name: "orthogonalPerGate",
    config: { gates, gain, ...seed },
    initialize(shape, random) {
      const { rows, columns } = matrixOf(where, shape);
      if (columns % gates !== 0) {
        throw new ConfigError(
          `${where}: the last axis of [${shape.join(", ")}] does not divide into ${gates} gates. An LSTM has 4, a GRU 3, a simple RNN 1.`,
          { received: columns, expected: gates },
        );
      }
      const stream = streamFor(seed, random);
      const values = new Float32Array(rows * columns);
      const width = columns / gates;
      for (let gate = 0; gate < gates; gate++) {
        writeBlock(
          values,
          { rows, columns: width, firstColumn: gate * width, rowStride: columns },
          gain,
          stream,
        );
      }
      return values;
    },
  };
}
