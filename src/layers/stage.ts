import type { Owner } from "./owner.js";
import type { RecordedFlow } from "./recurrent/recorded-flow.js";
import { Signal } from "./signal.js";
import type { Pass, Workspace } from "./workspace.js";

/** A layer laid out in a workspace. */
export interface Stage {
  /** @internal */
  readonly layer: Owner;
  /** @internal */
  readonly output: Signal;
  /** @internal All outputs, of a layer that has several; the first is `output`. */
  readonly outputs?: readonly Signal[];
  /** @internal The stages this one runs as parts of itself. */
  readonly inner?: readonly Stage[];
  /** @internal What a pass is to this application of the layer; see `passTo`. */
  adapt?: (pass: Pass) => Pass;
  /** @internal Reads `input.address`, sets `output.address` and `output.timesteps`. */
  forward(pass: Pass): void;
  /** @internal Reads `output.gradient` (and may spoil it), adds to its weights' gradients, writes `input.gradient` if there is one. */
  backward(pass: Pass): void;
  /** @internal What flowed back through this stage in the last pass with `record`; null where nothing did. */
  recorded?(): RecordedFlow | null;
}

/** Stages, each followed by those it runs as parts of itself. */
export const withInner = (stages: readonly Stage[]): Stage[] =>
  stages.flatMap((stage) => [stage, ...withInner(stage.inner ?? [])]);

/** The pass as a stage sees it: with random numbers of its own, and as it was applied. */
export const passTo = (stage: Stage, pass: Pass): Pass => stage.adapt?.(pass) ?? pass;

/** How a layer was applied, for those that ask (Keras's arguments of `call`). */
export interface Call {
  /** Dropout and statistics as in training (true) or not (false), whatever the pass is; undefined: as the pass is. */
  readonly training?: boolean | undefined;
  /** Of attention: no step looks at those behind it. */
  readonly useCausalMask?: boolean | undefined;
  /** Of attention: the weights are a second output. */
  readonly returnAttentionScores?: boolean | undefined;
  /** Of multi-head attention: the last of the inputs says which pairs of steps count. */
  readonly attentionMask?: boolean | undefined;
}

/**
 * A signal with a buffer of its own, one for its gradient where a gradient has to pass through `layer`, and its input's
 * mask. Of several inputs no mask is taken: how they merge is the layer's to say.
 */
export function ownSignal(
  workspace: Workspace,
  layer: Owner,
  input: Signal | readonly Signal[],
  form: { features: number; isSequence: boolean; maxTimesteps: number; inner?: readonly number[] },
): Signal {
  const signal = new Signal(form.features, form.isSequence, form.maxTimesteps, form.inner);
  if (input instanceof Signal) signal.takeMask(input);
  signal.address = workspace.region(layer, "output", workspace.batch * form.maxTimesteps * signal.stride);
  allocateGradient(workspace, layer, input, signal);
  return signal;
}

/** Gives `output` a gradient buffer if the tape is on and someone at or before `layer` learns from it. */
export function allocateGradient(
  workspace: Workspace,
  layer: Owner,
  input: Signal | readonly Signal[],
  output: Signal,
): void {
  const inputs = input instanceof Signal ? [input] : input;
  if (!workspace.taped || !(workspace.learns(layer) || inputs.some(({ gradient }) => gradient !== 0))) return;
  const rows = workspace.batch * output.maxTimesteps;
  // Weight gradients read sixteen columns of a row at a time, up to fifteen floats behind the last row.
  output.gradient = workspace.region(layer, "output gradient", rows * output.stride + 16);
}
