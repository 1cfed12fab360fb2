import { ConfigError } from "../errors.js";
import { numberIn } from "../options.js";
import { createRandom, type Random } from "../random.js";

/** Makes the first values of a weight. Same shape and same place in the random stream: same values, to the bit. */
export interface Initializer {
  /** The factory's name, such as `glorotUniform`. */
  readonly name: string;
  /** The options that make this initializer again; plain JSON. */
  readonly config: Record<string, unknown>;
  /** Whether it is a user's own function, which is called as soon as the weight's shape is known. */
  readonly isOwn?: boolean;
  /** @returns `sizeOf(shape)` values, row-major. */
  initialize(shape: readonly number[], random: Random): Float32Array;
}

/** A user's own initializer. */
export type InitializerFunction = (
  shape: readonly number[],
  random: Random,
) => Float32Array | readonly number[];

/** The option `seed` of initializers. */
export interface SeedOption {
  /** Draw from a stream of this seed instead of the model's; then every use gives the same values (Keras). Default: the model's stream. */
  readonly seed?: number;
}

/** `{ seed }` when one was given, `{}` when not; checked. */
export const seedOf = (where: string, { seed }: SeedOption): SeedOption =>
  seed === undefined ? {} : { seed: numberIn(where, "seed", seed, { min: 0, integer: true }) };

export const streamFor = ({ seed }: SeedOption, random: Random): Random =>
  seed === undefined ? random : createRandom(seed);

export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * Inputs that meet in one output of a weight and outputs one input reaches, as Keras counts them: of a matrix its rows
 * and columns (so `fanOut` of an LSTM kernel `[F, 4H]` is 4H), of a vector its length twice, of a convolution kernel
 * its channels times the receptive field.
 */
export function fansOf(shape: readonly number[]): Fans {
  if (shape.length === 0) return { fanIn: 1, fanOut: 1 };
  if (shape.length === 1) return { fanIn: shape[0]!, fanOut: shape[0]! };
  const field = shape.slice(0, -2).reduce((size, extent) => size * extent, 1);
  return { fanIn: field * shape.at(-2)!, fanOut: field * shape.at(-1)! };
}

/** Rows and columns when all axes but the last are rows. @throws ConfigError for fewer than two axes. */
export function matrixOf(where: string, shape: readonly number[]): { rows: number; columns: number } {
  if (shape.length < 2) {
    throw new ConfigError(
      `${where}: needs a weight of at least two axes, got the shape [${shape.join(", ")}]. Use "zeros" for a bias.`,
      { received: shape },
    );
  }
  return { rows: shape.slice(0, -1).reduce((size, extent) => size * extent, 1), columns: shape.at(-1)! };
}
