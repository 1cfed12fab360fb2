import { ConfigError } from "../errors.js";
import { numberIn } from "../options.js";
import { sizeOf } from "../tensor.js";

/** A set the weights are put back into after every update. */
export interface Constraint {
  /** The factory's name, such as `maxNorm`. */
  readonly name: string;
  /** The options that make this constraint again; plain JSON. */
  readonly config: Record<string, unknown>;
  /** Changes the row-major weights in place. */
  project(weights: Float32Array, shape: readonly number[]): void;
}

/** The option `axis` of constraints. */
export interface AxisOption {
  /**
   * The axis norms are taken along, negative from the end; default 0: of a kernel `[inputs, units]` each unit's
   * incoming weights. Of an embedding `[words, features]`, 1 is each word's vector.
   */
  readonly axis?: number;
}

export const axisOf = (where: string, options: AxisOption): number =>
  numberIn(where, "axis", options.axis ?? 0, { integer: true });

/** Keras's guard against dividing by a norm of 0. */
const EPSILON = 1e-7;

/** Scales every vector along `axis` from its norm to `desired(norm)`, with Keras's `desired / (1e-7 + norm)`. */
export function rescale(
  where: string,
  weights: Float32Array,
  shape: readonly number[],
  axis: number,
  desired: (norm: number) => number,
): void {
  const along = axis < 0 ? axis + shape.length : axis;
  const extent = shape[along];
  if (extent === undefined) {
    throw new ConfigError(
      `${where}: \`axis\` is ${axis}, but the weight has the shape [${shape.join(", ")}].`,
      {
        received: axis,
        expected: shape.length,
      },
    );
  }
  const inner = sizeOf(shape.slice(along + 1));
  const block = extent * inner;
  const scales = new Float64Array(inner);
  for (let start = 0; start < weights.length; start += block) {
    scales.fill(0);
    for (let row = start; row < start + block; row += inner) {
      for (let j = 0; j < inner; j++) scales[j]! += weights[row + j]! * weights[row + j]!;
    }
    for (let j = 0; j < inner; j++) {
      const norm = Math.sqrt(scales[j]!);
      scales[j] = desired(norm) / (EPSILON + norm);
    }
    for (let row = start; row < start + block; row += inner) {
      for (let j = 0; j < inner; j++) weights[row + j]! *= scales[j]!;
    }
  }
}
