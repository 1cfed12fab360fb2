import { ConfigError, ShapeError, StateError, told } from "../errors.js";
import { flag, numberIn, refuseUnknown } from "../options.js";
import type { Regularizer } from "../regularizers/regularizer.js";
import { describeShape, type NamedTensor, sameShape, type TensorLike } from "../tensor.js";
import type { Signal } from "./signal.js";
import type { Call, Stage } from "./stage.js";
import { type SetWeightsOptions, type Variable, writeWeights } from "./variable.js";
import type { Workspace } from "./workspace.js";

/** Extents of one sample, without the batch: `[features]` or `[timesteps, features]`, null where any length will do. */
export type SampleShape = readonly (number | null)[];

/** Options every layer takes. */
export interface LayerOptions {
  /** Default: the layer's kind, numbered when it occurs again (`lstm`, `lstm_1`). */
  readonly name?: string;
  /** Whether training changes the layer's weights. Default true. */
  readonly trainable?: boolean;
  /** Shape of one sample, without the batch; needed by a model's first layer. null: any number of time steps. Default: what the layer before gives. */
  readonly inputShape?: SampleShape;
  /** Samples in every batch; needed by `stateful`. Default, and null: any number. */
  readonly batchSize?: number | null;
}

export const layerOptionNames = ["name", "trainable", "inputShape", "batchSize"] as const;

/** How options are read: `gateflow` knows Keras's other words for them, `gateflow/core` does not; see keras-options.ts. */
export const layerExtras = {
  /** The options as layers here have them. @throws ConfigError for one that nobody reads. */
  read(_layer: Layer, where: string, options: LayerOptions, known: readonly string[]): LayerOptions {
    refuseUnknown(where, options, [...layerOptionNames, ...known]);
    return options;
  },
};

function checkInputShape(where: string, shape: unknown): SampleShape {
  const fits =
    Array.isArray(shape) &&
    shape.length >= 1 &&
    shape.every((extent) => extent === null || (Number.isInteger(extent) && extent >= 1));
  if (!fits) {
    throw new ConfigError(
      `${where}: \`inputShape\` is ${told(shape)}, expected positive whole numbers such as [timesteps, features] (without the batch).`,
      { received: shape, expected: "[timesteps, features]" },
    );
  }
  return [...(shape as SampleShape)];
}

/**
 * A layer as a model knows it: a configuration, weights, and a way to lay itself out in a workspace.
 *
 * A layer of one input implements `connect` (shapes in, weights made, shape out) and `stage` (lays out one application).
 * One that takes several overrides `connectAll` and `stageAll` instead (see `SeveralInputsLayer`); one that puts out several
 * says the further shapes in `furtherShapes` and gives its stage `outputs`. `connect` runs again when the layer is applied
 * again: it sets public fields only, which are put back, so that weights are shared. Stages keep no state in the layer.
 * Masks come with the inputs (`Signal.mask`) and leave with the outputs.
 */
export abstract class Layer {
  /** The factory's name, such as `lstm`. */
  abstract readonly kind: string;
  /** Keras's class name in snake case, from which default names are made. */
  abstract readonly defaultName: string;

  readonly inputShape: SampleShape | undefined;
  readonly batchSize: number | undefined;
  variables: readonly Variable[] = [];
  /** A price on the output's values: added to the loss, divided by the batch's samples (Keras). */
  activityRegularizer: Regularizer | undefined;
  /** Shape of one sample of the output; known once the layer is built. */
  outputShape: SampleShape | undefined;
  /** @internal Whence its random masks are drawn, where not from the model's seed. */
  seed: number | undefined;
  /** @internal The options, in the words of this library. */
  protected readonly given: LayerOptions;
  /** @internal The layers of the model that began its weights. */
  home: object | undefined;
  #name: string | undefined;
  #trainable: boolean;

  protected constructor(where: string, given: LayerOptions, known: readonly string[]) {
    const options = layerExtras.read(this, where, given, known);
    this.given = options;
    if (options.name !== undefined && (typeof options.name !== "string" || !/^[^/\s]+$/.test(options.name))) {
      throw new ConfigError(`${where}: \`name\` is ${told(options.name)}, expected a word without slashes.`);
    }
    this.#name = options.name;
    this.#trainable = options.trainable === undefined ? true : flag(where, "trainable", options.trainable);
    this.inputShape = options.inputShape == null ? undefined : checkInputShape(where, options.inputShape);
    this.batchSize =
      options.batchSize == null
        ? undefined
        : numberIn(where, "batchSize", options.batchSize, { min: 1, integer: true });
  }

  get name(): string {
    return this.#name ?? this.defaultName;
  }

  get isNamed(): boolean {
    return this.#name !== undefined;
  }

  /** @internal */
  rename(name: string): void {
    this.#name = name;
  }

  /** Whether training changes the layer's weights. What is set counts from the model's next `compile`. */
  get trainable(): boolean {
    return this.#trainable;
  }

  set trainable(value: boolean) {
    this.#trainable = flag(`\`${this.name}\``, "trainable", value);
  }

  /** Where the layer takes indices instead of numbers: they go from 0 to one less than this. */
  get vocabularySize(): number | undefined {
    return undefined;
  }

