import type { RecurrentMask } from "./recurrent/recurrent-mask.js";

/** Floats from one row of an activation to the next: features, padded to whole vectors. */
export const strideOf = (features: number): number => Math.ceil(features / 4) * 4;

/**
 * What flows from one stage to the next: rows of features, time-major, `[timesteps, batch, stride]` (a signal that is
 * no sequence has one time step). Addresses are set anew in every pass: where a recurrent layer's last hidden state
 * stands depends on how many steps were taken.
 */
export class Signal {
  /** Address of the values. */
  address = 0;
  /** Address of dL/dvalues, in the same layout, which the next stage writes (=). 0 where nobody needs it. */
  gradient = 0;
  /**
   * Address of 1 or 0 for each row, `[timesteps, batch]`: which rows count. 0: all do. Known when the stage is laid out,
   * so that the stages behind it can be.
   */
  mask = 0;
  /** How recurrent layers obey the mask: brought along by the layer that begins one, so that models without do without. */
  MaskReader: typeof RecurrentMask | undefined;
  timesteps = 1;

  constructor(
    readonly features: number,
    readonly isSequence: boolean,
    readonly maxTimesteps: number,
  ) {}

  get stride(): number {
    return strideOf(this.features);
  }

  /** Passes on the mask of a signal of the same rows. */
  takeMask({ mask, MaskReader }: Signal): void {
    this.mask = mask;
    this.MaskReader = MaskReader;
  }

  rows(batch: number): number {
    return batch * this.timesteps;
  }
}
