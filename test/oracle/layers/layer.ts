import type { Variable } from "../autodiff.js";
import { scale } from "../elementwise.js";
import { penalty, type RegularizerSpec } from "../regularizers.js";
import type { RecurrentTrace } from "./trace.js";

/** Options any layer may carry; the oracle needs none of them, so one object can make both twins. */
export interface CommonSpec {
  readonly name?: string;
  readonly inputShape?: readonly (number | null)[];
  readonly batchSize?: number;
  readonly trainable?: boolean;
}

/**
 * Dropout decided beforehand: multipliers, 0 or 1 / (1 - rate), so that a kernel's own mask can be given here.
 * For a recurrent layer `input` holds one mask `[B, F]` or one for each gate, `recurrent` likewise `[B, H]`, and both
 * serve every time step. For a dropout layer `input` holds one mask of the input's shape.
 */
export interface DropoutMasks {
  readonly input?: readonly Variable[];
  readonly recurrent?: readonly Variable[];
}

/** What a layer is told beside its input. */
export interface LayerContext {
  /** Which time steps count, `[B, T]`, 1 or 0; null: all. */
  readonly mask: Variable | null;
  /** Initial states, `[h]` or `[h, c]`, each `[B, H]`; bidirectional: forward then backward. Null: zeros. */
  readonly states: readonly Variable[] | null;
  readonly dropout: readonly DropoutMasks[];
  /** Truncated BPTT: cut the gradient before steps k, 2k, … in processing order. Zero: never. */
  readonly truncate: number;
}

export interface LayerResult {
  /** One output; two for a bidirectional layer that merges nothing. */
  readonly outputs: readonly Variable[];
  readonly mask: Variable | null;
  /** Final states, in the order of `LayerContext.states`. */
  readonly states: readonly Variable[];
  /** One for each direction of a recurrent layer, forward first. */
  readonly traces: readonly RecurrentTrace[];
}

/** Hands out weights in Keras's order, and collects what their regularizers add to the loss. */
export class WeightReader {
  readonly penalties: Variable[] = [];
  private next = 0;

  constructor(private readonly weights: readonly Variable[]) {}

  take(what: string, regularizer?: RegularizerSpec): Variable {
    const weight = this.weights[this.next++];
    if (weight === undefined) {
      throw new RangeError(`oracle: no weight left for ${what}; ${this.weights.length} were given.`);
    }
    if (regularizer !== undefined) this.penalties.push(penalty(weight, regularizer));
    return weight;
  }

  /** Keras divides an activity's penalty by the batch size. */
  penalizeActivity(output: Variable, regularizer?: RegularizerSpec): void {
    if (regularizer !== undefined)
      this.penalties.push(scale(penalty(output, regularizer), 1 / output.extent(0)));
  }

  /** How many weights nobody has taken. */
  get rest(): number {
    return this.weights.length - this.next;
  }
}

/** Regularizers of the layers that have a kernel. */
export interface RegularizedSpec extends CommonSpec {
  readonly kernelRegularizer?: RegularizerSpec;
  readonly recurrentRegularizer?: RegularizerSpec;
  readonly biasRegularizer?: RegularizerSpec;
  readonly activityRegularizer?: RegularizerSpec;
}

/** A layer that computes one output and knows nothing of time. */
export const plainResult = (output: Variable, mask: Variable | null): LayerResult => ({
  outputs: [output],
  mask,
  states: [],
  traces: [],
});
