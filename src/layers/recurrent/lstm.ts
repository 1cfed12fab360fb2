import { activationCodes, type ElementwiseActivation } from "../../engine/activation-codes.js";
import { type LstmDescriptor, lstmFields, writeDescriptor } from "../../engine/descriptors.js";
import { ConfigError } from "../../errors.js";
import { type Initializer, toInitializer } from "../../initializers/to-initializer.js";
import { flag, numberIn } from "../../options.js";
import type { Random } from "../../random.js";
import { type Signal, strideOf } from "../signal.js";
import type { Call, Stage } from "../stage.js";
import { Variable } from "../variable.js";
import type { Workspace } from "../workspace.js";
import { type CellShapes, RecurrentLayer, type RecurrentOptions } from "./recurrent-layer.js";
import { gateActivation } from "./recurrent-options.js";
import { RecurrentStage, type StatePlace } from "./recurrent-stage.js";

/** Options of `lstm`, with Keras's names, meanings and defaults. `activation` is also that of the cell state's way out. */
export interface LstmOptions extends RecurrentOptions {
  /** Of the three gates. Null: `"linear"`. Default `"sigmoid"`. */
  readonly recurrentActivation?: ElementwiseActivation | null;
  /** Adds 1 to the forget gate's bias at the start (Jozefowicz et al. 2015). Default true. */
  readonly unitForgetBias?: boolean;
  /**
   * Lets the gates see the cell state (Gers & Schmidhuber 2000): the input and the forget gate the one before, the output
   * gate the new one. Adds the weight peephole_kernel `[3 units]` (i, f, o), zeros at first. Default false.
   */
  readonly peepholes?: boolean;
  /**
   * Projects the hidden state to so many units, at most `units` (Sak et al. 2014; PyTorch's `proj_size`): the output and
   * h become that wide, and so the rows of recurrent_kernel. Adds the weight projection_kernel `[units, projectionUnits]`. Default: no projection.
   */
  readonly projectionUnits?: number;
}

type StageClass = new (
  layer: LstmLayer,
  inputs: readonly Signal[],
  workspace: Workspace,
  call: Call,
) => Stage;

let ExtendedStage: StageClass | undefined;

/** Peepholes and projections have kernels of their own, which `gateflow` brings along and `gateflow/core` does not. */
export function registerExtendedStage(stage: StageClass): void {
  ExtendedStage = stage;
}

/** The layer that `lstm` makes. */
export class LstmLayer extends RecurrentLayer {
  readonly kind = "lstm";
  readonly defaultName = "lstm";
  readonly recurrentActivation: ElementwiseActivation;
  readonly unitForgetBias: boolean;
  readonly peepholes: boolean;
  /** Width of the projected hidden state; undefined without a projection. */
  readonly projectionUnits: number | undefined;

  constructor(options: LstmOptions) {
    const where = "lstm()";
    super(where, options, ["recurrentActivation", "unitForgetBias", "peepholes", "projectionUnits"]);
    this.recurrentActivation = gateActivation(
      where,
      "recurrentActivation",
      options.recurrentActivation,
      "sigmoid",
    );
    const { bias } = this.initializers;
    // Chrono initialization says itself what the forget gate's bias is.
    this.unitForgetBias = flag(where, "unitForgetBias", options.unitForgetBias ?? bias.name !== "chrono");
    if (this.unitForgetBias && bias.name === "chrono") {
      throw new ConfigError(
        `${where}: biasInitializer "chrono" sets the forget gate's bias, and so does unitForgetBias: true. Give one of them.`,
      );
    }
    this.peepholes = flag(where, "peepholes", options.peepholes ?? false);
    const { projectionUnits } = options;
    const range = { min: 1, max: this.units, integer: true };
    this.projectionUnits =
      projectionUnits === undefined ? undefined : numberIn(where, "projectionUnits", projectionUnits, range);
    if (!this.#isPlain && ExtendedStage === undefined) {
      throw new ConfigError(
        `${where}: \`${this.peepholes ? "peepholes" : "projectionUnits"}\` is not part of gateflow/core. Import lstm from "gateflow".`,
      );
    }
    if (this.unitForgetBias) this.initializers.bias = withUnitForgetBias(bias, this.units);
  }

  get stateWidths(): { h: number; c: number } {
    return { h: this.projectionUnits ?? this.units, c: this.units };
  }

  /** @internal */
  protected cellShapes(features: number): CellShapes {
    const gates = 4 * this.units;
    return { kernel: [features, gates], recurrent: [this.width, gates], bias: [gates] };
  }

