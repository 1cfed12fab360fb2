import { type MergeDescriptor, mergeFields, writeDescriptor } from "../../engine/descriptors.js";
import { ConfigError, ShapeError, told } from "../../errors.js";
import { oneOf } from "../../options.js";
import type { Tensor, TensorLike } from "../../tensor.js";
import { addActivityGradient } from "../activity.js";
import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import { Signal } from "../signal.js";
import { type Call, ownSignal, type Stage } from "../stage.js";
import { wrapperOptions } from "../time-distributed/wrapper-options.js";
import type { Pass, Workspace } from "../workspace.js";
import { gru } from "./gru.js";
import { lstm } from "./lstm.js";
import { RecurrentLayer } from "./recurrent-layer.js";
import { checkStates } from "./recurrent-options.js";
import { simpleRNN } from "./simple-rnn.js";

export const mergeModes = ["concat", "sum", "mul", "ave"] as const;
/** How `bidirectional` joins both directions. */
export type MergeMode = (typeof mergeModes)[number];

/** Options of `bidirectional`. */
export interface BidirectionalOptions extends LayerOptions {
  /** `lstm`, `gru` or `simpleRNN`: the forward direction. Its mirror is made from its options. */
  readonly layer: Layer;
  /**
   * How the two directions' outputs become one: side by side (default), their sum, product or mean. null: not at all;
   * in a chain `predict` gives both, and no layer may follow; in a graph `apply` gives both.
   */
  readonly mergeMode?: MergeMode | null;
  /** The backward direction, where it is not to be the mirror of `layer`: it must read the other way. Default, and null: the mirror. */
  readonly backwardLayer?: Layer | null;
}

const mirrors: Readonly<Record<string, (options: never) => RecurrentLayer>> = { lstm, gru, simpleRNN };

/** @throws ConfigError unless it is a recurrent layer of nobody's yet. */
function checkInner(where: string, layer: unknown): RecurrentLayer {
  if (!(layer instanceof RecurrentLayer)) {
    const came =
      typeof layer === "function"
        ? "a function (is it a factory that was not called?)"
        : layer instanceof Layer
          ? `\`${layer.kind}\``
          : String(layer);
    throw new ConfigError(
      `${where}: \`layer\` is ${came}, expected a recurrent layer: lstm, gru or simpleRNN, such as lstm({ units: 8 }).`,
      { received: layer instanceof Layer ? layer.kind : layer, expected: Object.keys(mirrors) },
    );
  }
  if (layer.isBuilt || layer.keyPrefix !== "") {
    throw new ConfigError(
      `${where}: layer \`${layer.name}\` is already part of a model or of another bidirectional(). Make a second one with its factory.`,
    );
  }
  return layer;
}

