import { Engine } from "../engine/engine.js";
import { ConfigError } from "../errors.js";
import { numberIn } from "../options.js";

/** Options of a model. */
export interface ModelOptions {
  /** Default: Keras's, `sequential` or `functional`. */
  readonly name?: string;
  /** Makes initial weights, shuffling and dropout the same in every run, to the bit. Default: a fresh one. */
  readonly seed?: number;
  /** Default: an engine shared by all models, made on first use. */
  readonly engine?: Engine;
}

/** @throws ConfigError for a seed or an engine that is none. */
export function checkModelOptions(where: string, { seed, engine }: ModelOptions): void {
  if (seed !== undefined) numberIn(where, "seed", seed, { min: 0, integer: true });
  if (engine !== undefined && !(engine instanceof Engine)) {
    throw new ConfigError(`${where}: \`engine\` is no engine. Make one with await createEngine().`);
  }
}
