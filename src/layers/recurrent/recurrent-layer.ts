import type { ConstraintLike } from "../../constraints/to-constraint.js";
import type { ElementwiseActivation } from "../../engine/activation-codes.js";
import { ConfigError } from "../../errors.js";
import { type Initializer, type InitializerLike, toInitializer } from "../../initializers/to-initializer.js";
import { flag, numberIn } from "../../options.js";
import { type RegularizerLike, toRegularizer } from "../../regularizers/to-regularizer.js";
import type { Tensor, TensorLike } from "../../tensor.js";
import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import type { Signal } from "../signal.js";
import type { Call, Stage } from "../stage.js";
import type { Variable } from "../variable.js";
import { declaredWeight } from "../variable.js";
import type { Workspace } from "../workspace.js";
import { checkStates, gateActivation, sequenceShape } from "./recurrent-options.js";
import { RecurrentState, stateOf } from "./recurrent-state.js";

/** Options all recurrent layers share, with Keras's names, meanings and defaults. */
export interface RecurrentOptions extends LayerOptions {
  /** Width of the hidden state. */
  readonly units: number;
  /** Of the state or its candidate; null: `"linear"`. Default `"tanh"`. */
  readonly activation?: ElementwiseActivation | null;
  /** Whether a bias is added to the gates. Default true. */
  readonly useBias?: boolean;
  /** Default `"glorotUniform"`, with the fused kernel's fan-out (all gates together), as in Keras. */
  readonly kernelInitializer?: InitializerLike;
  /** Default `"orthogonal"`, over the fused matrix, as in Keras; `orthogonalPerGate` makes each gate's block orthogonal. */
  readonly recurrentInitializer?: InitializerLike;
  /** How the bias begins. Default `zeros`. */
  readonly biasInitializer?: InitializerLike;
  /** What is added to the loss for the input weights. Default: nothing. */
  readonly kernelRegularizer?: RegularizerLike;
  /** What is added to the loss for the recurrent weights. Default: nothing. */
  readonly recurrentRegularizer?: RegularizerLike;
  /** What is added to the loss for the bias. Default: nothing. */
  readonly biasRegularizer?: RegularizerLike;
  /** Of the output. Default: nothing is added to the loss. */
  readonly activityRegularizer?: RegularizerLike;
  /** What the input weights obey after each update. Default: nothing. */
  readonly kernelConstraint?: ConstraintLike;
  /** What the recurrent weights obey after each update. Default: nothing. */
  readonly recurrentConstraint?: ConstraintLike;
  /** What the bias obeys after each update. Default: nothing. */
  readonly biasConstraint?: ConstraintLike;
  /** Share of the inputs that is dropped, the same ones at every time step of a batch. Default 0. */
  readonly dropout?: number;
  /** Share of the hidden state that is dropped on its way to the next step, the same units at every step. Default 0. */
  readonly recurrentDropout?: number;
  /** The whole sequence of hidden states instead of the last one. Default false. */
  readonly returnSequences?: boolean;
  /** Reads the sequence from its end; a returned sequence is in the order of reading. Default false. */
  readonly goBackwards?: boolean;
  /** Starts each batch in the state the one before ended in. Needs `batchSize` on the first layer. Default false. */
  readonly stateful?: boolean;
  /** Puts out the state it ends in as well: `apply` gives [y, h], of an LSTM [y, h, c]. For graphs. Default false. */
  readonly returnState?: boolean;
}

const known = [
  "units",
  "activation",
  "useBias",
  "kernelInitializer",
  "recurrentInitializer",
  "biasInitializer",
  "kernelRegularizer",
  "recurrentRegularizer",
  "biasRegularizer",
  "activityRegularizer",
  "kernelConstraint",
  "recurrentConstraint",
  "biasConstraint",
  "dropout",
  "recurrentDropout",
  "returnSequences",
  "goBackwards",
  "stateful",
  "returnState",
] as const;

/** Shapes of a cell's weights. */
export interface CellShapes {
  readonly kernel: readonly number[];
  readonly recurrent: readonly number[];
  readonly bias: readonly number[];
}

/** What lstm, gru and simpleRNN have in common: options, weights, state. */
export abstract class RecurrentLayer extends Layer {
  readonly units: number;
  readonly activation: ElementwiseActivation;
  readonly useBias: boolean;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly returnSequences: boolean;
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  readonly returnState: boolean;
  /** @internal Set by `bidirectional`; see `RecurrentMask`. */
  zeroOutputForMask = false;
  /** @internal Stands before the names of the weights; set by `bidirectional`. */
  keyPrefix = "";
  /** Kernel, recurrent kernel, bias. */
  override variables: readonly Variable[] = [];
  /** @internal */
  features = 0;
  /** @internal */
  state: RecurrentState | undefined;
  /** @internal Throws while nobody may change the state. */
  beforeStates: () => void = () => {};
  /** @internal */
  protected readonly initializers: { kernel: Initializer; recurrent: Initializer; bias: Initializer };

