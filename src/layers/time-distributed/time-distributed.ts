import { ConfigError, ShapeError, told } from "../../errors.js";
import { describeShape, sizeOf } from "../../tensor.js";
import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import { Signal } from "../signal.js";
import { ownSignal, type Stage } from "../stage.js";
import type { Variable } from "../variable.js";
import type { Pass, Workspace } from "../workspace.js";
import { type Fold, fold } from "./fold.js";
import { FoldedWorkspace } from "./folded-workspace.js";
import { wrapperOptions } from "./wrapper-options.js";

/** What stands for a layer: a model has itself as one. */
export interface HasLayer {
  readonly asLayer: Layer;
}

/** Options of `timeDistributed`. */
export interface TimeDistributedOptions extends LayerOptions {
  /** What is applied to each time step: a layer of one input and output, or a model of one input and output. */
  readonly layer: Layer | HasLayer;
}

const isModel = (value: unknown): value is HasLayer =>
  typeof value === "object" && value !== null && "asLayer" in value && value.asLayer instanceof Layer;

/** @throws ConfigError for what cannot be applied step by step, saying why. */
function checkInner(where: string, given: unknown): Layer {
  const layer = isModel(given) ? given.asLayer : given;
  if (!(layer instanceof Layer)) {
    throw new ConfigError(
      `${where}: \`layer\` is ${typeof layer === "function" ? "a function (is it a factory that was not called?)" : told(layer)}, expected a layer such as dense({ units: 8 }).`,
      { received: layer },
    );
  }
  if (layer.isBuilt && !isModel(given)) {
    throw new ConfigError(
      `${where}: layer \`${layer.name}\` is already part of a model. Make a second one with its factory.`,
    );
  }
  if (layer.isInput) {
    throw new ConfigError(`${where}: an input layer computes nothing; give its shape to timeDistributed().`);
  }
  // A whole model says by itself what it takes.
  if (layer.kind !== "model" && layer.batchSize !== undefined) {
    throw new ConfigError(`${where}: give batchSize to timeDistributed(), not to the layer inside.`);
  }
  if (layer.activityRegularizer !== undefined) {
    throw new ConfigError(
      `${where}: Keras ignores an activityRegularizer inside a TimeDistributed. Use ${layer.kind}() without timeDistributed; it works on each time step as well.`,
    );
  }
  const stateful = layer.statefulParts.find((part) => (part as { stateful?: boolean }).stateful === true);
  if (stateful !== undefined) {
    throw new ConfigError(
      `${where}: \`${stateful.name}\` is stateful, and each time step begins anew. Leave out \`stateful\`, or put the layer in the model without timeDistributed.`,
      { received: stateful.name },
    );
  }
  return layer;
}

/** The layer that `timeDistributed` makes. */
export class TimeDistributedLayer extends Layer {
  readonly kind = "timeDistributed";
  readonly defaultName = "time_distributed";
  readonly layer: Layer;

  constructor(options: TimeDistributedOptions) {
    const where = "timeDistributed()";
    super(where, options, ["layer"]);
    this.layer = checkInner(where, options.layer);
    // Either both learn or none, for the weights belong to both.
    if (!super.trainable) this.layer.trainable = false;
    else if (!this.layer.trainable) super.trainable = false;
  }

  override get trainable(): boolean {
    return super.trainable;
  }

  override set trainable(value: boolean) {
    super.trainable = value;
    this.layer.trainable = value;
  }

  override get learning(): readonly Variable[] {
    return this.trainable ? this.layer.learning : [];
  }

  override get weightNames(): readonly string[] {
    return this.layer.weightNames.map((name) => `${this.name}${name.slice(this.layer.name.length)}`);
  }

  override get worksByChunks(): boolean {
    return this.layer.worksByChunks && !this.layer.isRecurrent;
  }

  protected connect(inputShape: SampleShape): SampleShape {
    if (inputShape.length < 2) {
      throw new ShapeError(
        `\`${this.name}\` (timeDistributed) expected sequences [batch, timesteps, …], got ${describeShape([null, ...inputShape])}.`,
        { received: inputShape, expected: "[timesteps, …]" },
      );
    }
    this.#checkInside(inputShape);
    const made = this.layer.build([inputShape.slice(1)]);
    const [inner] = made;
    if (made.length > 1 || this.layer.outputParts > 1) {
      throw new ConfigError(
        `\`${this.name}\` (timeDistributed): \`${this.layer.name}\` puts out several tensors, and each time step has one.`,
        { received: made.length, expected: 1 },
      );
    }
    if (inner!.includes(null)) {
      throw new ShapeError(
        `\`${this.name}\` (timeDistributed): each time step puts out ${describeShape(inner!)}, and how long that is has to be known. Give the inputShape in full.`,
        { received: inner },
      );
    }
    this.variables = this.layer.variables;
    return [inputShape[0]!, ...inner!];
  }

