import { type Activation, activationCodes, needsPreActivation } from "../engine/activation-codes.js";
import type { Owner } from "./owner.js";
import type { Workspace } from "./workspace.js";

/**
 * An activation over the rows of a signal. It overwrites the pre-activations, but for swish and gelu on a tape, whose
 * derivative needs them.
 */
export class ActivationPass {
  readonly #z: number;

  constructor(
    readonly activation: Activation,
    layer: Owner,
    readonly workspace: Workspace,
    maxFloats: number,
  ) {
    const keep = workspace.taped && needsPreActivation(activation);
    this.#z = keep ? workspace.region(layer, "pre-activations", maxFloats) : 0;
  }

  /** Turns the pre-activations at `source` into activations at `target` (which may be `source`). */
  forward(source: number, target: number, rows: number, width: number, stride: number): void {
    const { kernels } = this.workspace;
    const count = rows * stride;
    if (this.activation === "softmax") {
      kernels.softmaxForward(source, target, rows, width, stride);
      return;
    }
    if (this.#z !== 0) kernels.copyFloats(source, this.#z, count);
    if (this.activation !== "linear" || source !== target) {
      kernels.activationForward(activationCodes[this.activation], source, target, count);
    }
  }

  /** Turns dL/dy into dL/dz, at `dz`, which may be `dy`. */
  backward(y: number, dy: number, dz: number, rows: number, width: number, stride: number): void {
    const { kernels } = this.workspace;
    if (this.activation === "softmax") kernels.softmaxBackward(y, dy, dz, rows, width, stride);
    else if (this.activation !== "linear" || dy !== dz) {
      kernels.activationBackward(activationCodes[this.activation], this.#z || y, y, dy, dz, rows * stride);
    }
  }
}
