import type { Owner } from "./owner.js";
import type { Workspace } from "./workspace.js";

/** Floats from one row of an activation to the next: features, padded to whole vectors. */
export const strideOf = (features: number): number => Math.ceil(features / 4) * 4;

/** What a recurrent layer says of itself to have its mask obeyed. */
export interface MaskedOwner extends Owner {
  readonly goBackwards: boolean;
  readonly returnSequences: boolean;
  /** Set inside `bidirectional`: a masked step puts out zero instead of the output before it (Keras's `zero_output_for_mask`). */
  readonly zeroOutputForMask: boolean;
}

/** A mask as a recurrent layer obeys it; see `RecurrentMask`. */
export interface MaskReader {
  /** Address of the mask in the order in which the layer reads its steps, for this pass's input. */
  inReadingOrder(batch: number): number;
  /** From the address of the hidden states that would be put out to the address of the output. */
  hide(hidden: number, batch: number): number;
  /** Takes the output's gradient back to the hidden states, in place. */
  hideGradient(batch: number): void;
}

type MaskReaderClass = new (
  layer: MaskedOwner,
  input: Signal,
  output: Signal,
  workspace: Workspace,
  startsAnywhere: boolean,
) => MaskReader;

/**
 * What flows from one stage to the next: rows of features, time-major, `[timesteps, batch, stride]`.
 *
 * The first axis of a sample is time where it has two or more, and all axes behind it stand side by side in a row, in
 * row-major order: a sample `[T, a, b]` is T rows of a · b features, and `inner` is `[a, b]`. A sample `[F]` is one row,
 * no sequence. Indices before an embedding are a sequence of rows of one feature, and `inner` is `[]`.
 *
 * Addresses are set anew in every pass: where a recurrent layer's last hidden state stands depends on how many steps were
 * taken.
 */
export class Signal {
  /** @internal Address of the values. */
  address = 0;
  /** @internal Address of dL/dvalues, in the same layout, which the next stage writes (=). 0 where nobody needs it. */
  gradient = 0;
  /**
   * @internal Address of 1 or 0 for each row, `[timesteps, batch]`: which rows count. 0: all do. Known when the stage is laid out,
   * so that the stages behind it can be.
   */
  mask = 0;
  /** @internal How recurrent layers obey the mask: brought along by the layer that begins one, so that models without do without. */
  MaskReader: MaskReaderClass | undefined;
  /** @internal */
  timesteps = 1;

  /** @internal @param inner the axes of a row, the product of which is `features`. */
  constructor(
    readonly features: number,
    readonly isSequence: boolean,
    readonly maxTimesteps: number,
    readonly inner: readonly number[] = [features],
  ) {}

  /** @internal */
  get stride(): number {
    return strideOf(this.features);
  }

  /** @internal Passes on the mask of a signal of the same rows. */
  takeMask({ mask, MaskReader }: Signal): void {
    this.mask = mask;
    this.MaskReader = MaskReader;
  }

  /** @internal */
  rows(batch: number): number {
    return batch * this.timesteps;
  }
}
