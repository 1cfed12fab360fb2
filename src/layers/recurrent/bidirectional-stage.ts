import { type MergeDescriptor, mergeFields, writeDescriptor } from "../../engine/descriptors.js";
import { addActivityGradient } from "../activity.js";
import type { BidirectionalLayer, MergeMode } from "./bidirectional.js";
import { Signal } from "../signal.js";
import { ownSignal, type Pass, type Stage, type Workspace } from "../workspace.js";

/** Codes of assembly/layers/merge.ts. Outputs that are not merged stand side by side until somebody reads them. */
const codes: Readonly<Record<MergeMode, number>> = { concat: 0, sum: 1, mul: 2, ave: 3 };

/** Both directions laid out in a workspace, and what merges them. */
export class BidirectionalStage implements Stage {
  readonly output: Signal;
  /** Forward, then backward. */
  readonly inner: readonly [Stage, Stage];
  /** The input again, with a gradient of its own for the backward direction. */
  readonly #mirrored: Signal;
  readonly #descriptor: number;
  readonly #fields: MergeDescriptor;

  constructor(
    readonly layer: BidirectionalLayer,
    readonly input: Signal,
    readonly workspace: Workspace,
  ) {
    const { forward, backward, returnSequences } = layer;
    const { features, isSequence, maxTimesteps, stride } = input;
    this.#mirrored = new Signal(features, isSequence, maxTimesteps);
    this.#mirrored.takeMask(input);
    if (input.gradient !== 0) {
      const floats = workspace.batch * maxTimesteps * stride;
      this.#mirrored.gradient = workspace.region(layer, "dx of the backward direction", floats);
    }
    this.inner = [forward.stage(input, workspace), backward.stage(this.#mirrored, workspace)];
    this.output = ownSignal(workspace, layer, input, {
      features: layer.outputShape!.at(-1)!,
      isSequence: returnSequences,
      maxTimesteps: returnSequences ? maxTimesteps : 1,
    });
    if (!returnSequences) this.output.mask = 0;
    this.#descriptor = workspace.region(layer, "descriptor", mergeFields.length);
    this.#fields = {
      mode: codes[layer.mergeMode ?? "concat"],
      steps: 0,
      batch: 0,
      units: forward.width,
      forward: 0,
      backward: 0,
      backwardTimeStride: 0,
      merged: this.output.address,
      dForward: this.inner[0].output.gradient,
      dBackward: 0,
      dMerged: this.output.gradient,
    };
  }

  forward(pass: Pass): void {
    const { input, output, inner, workspace } = this;
    const [forward, backward] = inner;
    this.#mirrored.address = input.address;
    this.#mirrored.timesteps = input.timesteps;
    forward.forward(this.#own(pass));
    backward.forward(this.#own(pass));

    const d = this.#fields;
    const { timesteps, stride, address, gradient } = backward.output;
    const stepFloats = pass.batch * stride;
    const last = (timesteps - 1) * stepFloats * 4;
    d.steps = timesteps;
    d.batch = pass.batch;
    d.forward = forward.output.address;
    d.backward = address + last;
    d.backwardTimeStride = -stepFloats;
    d.dBackward = gradient === 0 ? 0 : gradient + last;
    writeDescriptor(workspace.memory, this.#descriptor, mergeFields, d);
    workspace.kernels.mergeForward(this.#descriptor);
    output.timesteps = timesteps;
  }

  backward(pass: Pass): void {
    const { input, output, inner, workspace } = this;
    if (output.gradient === 0) return;
    const { kernels, memory } = workspace;
    kernels.mergeBackward(this.#descriptor);
    for (const stage of inner) {
      addActivityGradient(stage, memory, pass.batch);
      stage.backward(this.#own(pass));
    }
    if (input.gradient !== 0) {
      kernels.addInPlace(input.gradient, this.#mirrored.gradient, input.rows(pass.batch) * input.stride);
    }
  }

  /** The directions are no layers of the model's own: they draw their random masks as parts of this one. */
  #own(pass: Pass): Pass {
    return {
      ...pass,
      seeds: (layer) => {
        const [low, high] = pass.seeds(this.layer);
        return [low, layer === this.layer.backward ? high ^ 0x5bd1e995 : high];
      },
    };
  }
}
