import { ConfigError } from "../errors.js";
import { numberIn, oneOf, refuseUnknown } from "../options.js";
import type { Regularizer } from "./regularizer.js";

const MODES = ["rows", "columns"] as const;

/** Which vectors of a matrix shall be orthogonal to each other. */
export type OrthogonalRegularizerMode = (typeof MODES)[number];

/** Options of `orthogonalRegularizer`. */
export interface OrthogonalRegularizerOptions {
  /** Default 0.01. */
  readonly factor?: number;
  /** Which vectors shall be orthogonal to each other, default `rows`. */
  readonly mode?: OrthogonalRegularizerMode;
}

/** The rows or columns of a weight, scaled to length 1, one after another. */
interface Directions {
  readonly count: number;
  readonly length: number;
  readonly unit: Float64Array;
  readonly norms: Float64Array;
  /** Place in the weight of element k of vector i. */
  place(i: number, k: number): number;
}

/** Keras's guard against dividing by the length of a zero vector. */
const SMALLEST_SQUARE = 1e-12;

function directionsOf(weights: Float32Array, shape: readonly number[], mode: "rows" | "columns"): Directions {
  const [rows, columns] = shape;
  if (shape.length !== 2 || rows === undefined || columns === undefined) {
    throw new ConfigError(
      `orthogonal(): regularizes matrices, got a weight of shape [${shape.join(", ")}].`,
      {
        received: shape,
      },
    );
  }
  const [count, length] = mode === "rows" ? [rows, columns] : [columns, rows];
  const place =
    mode === "rows" ? (i: number, k: number) => i * columns + k : (i: number, k: number) => k * columns + i;
  const unit = new Float64Array(count * length);
  const norms = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let square = 0;
    for (let k = 0; k < length; k++) square += weights[place(i, k)]! ** 2;
    const norm = Math.sqrt(Math.max(square, SMALLEST_SQUARE));
    norms[i] = norm;
    for (let k = 0; k < length; k++) unit[i * length + k] = weights[place(i, k)]! / norm;
  }
  return { count, length, unit, norms, place };
}

function cosine({ unit, length }: Directions, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < length; k++) sum += unit[i * length + k]! * unit[j * length + k]!;
  return sum;
}

/**
 * `factor` times the mean |cosine| of the angle between two different rows (or columns): 0 when all are orthogonal.
 * Takes time of the order count² times length. Source: Keras's OrthogonalRegularizer.
 * @throws ConfigError when used on anything but a matrix.
 *
 * @example
 * dense({ units: 8, kernelRegularizer: orthogonalRegularizer({ factor: 0.01 }) });
 */
export function orthogonal(options: OrthogonalRegularizerOptions = {}): Regularizer {
  refuseUnknown("orthogonal()", options, ["factor", "mode"]);
  const factor = numberIn("orthogonal()", "factor", options.factor ?? 0.01, { min: 0 });
  const mode = oneOf("orthogonal()", "mode", options.mode ?? "rows", MODES);
  const perPair = (count: number): number => (count < 2 ? 0 : factor / ((count * (count - 1)) / 2));
  return {
    name: "orthogonal",
    config: { factor, mode },
    penalty(weights, shape) {
      const directions = directionsOf(weights, shape, mode);
      let sum = 0;
      for (let i = 0; i < directions.count; i++) {
        for (let j = 0; j < i; j++) sum += Math.abs(cosine(directions, i, j));
      }
      return perPair(directions.count) * sum;
    },
    addGradient(weights, shape, gradient) {
      const directions = directionsOf(weights, shape, mode);
      const { count, length, unit, norms, place } = directions;
      const price = perPair(count);
      // d|cos| / du_i is ±u_j; dw takes the part of it across u_i, over the length of w_i.
      const pull = new Float64Array(count * length);
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < i; j++) {
          const sign = price * Math.sign(cosine(directions, i, j));
          for (let k = 0; k < length; k++) {
            pull[i * length + k]! += sign * unit[j * length + k]!;
            pull[j * length + k]! += sign * unit[i * length + k]!;
          }
        }
      }
      for (let i = 0; i < count; i++) {
        let along = 0;
        for (let k = 0; k < length; k++) along += pull[i * length + k]! * unit[i * length + k]!;
        for (let k = 0; k < length; k++) {
          gradient[place(i, k)]! += (pull[i * length + k]! - along * unit[i * length + k]!) / norms[i]!;
        }
      }
    },
  };
}