  /** @param own options the cell adds to `RecurrentOptions`. */
  protected constructor(where: string, options: RecurrentOptions, own: readonly string[]) {
    super(where, options, [...known, ...own]);
    this.units = numberIn(where, "units", options.units, { min: 1, integer: true });
    this.activation = gateActivation(where, "activation", options.activation, "tanh");
    this.useBias = flag(where, "useBias", options.useBias ?? true);
    this.dropout = numberIn(where, "dropout", options.dropout ?? 0, { min: 0, below: 1 });
    this.recurrentDropout = numberIn(where, "recurrentDropout", options.recurrentDropout ?? 0, {
      min: 0,
      below: 1,
    });
    this.returnSequences = flag(where, "returnSequences", options.returnSequences ?? false);
    this.goBackwards = flag(where, "goBackwards", options.goBackwards ?? false);
    this.stateful = flag(where, "stateful", options.stateful ?? false);
    this.returnState = flag(where, "returnState", options.returnState ?? false);
    this.initializers = {
      kernel: toInitializer(where, "kernelInitializer", options.kernelInitializer ?? "glorotUniform"),
      recurrent: toInitializer(where, "recurrentInitializer", options.recurrentInitializer ?? "orthogonal"),
      bias: toInitializer(where, "biasInitializer", options.biasInitializer ?? "zeros"),
    };
    this.activityRegularizer = toRegularizer(where, "activityRegularizer", options.activityRegularizer);
  }

  abstract override stageAll(inputs: readonly Signal[], workspace: Workspace, call: Call): Stage;

  stage(input: Signal, workspace: Workspace): Stage {
    return this.stageAll([input], workspace, {});
  }

  /** Width of each part of the state; the first is h, the output. */
  abstract readonly stateWidths: Readonly<Record<string, number>>;

  /** Width of the output, which is h. */
  get width(): number {
    return Object.values(this.stateWidths)[0]!;
  }

  /** @internal */
  protected abstract cellShapes(features: number): CellShapes;

  override get isRecurrent(): boolean {
    return true;
  }

  override get worksByChunks(): boolean {
    return !this.goBackwards && this.activityRegularizer === undefined;
  }

  override get furtherShapes(): readonly SampleShape[] {
    return this.returnState ? Object.values(this.stateWidths).map((width) => [width]) : [];
  }

  /** The input, then the initial states where some are given. */
  protected override connectAll(
    [inputShape, ...states]: readonly SampleShape[],
    [previous]: readonly (Layer | undefined)[],
  ): SampleShape {
    if (states.length > 0) checkStates(this.name, this.stateWidths, states);
    return this.connect(inputShape!, previous);
  }

  protected connect(inputShape: SampleShape, previous?: Layer): SampleShape {
    const { timesteps, features } = sequenceShape(this, inputShape, previous);
    this.features = features;
    this.variables = this.makeVariables(features);
    return this.returnSequences ? [timesteps, this.width] : [this.width];
  }

  /** @internal The weights, in Keras's order. */
  protected makeVariables(features: number): readonly Variable[] {
    const where = `${this.kind}() \`${this.name}\``;
    const { kernel, recurrent, bias } = this.initializers;
    const shapes = this.cellShapes(features);
    const own = this.given as RecurrentOptions;
    const key = (name: string): string => `${this.keyPrefix}${name}`;
    return [
      declaredWeight(where, own, "kernel", { key: key("kernel"), shape: shapes.kernel, initializer: kernel }),
      declaredWeight(where, own, "recurrent", {
        key: key("recurrent_kernel"),
        shape: shapes.recurrent,
        initializer: recurrent,
      }),
      ...(this.useBias
        ? [declaredWeight(where, own, "bias", { key: key("bias"), shape: shapes.bias, initializer: bias })]
        : []),
    ];
  }

  /** @internal The samples of every batch, once the model knows them. */
  prepareState(batchSize: number | undefined): void {
    if (!this.stateful || this.state !== undefined) return;
    if (batchSize === undefined) {
      throw new ConfigError(
        `\`${this.name}\` is stateful, so every batch needs the same number of samples: give the model's first layer a batchSize.`,
      );
    }
    this.state = new RecurrentState(this.stateWidths, batchSize);
  }

  /** @internal The memory the state stands in is about to be given back. */
  evacuateState(): void {
    this.state?.moveOut();
  }

  /** @internal The memory the state stood in was given back. */
  abandonState(): void {
    this.state?.abandon();
  }

  /**
   * The state the next batch starts in, [h] or, of an LSTM, [h, c], each `[batch, units]`.
   * @throws StateError unless stateful.
   */
  async getStates(): Promise<Tensor[]> {
    return this.readStates();
  }

  /** @internal What getStates promises, at once. */
  readStates(): Tensor[] {
    return stateOf(this.name, this.state).read();
  }

  /**
   * Sets the state the next batch starts in; null is the same as a reset.
   * @throws ShapeError; StateError unless stateful, and while a call of the model is running, but for its callbacks.
   */
  setStates(states: readonly TensorLike[] | null): void {
    this.beforeStates();
    if (states === null) stateOf(this.name, this.state).reset();
    else this.prepareStates(states)();
  }

  /** @internal Checks states, and gives the function that sets them. */
  prepareStates(states: readonly TensorLike[]): () => void {
    return stateOf(this.name, this.state).prepare(`\`${this.name}\`.setStates()`, states);
  }

  protected ownConfig(): Record<string, unknown> {
    return { ...this.ownOptions(), units: this.units, activation: this.activation };
  }
}
