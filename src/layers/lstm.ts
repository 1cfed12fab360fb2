import { type ConstraintLike, toConstraint } from "../constraints/to-constraint.js";
import type { ElementwiseActivation } from "../engine/activation-codes.js";
import { ConfigError } from "../errors.js";
import { type Initializer, type InitializerLike, toInitializer } from "../initializers/to-initializer.js";
import { flag, numberIn } from "../options.js";
import type { Random } from "../random.js";
import { type RegularizerLike, toRegularizer } from "../regularizers/to-regularizer.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { Layer, type LayerOptions, type SampleShape } from "./layer.js";
import { LstmStage } from "./lstm-stage.js";
import { gateActivation, sequenceShape } from "./recurrent-options.js";
import { RecurrentState, stateOf } from "./recurrent-state.js";
import type { Signal } from "./signal.js";
import { Variable } from "./variable.js";
import type { Stage, Workspace } from "./workspace.js";

/** Options of `lstm`, with Keras's names, meanings and defaults. */
export interface LstmOptions extends LayerOptions {
  /** Width of the hidden state and of the cell state. */
  readonly units: number;
  /** Of the cell candidate and of the cell state on its way out. Default `"tanh"`. */
  readonly activation?: ElementwiseActivation;
  /** Of the three gates. Default `"sigmoid"`. */
  readonly recurrentActivation?: ElementwiseActivation;
  readonly useBias?: boolean;
  /** Default `"glorotUniform"`, with the fused kernel's fan-out of 4 units, as in Keras. */
  readonly kernelInitializer?: InitializerLike;
  /** Default `"orthogonal"`, over the fused matrix, as in Keras; `orthogonalPerGate` makes each gate's block orthogonal. */
  readonly recurrentInitializer?: InitializerLike;
  readonly biasInitializer?: InitializerLike;
  /** Adds 1 to the forget gate's bias at the start (Jozefowicz et al. 2015). Default true. */
  readonly unitForgetBias?: boolean;
  readonly kernelRegularizer?: RegularizerLike;
  readonly recurrentRegularizer?: RegularizerLike;
  readonly biasRegularizer?: RegularizerLike;
  readonly kernelConstraint?: ConstraintLike;
  readonly recurrentConstraint?: ConstraintLike;
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
}

const known = [
  "units",
  "activation",
  "recurrentActivation",
  "useBias",
  "kernelInitializer",
  "recurrentInitializer",
  "biasInitializer",
  "unitForgetBias",
  "kernelRegularizer",
  "recurrentRegularizer",
  "biasRegularizer",
  "kernelConstraint",
  "recurrentConstraint",
  "biasConstraint",
  "dropout",
  "recurrentDropout",
  "returnSequences",
  "goBackwards",
  "stateful",
] as const;

export class LstmLayer extends Layer {
  readonly kind = "lstm";
  readonly defaultName = "lstm";
  readonly units: number;
  readonly activation: ElementwiseActivation;
  readonly recurrentActivation: ElementwiseActivation;
  readonly useBias: boolean;
  readonly unitForgetBias: boolean;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly returnSequences: boolean;
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  /** @internal Set by `bidirectional`; see `RecurrentMask`. */
  zeroOutputForMask = false;
  readonly #initializers: { kernel: Initializer; recurrent: Initializer; bias: Initializer };
  readonly #options: LstmOptions;
  /** Kernel, recurrent kernel, bias. */
  override variables: readonly Variable[] = [];
  features = 0;
  state: RecurrentState | undefined;

