import { ConfigError } from "../errors.js";
import { numberIn, refuseUnknown } from "../options.js";
import type { Random } from "../random.js";
import { type Initializer, matrixOf, type SeedOption, seedOf, streamFor } from "./initializer.js";

/** Rows that are reflected together, so that they stay in the processor's cache while the vectors pass by. */
const BLOCK_ROWS = 16;

/**
 * Takes `factor` times the vector `last` from a row and gives the row's product with `next`: one reflection ends and
 * another begins in one pass, over the elements from `start` on. Four partial sums: independent additions run side by side.
 */
function reflect(
  row: Float64Array,
  start: number,
  factor: number,
  last: Float64Array,
  next: Float64Array,
): number {
  const { length } = row;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = start;
  for (; i + 3 < length; i += 4) {
    let x = row[i]! - factor * last[i]!;
    row[i] = x;
    s0 += x * next[i]!;
    x = row[i + 1]! - factor * last[i + 1]!;
    row[i + 1] = x;
    s1 += x * next[i + 1]!;
    x = row[i + 2]! - factor * last[i + 2]!;
    row[i + 2] = x;
    s2 += x * next[i + 2]!;
    x = row[i + 3]! - factor * last[i + 3]!;
    row[i + 3] = x;
    s3 += x * next[i + 3]!;
  }
  for (; i < length; i++) {
    const x = row[i]! - factor * last[i]!;
    row[i] = x;
    s0 += x * next[i]!;
  }
  return s0 + s1 + (s2 + s3);
}

/**
 * `count` orthonormal vectors of `length >= count` elements, uniform (Haar) over all such sets.
 *
 * They are the Q of the Householder QR of a normal matrix, columns signed so that R's diagonal is positive. That QR
 * need not be carried out: what a reflection leaves of a normal column is normal again and independent of the past, so
 * each reflection may be drawn directly (Stewart, *The Efficient Generation of Random Orthogonal Matrices*, SIAM J.
 * Numer. Anal. 17, 1980). Half the work, the same distribution.
 */
function orthonormalVectors(count: number, length: number, random: Random): readonly Float64Array[] {
  const vectors = (): Float64Array[] => Array.from({ length: count }, () => new Float64Array(length));
  const [q, reflectors] = [vectors(), vectors()];
  const betas: number[] = [];
  reflectors.forEach((v, k) => {
    for (let i = k; i < length; i++) v[i] = random.normal();
    const norm = Math.sqrt(reflect(v, k, 0, v, v));
    const sign = v[k]! < 0 ? -1 : 1;
    // Away from the origin, so that nothing cancels; R's diagonal is then -sign * norm.
    v[k]! += sign * norm;
    const square = reflect(v, k, 0, v, v);
    betas.push(square === 0 ? 0 : 2 / square);
    q[k]![k] = -sign;
  });
  // Q = H_1 … H_count D from the right: before H_k only vectors k and later differ from the unit vectors, and only there.
  for (let first = 0; first < count; first += BLOCK_ROWS) {
    const rows = q.slice(first, first + BLOCK_ROWS);
    const factors = rows.map(() => 0);
    for (let k = first + rows.length - 1; k >= 0; k--) {
      const next = reflectors[k]!;
      const last = reflectors[k + 1] ?? next;
      for (let j = Math.max(0, k - first); j < rows.length; j++) {
        factors[j] = betas[k]! * reflect(rows[j]!, k, factors[j]!, last, next);
      }
    }
    const last = reflectors[0]!;
    rows.forEach((row, j) => {
      reflect(row, 0, factors[j]!, last, last);
    });
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
      values[r * rowStride + firstColumn + c] = gain * (wide ? q[r]![c]! : q[c]![r]!);
    }
  }
}

/** Options of `orthogonal`. */
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
 *
 * @example
 * lstm({ units: 8, recurrentInitializer: orthogonal() });
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

/** Options of `orthogonalPerGate`. */
export interface OrthogonalPerGateOptions extends OrthogonalOptions {
  /** Blocks side by side along the last axis: 4 in an LSTM, 3 in a GRU; default 4. */
  readonly gates?: number;
}

/**
 * Each gate's block of a fused kernel orthogonal by itself, so that every gate keeps the size of the state it reads.
 * @throws ConfigError at `initialize` when the last axis is not a multiple of `gates`.
 *
 * @example
 * lstm({ units: 8, recurrentInitializer: orthogonalPerGate() });
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