  protected override makeVariables(features: number): readonly Variable[] {
    const own = (key: string, shape: readonly number[], initializer: string): Variable =>
      new Variable({
        key: `${this.keyPrefix}${key}`,
        shape,
        initializer: toInitializer("lstm()", key, initializer),
      });
    const { units, peepholes, projectionUnits } = this;
    return [
      ...super.makeVariables(features),
      ...(peepholes ? [own("peephole_kernel", [3 * units], "zeros")] : []),
      ...(projectionUnits === undefined
        ? []
        : [own("projection_kernel", [units, projectionUnits], "glorotUniform")]),
    ];
  }

  /** A weight by the last part of its name; undefined where the layer has none such. */
  weight(key: string): Variable | undefined {
    return this.variables.find((variable) => variable.key === `${this.keyPrefix}${key}`);
  }

  override stageAll(inputs: readonly Signal[], workspace: Workspace, call: Call): Stage {
    const StageOfKind = this.#isPlain ? LstmStage : ExtendedStage!;
    return new StageOfKind(this, inputs, workspace, call);
  }

  get #isPlain(): boolean {
    return !this.peepholes && this.projectionUnits === undefined;
  }

  protected override ownConfig(): Record<string, unknown> {
    return { ...super.ownConfig(), recurrentActivation: this.recurrentActivation };
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
 * Weights, in order: kernel `[features, 4 units]`, recurrent_kernel `[units, 4 units]`, bias `[4 units]`; gates i, f, c, o;
 * then peephole_kernel and projection_kernel where they are asked for.
 *
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * sequential([lstm({ units: 32, returnSequences: true, inputShape: [20, 3] }), lstm({ units: 16 }), dense({ units: 1 })]);
 */
export const lstm = (options: LstmOptions): LstmLayer => new LstmLayer(options);

const GATES = 4;

/** An LSTM layer laid out in a workspace. */
export class LstmStage extends RecurrentStage {
  protected readonly fields: LstmDescriptor;

  constructor(layer: LstmLayer, inputs: readonly Signal[], workspace: Workspace, call: Call) {
    const { units, features } = layer;
    const { batch, taped } = workspace;
    const stride = strideOf(units);
    const gateFloats = GATES * stride;
    const input = inputs[0]!;
    super(
      layer,
      inputs,
      workspace,
      call,
      {
        forward: "lstmForward",
        backward: "lstmBackward",
        weightGradients: "lstmWeightGradients",
        groupGrain: 1,
        panels: gateFloats * (features + units),
        panelBias: gateFloats,
        recurrentDepth: gateFloats,
        kernelDepth: gateFloats,
        gates: ["input", "forget", "cell", "output"],
      },
      lstmFields,
    );
    const { learns } = this;
    const steps = input.maxTimesteps;
    const rows = batch * stride;
    this.fields = {
      ...this.commonFields(),
      recurrentActivation: activationCodes[layer.recurrentActivation],
      c: this.region("cell states", (taped ? steps + 1 : 1) * rows),
      cRing: 0,
      gates: this.region("gates", (taped ? steps : 1) * GATES * rows),
      gateSteps: 0,
      dc: this.region("dc", rows, learns),
      dhMasked: this.region("dh masked", rows, learns && this.dropsStates),
      dzRows: this.region("dz", GATES * rows, learns),
      dcTotal: 0,
    };
  }

  protected override statePlaces(steps: number, batch: number): StatePlace[] {
    const { c, cRing } = this.fields;
    const end = c + (steps % cRing) * batch * this.stride * 4;
    return [...super.statePlaces(steps, batch), { start: c, end }];
  }

  protected override get stateGradients(): readonly number[] {
    return [this.fields.dh, this.fields.dc];
  }

  protected packForward(kernel: number, recurrent: number, bias: number): void {
    const { panels, bias: start, features, units } = this.fields;
    this.workspace.kernels.lstmPackKernel(kernel, recurrent, bias, panels, start, features, units);
  }

  protected packRecurrentTransposed(recurrent: number): void {
    const { recurrentTransposed, units } = this.fields;
    this.workspace.kernels.lstmPackTransposed(recurrent, recurrentTransposed, units, units);
  }

  protected packKernelTransposed(kernel: number): void {
    const { kernelTransposed, features, units } = this.fields;
    this.workspace.kernels.lstmPackTransposed(kernel, kernelTransposed, features, units);
  }

  protected settle(steps: number): void {
    const { taped } = this.workspace;
    this.fields.cRing = taped ? steps + 1 : 1;
    this.fields.gateSteps = taped ? steps : 1;
    if (this.fields.record !== 0 && this.fields.dcTotal === 0) {
      this.fields.dcTotal = this.region("dc in total", this.workspace.batch * this.stride);
    }
  }

  protected writeFields(): void {
    writeDescriptor(this.workspace.memory, this.descriptor, lstmFields, this.fields);
  }
}