  /** Outputs that stand side by side in the last axis: more than one ends a model. */
  get outputParts(): number {
    return 1;
  }

  /** @internal @throws ConfigError where no layer of a chain may follow. */
  checkFollowed(_by: Layer): void {}

  /** Whether it says what comes in and does nothing, as `inputLayer()` does. */
  get isInput(): boolean {
    return false;
  }

  /** Whether it reads a sequence step by step and can hand on its last output alone, or all of them. */
  get isRecurrent(): boolean {
    return false;
  }

  /** What may carry a state from batch to batch. */
  get statefulParts(): readonly Layer[] {
    return [this];
  }

  /** Shapes of the outputs behind the first, once connected. */
  get furtherShapes(): readonly SampleShape[] {
    return [];
  }

  /** Whether a sequence may come piece by piece, each piece going on where the last one ended. */
  get worksByChunks(): boolean {
    return false;
  }

  /** The weights training may change. */
  get learning(): readonly Variable[] {
    return this.trainable ? this.variables.filter(({ trainable }) => trainable) : [];
  }

  /** Names of the weights, in the order of `variables`. */
  get weightNames(): readonly string[] {
    return this.variables.map(({ key }) => `${this.name}/${key}`);
  }

  get isBuilt(): boolean {
    return this.outputShape !== undefined;
  }

  /**
   * Checks the inputs' shapes, makes the weights (their values come later, from the model's seed) and returns the outputs'
   * shapes. When it is asked again the weights are those of the first time.
   * @param previous the layers the inputs come from, for an error that says what to change there.
   * @throws ShapeError for inputs that do not fit the layer, or the weights it has.
   */
  build(inputShapes: readonly SampleShape[], previous: readonly (Layer | undefined)[] = []): SampleShape[] {
    for (const layer of previous) layer?.checkFollowed(this);
    const before = this.isBuilt ? { ...this } : null;
    const first = this.connectAll(inputShapes, previous);
    const shapes = [first, ...this.furtherShapes];
    if (before === null) this.outputShape = first;
    else {
      const made = this.variables.map(({ shape }) => shape);
      Object.assign(this, before);
      const at = this.variables.findIndex(({ shape }, i) => !sameShape(shape, made[i] ?? []));
      if (at >= 0) {
        const { key, shape } = this.variables[at]!;
        throw new ShapeError(
          `\`${this.name}\` has the weight ${key} ${describeShape(shape)} already, and this input needs ${describeShape(made[at] ?? [])}.`,
          { received: made[at], expected: shape },
        );
      }
    }
    return shapes;
  }

  /** `connect` for the inputs of one application, in their order. Returns the first output's shape. */
  protected connectAll(
    inputShapes: readonly SampleShape[],
    previous: readonly (Layer | undefined)[],
  ): SampleShape {
    if (inputShapes.length === 1) return this.connect(inputShapes[0]!, previous[0]);
    throw new ConfigError(`\`${this.name}\` (${this.kind}) takes one input, got ${inputShapes.length}.`, {
      received: inputShapes.length,
      expected: 1,
    });
  }

  protected abstract connect(inputShape: SampleShape, previous?: Layer): SampleShape;

  /** `stage` for the inputs of one application, in their order. */
  stageAll(inputs: readonly Signal[], workspace: Workspace, _call: Call): Stage {
    return this.stage(inputs[0]!, workspace);
  }

  abstract stage(input: Signal, workspace: Workspace): Stage;

  /** The options that make this layer again, as plain JSON (inputShape and name included). */
  getConfig(): Record<string, unknown> {
    return {
      name: this.name,
      ...(this.trainable ? {} : { trainable: false }),
      ...(this.inputShape === undefined ? {} : { inputShape: this.inputShape }),
      ...(this.batchSize === undefined ? {} : { batchSize: this.batchSize }),
      ...(this.seed === undefined ? {} : { seed: this.seed }),
      ...this.ownConfig(),
    };
  }

  protected abstract ownConfig(): Record<string, unknown>;

  /** The options that are not every layer's. */
  protected ownOptions(): Record<string, unknown> {
    const { name, trainable, inputShape, batchSize, ...own } = this.given;
    return own;
  }

  countParams(): number {
    return this.variables.reduce((sum, variable) => sum + variable.size, 0);
  }

  /** Copies of the weights in Keras's order, named `layer/kernel` and so on. */
  getWeights(): NamedTensor[] {
    const names = this.weightNames;
    return this.variables.map((variable, i) => ({
      name: names[i]!,
      shape: variable.shape,
      data: variable.read(),
    }));
  }

  /**
   * @param weights one tensor a weight, in the order of `getWeights()`.
   * @throws ShapeError when their number or a shape is not the layer's, DataError for NaN and Infinity unless
   *   `allowNonFinite`; nothing is changed then. StateError before the layer knows its input shape.
   */
  setWeights(weights: readonly TensorLike[], options?: SetWeightsOptions): void {
    if (!this.isBuilt) {
      throw new StateError(
        `Layer \`${this.name}\` has no weights yet: give the model's first layer an \`inputShape\`, or add the layer to a model.`,
      );
    }
    writeWeights(`Layer \`${this.name}\``, this.variables, weights, options);
  }
}
