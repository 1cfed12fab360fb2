import { ConfigError } from "../errors.js";
import { refuseUnknown } from "../options.js";
import { rateIn, type Schedule } from "./schedule.js";

/** Options of `piecewiseConstantDecay`. */
export interface PiecewiseConstantDecayOptions {
  /** Steps, ascending. */
  readonly boundaries: readonly number[];
  /** Rates, one more than boundaries. */
  readonly values: readonly number[];
}

/**
 * `values[i]` for `boundaries[i - 1] < step <= boundaries[i]`. Source: Keras's PiecewiseConstantDecay.
 * @throws ConfigError when the boundaries do not ascend or there is not one value more than boundaries.
 *
 * @example
 * adam({ learningRate: piecewiseConstantDecay({ boundaries: [100, 200], values: [0.01, 0.003, 0.001] }) });
 */
export function piecewiseConstantDecay(options: PiecewiseConstantDecayOptions): Schedule {
  const where = "piecewiseConstantDecay()";
  refuseUnknown(where, options, ["boundaries", "values"] satisfies (keyof PiecewiseConstantDecayOptions)[]);
  const { boundaries, values } = options;
  if (!Array.isArray(boundaries) || !Array.isArray(values) || values.length !== boundaries.length + 1) {
    throw new ConfigError(
      `${where}: needs arrays \`boundaries\` and \`values\`, one value more than boundaries; got ${boundaries?.length} and ${values?.length}.`,
      { received: options },
    );
  }
  for (const [i, boundary] of boundaries.entries()) {
    if (!Number.isFinite(boundary) || (i > 0 && boundary <= boundaries[i - 1])) {
      throw new ConfigError(
        `${where}: \`boundaries\` must be finite and ascend; got ${boundaries.join(", ")}.`,
        {
          received: boundaries,
        },
      );
    }
  }
  const rates = values.map((value, i) => rateIn(where, `values[${i}]`, value));
  return {
    name: "piecewiseConstantDecay",
    config: { boundaries: [...boundaries], values: rates },
    rate(step) {
      const piece = boundaries.findIndex((boundary) => step <= boundary);
      return rates.at(piece)!; // -1, beyond every boundary, is the last
    },
  };
}
