import { ConfigError, ShapeError, StateError } from "../errors.js";
import { Layer, type SampleShape } from "../layers/layer.js";
import { writeWeights } from "../layers/variable.js";
import { createRandom } from "../random.js";
import type { NamedTensor, Tensor, TensorLike } from "../tensor.js";

interface Stateful {
  readonly stateful: boolean;
  prepareState(batchSize: number | undefined): void;
  getStates(): Promise<Tensor[]>;
  setStates(states: readonly Tensor[] | null): void;
  abandonState(): void;
  beforeStates: () => void;
}

const isStateful = (layer: Layer): layer is Layer & Stateful =>
  "prepareState" in layer && (layer as Layer & Stateful).stateful;

/** Layers on top of each other: their names, their shapes, and the first values of their weights. */
export class LayerStack {
  readonly #layers: Layer[] = [];
  #inputShape: SampleShape | undefined;
  #batchSize: number | undefined;

  /**
   * @param onWrite told whenever weights are written from outside.
   * @param beforeStates asked whether states may be.
   */
  constructor(
    readonly seed: number,
    readonly onWrite: () => void,
    readonly beforeStates: () => void,
  ) {}

  /** All layers, an input layer included. */
  get all(): readonly Layer[] {
    return this.#layers;
  }

  /** Without an input layer, as Keras lists them. */
  get layers(): readonly Layer[] {
    return this.#layers.filter((layer) => !layer.isInput);
  }

  /** Shape of one sample; undefined until the first layer knows it. */
  get inputShape(): SampleShape | undefined {
    return this.#inputShape;
  }

  get outputShape(): SampleShape | undefined {
    return this.#layers.at(-1)?.outputShape;
  }

  /** Samples in every batch, where the first layer says so. */
  get batchSize(): number | undefined {
    return this.#batchSize;
  }

  get stateful(): readonly Stateful[] {
    return this.#layers.filter(isStateful);
  }

  get isStateful(): boolean {
    return this.stateful.length > 0;
  }

  /** @throws ConfigError for what is no layer, a layer used twice or a name used twice; ShapeError when it does not fit. */
  add(layer: Layer): void {
    if (!(layer instanceof Layer)) {
      throw new ConfigError(
        `model.add(): expected a layer, such as lstm({ units: 32 }), got ${typeof layer === "function" ? "a function (is it a factory that was not called?)" : String(layer)}.`,
        { received: layer },
      );
    }
    if (layer.isBuilt || this.#layers.includes(layer)) {
      throw new ConfigError(
        `model.add(): layer \`${layer.name}\` is already part of a model. Weights cannot be shared: make a second layer with its factory.`,
      );
    }
    if (layer.isInput && this.#layers.length > 0) {
      throw new ConfigError("model.add(): an input layer comes first.");
    }
    this.#assignName(layer);
    this.#layers.push(layer);
    try {
      if (this.#layers.length === 1) {
        this.#batchSize = layer.batchSize;
        if (layer.inputShape !== undefined) this.buildFrom(layer.inputShape);
      } else if (this.#inputShape !== undefined) this.#build(this.#layers.length - 1);
    } catch (error) {
      this.#layers.pop();
      throw error;
    }
  }

  /** Builds every layer, now that the shape of a sample is known. */
  buildFrom(inputShape: SampleShape): void {
    this.#inputShape = inputShape;
    for (let i = 0; i < this.#layers.length; i++) this.#build(i);
  }

  /** @throws StateError before the input's shape is known. */
  checkBuilt(where: string): void {
    if (this.#inputShape !== undefined) return;
    throw new StateError(
      `${where}: the model does not know its input's shape yet. Give the first layer an inputShape, such as [timesteps, features], or call fit or predict first.`,
    );
  }

  /** A stateful model is told before the first batch that the last one would not fit. @throws ShapeError */
  checkStatefulCount(where: string, samples: number, batchSize: number): void {
    if (!this.isStateful || this.#batchSize === undefined) return;
    if (batchSize === this.#batchSize && samples % batchSize === 0) return;
    throw new ShapeError(
      `${where}: a stateful model for batches of ${this.#batchSize} got ${samples} samples in batches of ${batchSize}: ` +
        `every batch needs ${this.#batchSize}. Use batchSize: ${this.#batchSize} and drop ${samples % this.#batchSize} samples.`,
      { received: samples, expected: this.#batchSize },
    );
  }

  resetStates(): void {
    for (const layer of this.stateful) layer.setStates(null);
  }

  getWeights(): NamedTensor[] {
    return this.#layers.flatMap((layer) => layer.getWeights());
  }

  /** All or nothing. @throws ShapeError when a number or a shape does not fit. */
  setWeights(weights: readonly TensorLike[]): void {
    const variables = this.#layers.flatMap((layer) => layer.variables);
    const names = this.#layers.flatMap((layer) => layer.variables.map(({ key }) => `${layer.name}/${key}`));
    writeWeights("setWeights()", variables, weights, (index) => names[index]!);
    this.onWrite();
  }

  countParams(): number {
    return this.#layers.reduce((sum, layer) => sum + layer.countParams(), 0);
  }

  /** Forgets weights and states: their memory was given back. */
  abandon(): void {
    for (const layer of this.#layers) {
      for (const variable of layer.variables) variable.abandon();
      if (isStateful(layer)) layer.abandonState();
    }
  }

  #assignName(layer: Layer): void {
    const taken = new Set(this.#layers.map(({ name }) => name));
    if (layer.isNamed) {
      if (!taken.has(layer.name)) return;
      throw new ConfigError(`model.add(): a layer named \`${layer.name}\` is in this model already.`, {
        received: layer.name,
      });
    }
    let name = layer.defaultName;
    for (let i = 1; taken.has(name); i++) name = `${layer.defaultName}_${i}`;
    layer.rename(name);
  }

  #build(index: number): void {
    const layer = this.#layers[index]!;
    const previous = this.#layers[index - 1];
    layer.build([previous?.outputShape ?? this.#inputShape!], [previous]);
    const bytes = layer.countParams() * (layer.trainable ? 8 : 4);
    if (bytes > 2 ** 32) {
      throw new ConfigError(
        `\`${layer.name}\` (${layer.kind}) needs ${Math.ceil(bytes / 2 ** 30)} GiB for its weights and gradients, and WebAssembly has 4. Use fewer \`units\` (\`inputDim\`).`,
        { received: bytes },
      );
    }
    if (isStateful(layer)) {
      layer.prepareState(this.#batchSize);
      layer.beforeStates = this.beforeStates;
    }
    const random = createRandom(this.seed);
    for (const variable of layer.variables) variable.initialize(random.fork(`${index}/${variable.key}`));
    layer.onWrite = this.onWrite;
  }
}
