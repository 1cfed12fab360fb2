import { ConfigError, StateError } from "../errors.js";
import { flag, numberIn, refuseUnknown } from "../options.js";
import type { Regularizer } from "../regularizers/regularizer.js";
import type { NamedTensor, TensorLike } from "../tensor.js";
import type { Signal } from "./signal.js";
import { type Variable, writeWeights } from "./variable.js";
import type { Stage, Workspace } from "./workspace.js";

/** Extents of one sample, without the batch: `[features]` or `[timesteps, features]`, null where any length will do. */
export type SampleShape = readonly (number | null)[];

/** Options every layer takes. */
export interface LayerOptions {
  /** Default: the layer's kind, numbered when it occurs again (`lstm`, `lstm_1`). */
  readonly name?: string;
  /** Whether training changes the layer's weights. Default true. */
  readonly trainable?: boolean;
  /** Shape of one sample, without the batch; needed by a model's first layer. null: any number of time steps. */
  readonly inputShape?: SampleShape;
  /** Samples in every batch; needed by `stateful`. */
  readonly batchSize?: number;
}

export const layerOptionNames = ["name", "trainable", "inputShape", "batchSize"] as const;

function checkInputShape(where: string, shape: unknown): SampleShape {
  const fits =
    Array.isArray(shape) &&
    shape.length >= 1 &&
    shape.every((extent) => extent === null || (Number.isInteger(extent) && extent >= 1));
  if (!fits) {
    throw new ConfigError(
      `${where}: \`inputShape\` is ${JSON.stringify(shape)}, expected positive whole numbers such as [timesteps, features] (the batch is not part of it).`,
      { received: shape, expected: "[timesteps, features]" },
    );
  }
  return [...(shape as SampleShape)];
}

/** A layer as a model knows it: a configuration, weights, and a way to lay itself out in a workspace. */
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
  #name: string | undefined;
  #trainable: boolean;
  #onWrite: () => void = () => {};

  protected constructor(where: string, options: LayerOptions, known: readonly string[]) {
    refuseUnknown(where, options, [...layerOptionNames, ...known]);
    if (options.name !== undefined && (typeof options.name !== "string" || !/^[^/\s]+$/.test(options.name))) {
      throw new ConfigError(
        `${where}: \`name\` is ${JSON.stringify(options.name)}, expected a word without spaces or slashes.`,
      );
    }
    this.#name = options.name;
    this.#trainable = options.trainable === undefined ? true : flag(where, "trainable", options.trainable);
    this.inputShape =
      options.inputShape === undefined ? undefined : checkInputShape(where, options.inputShape);
    this.batchSize =
      options.batchSize === undefined
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

  /** Whether training changes the layer's weights. */
  get trainable(): boolean {
    return this.#trainable;
  }

  /** @internal For a layer around this one that is not trainable. */
  freeze(): void {
    this.#trainable = false;
  }

  /** Where the layer takes indices instead of numbers: they go from 0 to one less than this. */
  get vocabularySize(): number | undefined {
    return undefined;
  }

  /** Outputs that stand side by side in the last axis: more than one ends a model. */
  get outputParts(): number {
    return 1;
  }

  /** Whether training has anything to change here. */
  get learns(): boolean {
    return this.trainable && this.variables.length > 0;
  }

  /** Whether a sequence may come piece by piece, each piece going on where the last one ended. */
  get worksByChunks(): boolean {
    return false;
  }

  get isBuilt(): boolean {
    return this.outputShape !== undefined;
  }

  /**
   * Checks the input's shape, makes the weights (their values come later, from the model's seed) and returns the
   * output's shape.
   * @param previous the layer the input comes from, for an error that says what to change there.
   */
  build(inputShape: SampleShape, previous?: Layer): SampleShape {
    if (this.isBuilt) {
      throw new ConfigError(
        `Layer \`${this.name}\` is already part of a model. Weights cannot be shared: make a second layer with its factory.`,
      );
    }
    if (previous !== undefined && previous.outputParts > 1) {
      throw new ConfigError(
        `\`${this.name}\` cannot follow \`${previous.name}\`, which puts out ${previous.outputParts} tensors (mergeMode: null). Merge them, for example with mergeMode: "concat".`,
      );
    }
    this.outputShape = this.connect(inputShape, previous);
    return this.outputShape;
  }

  protected abstract connect(inputShape: SampleShape, previous?: Layer): SampleShape;

  abstract stage(input: Signal, workspace: Workspace): Stage;

  /** The options that make this layer again, as plain JSON (inputShape and name included). */
  getConfig(): Record<string, unknown> {
    return {
      name: this.name,
      ...(this.trainable ? {} : { trainable: false }),
      ...(this.inputShape === undefined ? {} : { inputShape: this.inputShape }),
      ...(this.batchSize === undefined ? {} : { batchSize: this.batchSize }),
      ...this.ownConfig(),
    };
  }

  protected abstract ownConfig(): Record<string, unknown>;

  countParams(): number {
    return this.variables.reduce((sum, variable) => sum + variable.size, 0);
  }

  /** Copies of the weights in Keras's order, named `layer/kernel` and so on. */
  getWeights(): NamedTensor[] {
    return this.variables.map((variable) => ({
      name: `${this.name}/${variable.key}`,
      shape: variable.shape,
      data: variable.read(),
    }));
  }

  /**
   * @param weights one tensor a weight, in the order of `getWeights()`.
   * @throws ShapeError when their number or a shape is not the layer's; nothing is changed then. StateError before the
   *   layer knows its input shape.
   */
  setWeights(weights: readonly TensorLike[]): void {
    if (!this.isBuilt) {
      throw new StateError(
        `Layer \`${this.name}\` has no weights yet: give the model's first layer an \`inputShape\`, or add the layer to a model.`,
      );
    }
    writeWeights(`Layer \`${this.name}\``, this.variables, weights);
    this.#onWrite();
  }

  /** @internal Whom to tell that weights were written from outside. */
  set onWrite(listener: () => void) {
    this.#onWrite = listener;
  }
}

/** Whether a layer is an `inputLayer()`, which says what comes in and does nothing. */
export const isInput = (layer: Layer): boolean => layer.kind === "inputLayer";
