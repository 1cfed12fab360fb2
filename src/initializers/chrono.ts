import { log } from "../elementary.js";
import { ConfigError } from "../errors.js";
import { numberIn, refuseUnknown } from "../options.js";
import { type Initializer, type SeedOption, seedOf, streamFor } from "./initializer.js";

/** Options of `chrono`. */
export interface ChronoOptions extends SeedOption {
  /** Time steps of the longest dependency to be learnt, more than 2; the length of the sequences is a fair guess. */
  readonly maxTimesteps: number;
}

/**
 * LSTM bias `[4H]` (gates i, f, c, o) by which unit j starts with a memory of τ_j steps, τ uniform in
 * `[1, maxTimesteps - 1]`: forget bias log τ, input bias -log τ, the others 0. A forget gate of σ(log τ) = τ / (1 + τ)
 * forgets at the rate 1 / (1 + τ). Tallec & Ollivier, *Can recurrent neural networks warp time?* (2018), section 2.
 *
 * To be given as `biasInitializer` with `unitForgetBias: false`; the unit forget bias would overwrite it.
 * @throws ConfigError at `initialize` for any shape but `[4H]`.
 *
 * @example
 * lstm({ units: 8, unitForgetBias: false, biasInitializer: chrono({ maxTimesteps: 100 }) });
 */
export function chrono(options: ChronoOptions): Initializer {
  const where = "chrono()";
  refuseUnknown(where, options, ["maxTimesteps", "seed"]);
  const maxTimesteps = numberIn(where, "maxTimesteps", options.maxTimesteps, { above: 2 });
  const seed = seedOf(where, options);
  return {
    name: "chrono",
    config: { maxTimesteps, ...seed },
    initialize(shape, random) {
      const [size] = shape;
      if (shape.length !== 1 || size === undefined || size % 4 !== 0) {
        throw new ConfigError(
          `${where}: needs an LSTM's bias [4 units], got the shape [${shape.join(", ")}]. Give it as \`biasInitializer\` with \`unitForgetBias: false\`.`,
          { received: shape },
        );
      }
      const stream = streamFor(seed, random);
      const units = size / 4;
      const bias = new Float32Array(size);
      for (let j = 0; j < units; j++) {
        const forget = log(1 + (maxTimesteps - 2) * stream.uniform());
        bias[j] = -forget;
        bias[units + j] = forget;
      }
      return bias;
    },
  };
}