/** What stands on the layer inside and is the whole's: what comes in. @throws ConfigError where both say it, and differently. */
function withInputOf(where: string, options: BidirectionalOptions): BidirectionalOptions {
  const { layer } = options;
  if (!(layer instanceof RecurrentLayer)) return options;
  const { inputShape, batchSize } = layer;
  for (const [option, inside] of Object.entries({ inputShape, batchSize })) {
    const outside = options[option as "inputShape" | "batchSize"];
    if (inside === undefined || outside == null || String(inside) === String(outside)) continue;
    throw new ConfigError(
      `${where}: \`${option}\` is ${told(outside)}, and ${told(inside)} for the layer inside. Give one of them.`,
      { received: inside, expected: outside },
    );
  }
  return {
    ...(inputShape === undefined ? {} : { inputShape }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...options,
  };
}

/** @throws ConfigError unless both directions put out the same in opposite order. */
function checkMirror(where: string, forward: RecurrentLayer, backward: RecurrentLayer): RecurrentLayer {
  const same = (["returnSequences", "returnState", "stateful", "width"] as const).find(
    (option) => forward[option] !== backward[option],
  );
  if (same !== undefined || forward.goBackwards === backward.goBackwards) {
    throw new ConfigError(
      same === undefined
        ? `${where}: \`backwardLayer\` reads the same way as \`layer\`: give one of them goBackwards: true.`
        : `${where}: \`backwardLayer\` has another \`${same === "width" ? "units" : same}\` (${backward[same]}) than \`layer\` (${forward[same]}).`,
    );
  }
  return backward;
}

/** The layer that `bidirectional` makes. */
export class BidirectionalLayer extends Layer {
  readonly kind = "bidirectional";
  readonly defaultName = "bidirectional";
  readonly mergeMode: MergeMode | null;
  readonly forward: RecurrentLayer;
  readonly backward: RecurrentLayer;
  readonly #inner: Record<string, unknown>;
  readonly #backward: Record<string, unknown> | undefined;

  constructor(options: BidirectionalOptions) {
    const where = "bidirectional()";
    super(where, withInputOf(where, options), ["layer", "mergeMode", "backwardLayer"]);
    const { mergeMode = "concat" } = options;
    this.mergeMode = mergeMode === null ? null : oneOf(where, "mergeMode", mergeMode, mergeModes);
    this.forward = checkInner(where, options.layer);
    const { name } = this.forward;
    this.#inner = { ...this.forward.getConfig() };
    for (const whole of ["inputShape", "batchSize"]) delete this.#inner[whole];
    const backwardLayer = options.backwardLayer ?? undefined;
    const mirrored = { ...this.#inner, goBackwards: !this.forward.goBackwards };
    this.backward =
      backwardLayer === undefined
        ? mirrors[this.forward.kind]!(mirrored as never)
        : checkMirror(where, this.forward, checkInner(where, backwardLayer));
    this.#backward = backwardLayer === undefined ? undefined : this.backward.getConfig();
    const backwardName = backwardLayer === undefined ? name : this.backward.name;
    for (const [layer, direction, own] of [
      [this.forward, "forward", name],
      [this.backward, "backward", backwardName],
    ] as const) {
      layer.rename(`${direction}_${own}`);
      layer.keyPrefix = `${layer.name}/`;
      layer.zeroOutputForMask = layer.returnSequences;
    }
    // Either all learn or none, for the weights belong to both.
    this.trainable = this.trainable && this.forward.trainable;
  }

  /** Forward, then backward. */
  get directions(): readonly [RecurrentLayer, RecurrentLayer] {
    return [this.forward, this.backward];
  }

  override get isRecurrent(): boolean {
    return true;
  }

  override get trainable(): boolean {
    return super.trainable;
  }

  override set trainable(value: boolean) {
    super.trainable = value;
    for (const layer of this.directions) layer.trainable = value;
  }

  get returnSequences(): boolean {
    return this.forward.returnSequences;
  }

  /** @internal Throws while nobody may change the states. */
  beforeStates: () => void = () => {};

  get stateful(): boolean {
    return this.forward.stateful;
  }

  override get outputParts(): number {
    return this.mergeMode === null ? 2 : 1;
  }

  /** @internal */
  override checkFollowed(by: Layer): void {
    if (this.mergeMode !== null) return;
    throw new ConfigError(
      `\`${by.name}\` cannot follow \`${this.name}\`, which puts out 2 tensors (mergeMode: null). Merge them, for example with mergeMode: "concat".`,
    );
  }

  override get furtherShapes(): readonly SampleShape[] {
    return this.directions.flatMap(({ furtherShapes }) => furtherShapes);
  }

  /** The input, then both directions' initial states where some are given. */
  protected override connectAll(
    [inputShape, ...states]: readonly SampleShape[],
    [previous]: readonly (Layer | undefined)[],
  ): SampleShape {
    if (states.length > 0) {
      const widths = this.directions.flatMap((layer, i) =>
        Object.entries(layer.stateWidths).map(([part, width]) => [
          `${i === 0 ? "forward" : "backward"} ${part}`,
          width,
        ]),
      );
      checkStates(this.name, Object.fromEntries(widths), states);
    }
    return this.connect(inputShape!, previous);
  }

  protected connect(inputShape: SampleShape, previous?: Layer): SampleShape {
    const [shape] = this.forward.build([inputShape], [previous]);
    this.backward.build([inputShape], [previous]);
    this.variables = this.directions.flatMap(({ variables }) => variables);
    const sideBySide = this.mergeMode === "concat" || this.mergeMode === null;
    return sideBySide ? [...shape!.slice(0, -1), 2 * this.forward.width] : shape!;
  }

  /** @internal The samples of every batch, once the model knows them. */
  prepareState(batchSize: number | undefined): void {
    for (const layer of this.directions) layer.prepareState(batchSize);
  }

  /** @internal The memory the states stand in is about to be given back. */
  evacuateState(): void {
    for (const layer of this.directions) layer.evacuateState();
  }

  /** @internal The memory the states stood in was given back. */
  abandonState(): void {
    for (const layer of this.directions) layer.abandonState();
  }

  /**
   * The states the next batch starts in, forward's, then backward's: [h, h], or of LSTMs [h, c, h, c].
   * @throws StateError unless stateful.
   */
  async getStates(): Promise<Tensor[]> {
    return this.readStates();
  }

  /** @internal What getStates promises, at once. */
  readStates(): Tensor[] {
    return this.directions.flatMap((layer) => layer.readStates());
  }

  /**
   * Sets the states the next batch starts in, forward's, then backward's; null is the same as a reset.
   * @throws ShapeError (nothing is changed then); StateError unless stateful, and while a call of the model is running, but
   *   for its callbacks.
   */
  setStates(states: readonly TensorLike[] | null): void {
    this.beforeStates();
    if (states === null) {
      for (const layer of this.directions) layer.setStates(null);
      return;
    }
    const names = this.directions.flatMap((layer) => Object.keys(layer.stateWidths));
    if (!Array.isArray(states) || states.length !== names.length) {
      throw new ShapeError(
        `\`${this.name}\`.setStates(): expected [${names.join(", ")}], forward's states and then backward's.`,
        { received: states, expected: names },
      );
    }
    const half = names.length / 2;
    const writes = this.directions.map((layer, i) =>
      layer.prepareStates(states.slice(i * half, (i + 1) * half)),
    );
    for (const write of writes) write();
  }

  stage(input: Signal, workspace: Workspace): Stage {
    return this.stageAll([input], workspace, {});
  }

  override stageAll(inputs: readonly Signal[], workspace: Workspace, call: Call): Stage {
    return new BidirectionalStage(this, inputs, workspace, call);
  }

  protected ownConfig(): Record<string, unknown> {
    const backward = this.#backward;
    return {
      layer: { kind: this.forward.kind, config: this.#inner },
      mergeMode: this.mergeMode,
      ...(backward === undefined ? {} : { backwardLayer: { kind: this.backward.kind, config: backward } }),
    };
  }
}

/**
 * A recurrent layer and its mirror, which reads time the other way with weights of its own (Schuster & Paliwal 1997).
 *
 * With `returnSequences` the mirror's outputs are turned back into the input's order before they are merged, and masked
 * steps put out zero; without, its last output (at the sequence's first step) is merged with the forward's.
 * Weights, in order: all of the forward layer's, `bidirectional/forward_lstm/kernel` …, then all of the backward's.
 *
 * With `mergeMode: null` `apply` gives both, [forward, backward], with `returnState` the states behind them. In a chain
 * nothing may follow: `predict` resolves to that array, and while training the two count as one output, side by side, and so
 * do their labels: `[…, 2 units]`.
 *
 * @throws ConfigError when `layer` is no recurrent layer, is in use already or has an inputShape of its own.
 *
 * @example
 * sequential([bidirectional({ layer: lstm({ units: 16 }), inputShape: [20, 3] }), dense({ units: 1 })]);
 */
export const bidirectional = (
  options: BidirectionalOptions | Layer,
  further?: Omit<BidirectionalOptions, "layer">,
): BidirectionalLayer => new BidirectionalLayer(wrapperOptions("bidirectional()", options, further));

/** Codes of assembly/layers/merge.ts. Outputs that are not merged stand side by side until somebody reads them. */
const codes: Readonly<Record<MergeMode, number>> = { concat: 0, sum: 1, mul: 2, ave: 3 };

/** Both directions laid out in a workspace, and what merges them. */
export class BidirectionalStage implements Stage {
  readonly input: Signal;
  readonly output: Signal;
  readonly outputs: readonly Signal[];
  /** Forward, then backward. */
  readonly inner: readonly [Stage, Stage];
  /** The input again, with a gradient of its own for the backward direction. */
  readonly #mirrored: Signal;
  readonly #descriptor: number;
  readonly #fields: MergeDescriptor;

  constructor(
    readonly layer: BidirectionalLayer,
    inputs: readonly Signal[],
    readonly workspace: Workspace,
    call: Call,
  ) {
    const { forward, backward, returnSequences } = layer;
    const [input, ...states] = inputs as [Signal, ...Signal[]];
    this.input = input;
    const half = states.length / 2;
    const { features, isSequence, maxTimesteps, stride } = input;
    this.#mirrored = new Signal(features, isSequence, maxTimesteps);
    this.#mirrored.takeMask(input);
    if (input.gradient !== 0) {
      const floats = workspace.batch * maxTimesteps * stride;
      this.#mirrored.gradient = workspace.region(layer, "dx of the backward direction", floats);
    }
    this.inner = [
      forward.stageAll([input, ...states.slice(0, half)], workspace, call),
      backward.stageAll([this.#mirrored, ...states.slice(half)], workspace, call),
    ];
    this.output = ownSignal(workspace, layer, inputs, {
      features: layer.outputShape!.at(-1)!,
      isSequence: returnSequences,
      maxTimesteps: returnSequences ? maxTimesteps : 1,
    });
    if (returnSequences) this.output.takeMask(input);
    this.outputs = [this.output, ...this.inner.flatMap(({ outputs = [] }) => outputs.slice(1))];
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
        const [low, high] = pass.seeds(this.layer, layer.seed);
        return [low, layer === this.layer.backward ? high ^ 0x5bd1e995 : high];
      },
    };
  }
}