  constructor(options: LstmOptions) {
    super("lstm()", options, known);
    const where = "lstm()";
    this.units = numberIn(where, "units", options.units, { min: 1, integer: true });
    this.activation = gateActivation(where, "activation", options.activation ?? "tanh");
    this.recurrentActivation = gateActivation(
      where,
      "recurrentActivation",
      options.recurrentActivation ?? "sigmoid",
    );
    this.useBias = flag(where, "useBias", options.useBias ?? true);
    const bias = toInitializer(where, "biasInitializer", options.biasInitializer ?? "zeros");
    // Chrono initialization says itself what the forget gate's bias is.
    this.unitForgetBias = flag(where, "unitForgetBias", options.unitForgetBias ?? bias.name !== "chrono");
    if (this.unitForgetBias && bias.name === "chrono") {
      throw new ConfigError(
        `${where}: biasInitializer "chrono" sets the forget gate's bias, and so does unitForgetBias: true. Give one of them.`,
      );
    }
    this.dropout = numberIn(where, "dropout", options.dropout ?? 0, { min: 0, below: 1 });
    this.recurrentDropout = numberIn(where, "recurrentDropout", options.recurrentDropout ?? 0, {
      min: 0,
      below: 1,
    });
    this.returnSequences = flag(where, "returnSequences", options.returnSequences ?? false);
    this.goBackwards = flag(where, "goBackwards", options.goBackwards ?? false);
    this.stateful = flag(where, "stateful", options.stateful ?? false);
    this.#initializers = {
      kernel: toInitializer(where, "kernelInitializer", options.kernelInitializer ?? "glorotUniform"),
      recurrent: toInitializer(where, "recurrentInitializer", options.recurrentInitializer ?? "orthogonal"),
      bias: this.unitForgetBias ? withUnitForgetBias(bias, this.units) : bias,
    };
    this.#options = options;
  }

  protected connect(inputShape: SampleShape, previous?: Layer): SampleShape {
    const { timesteps, features } = sequenceShape(this, inputShape, previous);
    this.features = features;
    const where = `lstm() \`${this.name}\``;
    const { kernelRegularizer, recurrentRegularizer, biasRegularizer } = this.#options;
    const { kernelConstraint, recurrentConstraint, biasConstraint } = this.#options;
    const variable = (
      key: string,
      shape: readonly number[],
      initializer: Initializer,
      regularizer: RegularizerLike | undefined,
      constraint: ConstraintLike | undefined,
    ): Variable =>
      new Variable({
        key,
        shape,
        initializer,
        regularizer: toRegularizer(where, `${key} regularizer`, regularizer),
        constraint: toConstraint(where, `${key} constraint`, constraint),
      });
    const gates = 4 * this.units;
    const { kernel, recurrent, bias } = this.#initializers;
    this.variables = [
      variable("kernel", [features, gates], kernel, kernelRegularizer, kernelConstraint),
      variable("recurrent_kernel", [this.units, gates], recurrent, recurrentRegularizer, recurrentConstraint),
      ...(this.useBias ? [variable("bias", [gates], bias, biasRegularizer, biasConstraint)] : []),
    ];
    return this.returnSequences ? [timesteps, this.units] : [this.units];
  }

  /** @internal The samples of every batch, once the model knows them. */
  prepareState(batchSize: number | undefined): void {
    if (!this.stateful || this.state !== undefined) return;
    if (batchSize === undefined) {
      throw new ConfigError(
        `\`${this.name}\` is stateful, so every batch needs the same number of samples: give the model's first layer a batchSize.`,
      );
    }
    this.state = new RecurrentState(["h", "c"], batchSize, this.units);
  }

  stage(input: Signal, workspace: Workspace): Stage {
    return new LstmStage(this, input, workspace);
  }

  /** The state the next batch starts in, [h, c], each `[batch, units]`. @throws StateError unless stateful. */
  async getStates(): Promise<Tensor[]> {
    return stateOf(this.name, this.state).read();
  }

  /** Sets the state the next batch starts in; null is the same as a reset. @throws ShapeError, StateError. */
  setStates(states: readonly TensorLike[] | null): void {
    const state = stateOf(this.name, this.state);
    if (states === null) state.reset();
    else state.write(`\`${this.name}\`.setStates()`, states);
  }

  protected ownConfig(): Record<string, unknown> {
    const {
      name: _name,
      inputShape: _shape,
      batchSize: _size,
      trainable: _trainable,
      ...rest
    } = this.#options;
    return {
      ...rest,
      units: this.units,
      activation: this.activation,
      recurrentActivation: this.recurrentActivation,
    };
  }
}

/** Keras's bias: as the initializer says, but 1 for the forget gate, the second quarter. */
function withUnitForgetBias(bias: Initializer, units: number): Initializer {
  return {
    name: bias.name,
    config: bias.config,
    initialize(shape: readonly number[], random: Random): Float32Array {
      const values = bias.initialize(shape, random);
      values.fill(1, units, 2 * units);
      return values;
    },
  };
}

/**
 * A long short-term memory layer (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000).
 *
 * Input `[batch, timesteps, features]`; output `[batch, units]`, or `[batch, timesteps, units]` with `returnSequences`.
 * Weights, in order: kernel `[features, 4 units]`, recurrent_kernel `[units, 4 units]`, bias `[4 units]`; gates i, f, c, o.
 *
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * sequential([lstm({ units: 32, returnSequences: true, inputShape: [20, 3] }), lstm({ units: 16 }), dense({ units: 1 })]);
 */
export const lstm = (options: LstmOptions): LstmLayer => new LstmLayer(options);
