import type { MaskedOwner, MaskReader, Signal } from "../signal.js";
import type { Workspace } from "../workspace.js";

/**
 * The mask of a recurrent layer's input, as its kernels and its output need it.
 *
 * A masked step copies the state, which is what the kernels do. Its output is the one before, and zero while no step has
 * counted yet, even where the initial state is not zero (Keras); or zero always, with `zeroOutputForMask`. Only where
 * that differs from the hidden states does the output get a buffer of its own.
 */
export class RecurrentMask implements MaskReader {
  readonly #layer: MaskedOwner;
  readonly #input: Signal;
  readonly #output: Signal;
  readonly #workspace: Workspace;
  /** The mask in the order of reading. */
  readonly #turned: number;
  readonly #running: number;
  readonly #outputs: number;

  /**
   * To be made where the layer's input has a mask, when the layer's own `output` signal exists.
   * @param startsAnywhere whether the initial state may be other than zero.
   */
  constructor(
    layer: MaskedOwner,
    input: Signal,
    output: Signal,
    workspace: Workspace,
    startsAnywhere: boolean,
  ) {
    this.#layer = layer;
    this.#input = input;
    this.#output = output;
    this.#workspace = workspace;
    const { batch } = workspace;
    const mask = batch * input.maxTimesteps;
    const hides = startsAnywhere || layer.zeroOutputForMask;
    this.#turned = layer.goBackwards ? workspace.region(layer, "turned mask", mask) : 0;
    this.#running = hides && !layer.zeroOutputForMask ? workspace.region(layer, "running mask", mask) : 0;
    this.#outputs = hides
      ? workspace.region(layer, "masked output", batch * output.maxTimesteps * output.stride)
      : 0;
  }

  /** Address of the mask in the order in which the layer reads its steps, for this pass's input. */
  inReadingOrder(batch: number): number {
    const { kernels } = this.#workspace;
    const { mask, timesteps } = this.#input;
    if (this.#turned !== 0) kernels.reverseSteps(mask, this.#turned, timesteps, batch);
    const read = this.#turned || mask;
    if (this.#running !== 0) kernels.runningMask(read, this.#running, timesteps, batch);
    return read;
  }

  /** From the address of the hidden states that would be put out to the address of the output. */
  hide(hidden: number, batch: number): number {
    if (this.#outputs === 0) return hidden;
    const { mask, rows } = this.#shown(batch);
    this.#workspace.kernels.maskRows(hidden, mask, this.#outputs, rows, this.#output.stride);
    return this.#outputs;
  }

  /** Takes the output's gradient back to the hidden states, in place. */
  hideGradient(batch: number): void {
    if (this.#outputs === 0) return;
    const { gradient, stride } = this.#output;
    const { mask, rows } = this.#shown(batch);
    this.#workspace.kernels.maskRows(gradient, mask, gradient, rows, stride);
  }

  /** Which rows of the output are shown: those of every step, or of the last. */
  #shown(batch: number): { mask: number; rows: number } {
    const mask = this.#running || this.#turned || this.#input.mask;
    const { timesteps } = this.#input;
    if (this.#layer.returnSequences) return { mask, rows: timesteps * batch };
    return { mask: mask + (timesteps - 1) * batch * 4, rows: batch };
  }
}