  /** @throws ShapeError where the layer inside says that something else comes in than one time step, or all of them. */
  #checkInside(inputShape: SampleShape): void {
    const said = this.layer.kind === "model" ? undefined : this.layer.inputShape;
    const fits = (shape: SampleShape): boolean =>
      said?.length === shape.length &&
      said.every((extent, i) => extent === null || shape[i] === null || extent === shape[i]);
    if (said === undefined || fits(inputShape.slice(1)) || fits(inputShape)) return;
    throw new ShapeError(
      `\`${this.name}\` (timeDistributed): the inputShape of \`${this.layer.name}\` is ${describeShape(said)}, and a time step is ${describeShape(inputShape.slice(1))}. Leave it out, or give all of what comes in as the inputShape of timeDistributed().`,
      { received: inputShape.slice(1), expected: said },
    );
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const { memory } = workspace;
    const { layer } = this;
    if (input.mask !== 0 && layer.isRecurrent) {
      throw new ConfigError(
        `\`${this.name}\` (timeDistributed): the mask of the outer time steps says nothing of the steps inside, which \`${layer.name}\` would look for. End it before, with a layer that drops masks.`,
      );
    }
    const folded = new FoldedWorkspace(workspace, input.maxTimesteps);
    const asSequence = input.inner.length > 1 || layer.vocabularySize !== undefined;
    const [steps = 1, ...rest] = input.inner;
    // The rows of a sequence are the rows of single samples: they stand where they are.
    const given = asSequence
      ? new Signal(sizeOf(rest), true, steps, rest)
      : new Signal(input.features, false, 1);
    given.timesteps = given.maxTimesteps;
    if (asSequence) {
      const floats = folded.batch * steps * given.stride;
      given.address = workspace.region(this, "input of each step", floats);
      if (input.gradient !== 0)
        given.gradient = workspace.region(this, "input gradient of each step", floats + 16);
    } else given.gradient = input.gradient;
    const inside = layer.stageAll([given], folded, {});
    const made = inside.output;
    let output: Signal;
    if (made.isSequence) {
      output = ownSignal(workspace, this, input, {
        features: made.maxTimesteps * made.features,
        isSequence: true,
        maxTimesteps: input.maxTimesteps,
        inner: [made.maxTimesteps, ...made.inner],
      });
    } else {
      output = new Signal(made.features, true, input.maxTimesteps, made.inner);
      output.gradient = made.gradient;
      output.takeMask(input);
    }
    const own = (pass: Pass): Pass => ({
      ...pass,
      batch: pass.batch * input.timesteps,
      seeds: (layer) => pass.seeds(this, layer.seed),
    });
    const entry: Fold = { outer: input, inner: given };
    const exit: Fold = { outer: output, inner: made };
    return {
      layer: this,
      output,
      ...(inside.inner === undefined ? {} : { inner: inside.inner }),
      forward(pass) {
        output.timesteps = input.timesteps;
        if (asSequence) {
          fold(memory, entry, { outer: input.address, inner: given.address }, pass.batch, true);
        } else given.address = input.address;
        inside.forward(own(pass));
        if (made.isSequence) {
          fold(memory, exit, { outer: output.address, inner: made.address }, pass.batch, false);
        } else output.address = made.address;
      },
      backward(pass) {
        if (made.isSequence && made.gradient !== 0) {
          fold(memory, exit, { outer: output.gradient, inner: made.gradient }, pass.batch, true);
        }
        inside.backward(own(pass));
        if (asSequence && input.gradient !== 0) {
          fold(memory, entry, { outer: input.gradient, inner: given.gradient }, pass.batch, false);
        }
      },
      recorded: () => inside.recorded?.() ?? null,
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return { layer: { kind: this.layer.kind, config: this.layer.getConfig() } };
  }
}

/**
 * Applies a layer to each time step of a sequence by itself: `[batch, timesteps, …]`, where what follows is one sample of
 * the layer's, such as `[features]`, or `[steps, features]` for a recurrent layer or a convolution inside. A model serves as
 * well as a layer. The mask of the outer steps goes on; `batchNormalization` inside counts the rows of all steps together.
 *
 * Weights are the inner layer's, under this layer's name: `time_distributed/kernel`.
 * @throws ConfigError for a layer that is stateful or puts out several tensors; ShapeError for what is no sequence.
 *
 * @example
 * sequential([
 *   timeDistributed({ layer: conv1d({ filters: 8, kernelSize: 3 }), inputShape: [4, 24, 3] }),
 *   timeDistributed({ layer: globalMaxPooling1D() }),
 *   lstm({ units: 16 }),
 *   dense({ units: 1 }),
 * ]);
 */
export const timeDistributed = (
  options: TimeDistributedOptions | Layer,
  further?: Omit<TimeDistributedOptions, "layer">,
): TimeDistributedLayer => new TimeDistributedLayer(wrapperOptions("timeDistributed()", options, further));
