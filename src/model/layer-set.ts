import { ConfigError, ShapeError, told } from "../errors.js";
import type { Layer, SampleShape } from "../layers/layer.js";
import type { Signal } from "../layers/signal.js";
import { type SetWeightsOptions, type Variable, writeWeights } from "../layers/variable.js";
import type { Workspace } from "../layers/workspace.js";
import { createRandom } from "../random.js";
import type { NamedTensor, Tensor, TensorLike } from "../tensor.js";
import type { LaidOut, Port } from "./topology.js";

/** A layer that carries a state from batch to batch, where it is `stateful`. */
export interface Stateful {
  readonly stateful: boolean;
  prepareState(batchSize: number | undefined): void;
  getStates(): Promise<Tensor[]>;
  setStates(states: readonly Tensor[] | null): void;
  abandonState(): void;
  evacuateState(): void;
  beforeStates: () => void;
}

const isStateful = (layer: Layer): layer is Layer & Stateful =>
  "prepareState" in layer && (layer as Layer & Stateful).stateful;

/** The layers of a model, however they are connected: their names, their weights and states, and how those begin. */
export abstract class LayerSet {
  readonly #names = new Set<string>();
  /** Of each default name the number that was given last: trying all of them takes the square of the layers. */
  readonly #numbers = new Map<string, number>();

  /**
   * @internal @param seed decides the first weights.
   * @param beforeStates asked whether states may be written from outside.
   */
  constructor(
    readonly seed: number,
    readonly beforeStates: () => void,
  ) {}

  /** @internal */
  abstract readonly all: readonly Layer[];
  /** @internal */
  abstract readonly inputs: readonly Port[];
  /** @internal */
  abstract readonly outputs: readonly Port[];
  /** @internal */
  abstract readonly worksByChunks: boolean;
  /** @internal */
  abstract readonly batchSize: number | undefined;
  /** @internal */
  abstract shapesFor(inputs: readonly SampleShape[]): readonly SampleShape[];
  /** @internal */
  abstract layOut(inputs: readonly Signal[], workspace: Workspace): LaidOut;
  /** @internal @throws StateError before the input's shape is known. */
  abstract checkBuilt(where: string): void;

  /** @internal Shape of one sample; undefined until it is known. */
  get inputShape(): SampleShape | undefined {
    return this.inputs[0]!.shape;
  }

  /** @internal */
  get outputShape(): SampleShape | undefined {
    return this.outputs[0]!.shape;
  }

  /** @internal Builds a model that does not know its input's shape yet. */
  buildFrom(_inputShape: SampleShape): void {}

  /** @internal As Keras lists them. */
  get layers(): readonly Layer[] {
    return this.all;
  }

  /** @internal @throws ConfigError where there is none such. */
  getLayer(which: string | number): Layer {
    const { layers } = this;
    const found = typeof which === "number" ? layers.at(which) : layers.find(({ name }) => name === which);
    if (found !== undefined) return found;
    throw new ConfigError(
      `getLayer(): there is no layer ${told(which)}. Layers: ${layers.map(({ name }) => name).join(", ")}.`,
      { received: which, expected: layers.map(({ name }) => name) },
    );
  }

  /** @internal */
  get stateful(): readonly Stateful[] {
    return this.all.flatMap(({ statefulParts }) => statefulParts).filter(isStateful);
  }

  /** @internal */
  get isStateful(): boolean {
    return this.stateful.length > 0;
  }

  /** @internal The weights training may change, as the layers say now. */
  get learning(): ReadonlySet<Variable> {
    return new Set(this.all.flatMap((layer) => layer.learning));
  }

  /** @internal A stateful model is told before the first batch that the last one would not fit. @throws ShapeError */
  checkStatefulCount(where: string, samples: number, batchSize: number): void {
    const own = this.batchSize;
    if (!this.isStateful || own === undefined) return;
    if (batchSize === own && samples % batchSize === 0) return;
    throw new ShapeError(
      `${where}: a stateful model for batches of ${own} got ${samples} samples in batches of ${batchSize}: ` +
        `every batch needs ${own}. Use batchSize: ${own} and drop ${samples % own} samples.`,
      { received: samples, expected: own },
    );
  }

  /** @internal */
  resetStates(): void {
    for (const layer of this.stateful) layer.setStates(null);
  }

  /** @internal */
  getWeights(): NamedTensor[] {
    return this.#weights().map(([name, variable]) => ({
      name,
      shape: variable.shape,
      data: variable.read(),
    }));
  }

  /** Each once, also where layers share it. */
  #weights(): [name: string, variable: Variable][] {
    const known = new Map<Variable, string>();
    for (const { variables, weightNames } of this.all) {
      variables.forEach((variable, i) => {
        if (!known.has(variable)) known.set(variable, weightNames[i]!);
      });
    }
    return [...known].map(([variable, name]) => [name, variable]);
  }

  /** @internal All or nothing. @throws as `writeWeights`. */
  setWeights(weights: readonly TensorLike[], options?: SetWeightsOptions): void {
    const own = this.#weights();
    writeWeights(
      "setWeights()",
      own.map(([, variable]) => variable),
      weights,
      options,
      (index) => own[index]![0],
    );
  }

  /** @internal */
  countParams(): number {
    return this.#weights().reduce((sum, [, { size }]) => sum + size, 0);
  }

  /** @internal Forgets weights and states: their memory was given back. What other models use as well is kept for them. */
  abandon(): void {
    for (const layer of this.all) {
      for (const variable of layer.variables) variable.letGo();
      if (isStateful(layer)) layer.abandonState();
    }
  }

  /** @internal Takes states out of a memory that is about to be given back. */
  evacuateStates(): void {
    for (const layer of this.stateful) layer.evacuateState();
  }

  /** @internal Gives a layer the first name that is free. @throws ConfigError when it has a name of its own that is taken. */
  protected assignName(where: string, layer: Layer): void {
    const taken = this.#names;
    let { name } = layer;
    if (layer.isNamed && taken.has(name)) {
      throw new ConfigError(`${where}: a layer named \`${name}\` is in this model already.`, {
        received: name,
      });
    }
    if (!layer.isNamed) {
      const { defaultName } = layer;
      let number = this.#numbers.get(defaultName) ?? 0;
      do name = number === 0 ? defaultName : `${defaultName}_${number}`;
      while (taken.has(name) && ++number);
      this.#numbers.set(defaultName, number);
      layer.rename(name);
    }
    taken.add(name);
  }

  /** @internal A layer that could not be added leaves its name to others. */
  protected freeName({ name, defaultName }: Layer): void {
    this.#names.delete(name);
    this.#numbers.delete(defaultName);
  }

  /** @internal The first values of a layer's weights, which its place in the model decides. */
  protected begin(layer: Layer, place: number): void {
    const bytes = layer.countParams() * (layer.trainable ? 8 : 4);
    if (bytes > 2 ** 32) {
      throw new ConfigError(
        `\`${layer.name}\` (${layer.kind}) needs ${Math.ceil(bytes / 2 ** 30)} GiB for its weights and gradients, and WebAssembly has 4. Use fewer \`units\` (\`inputDim\`).`,
        { received: bytes },
      );
    }
    if (isStateful(layer)) {
      layer.prepareState(this.batchSize);
      layer.beforeStates = this.beforeStates;
    }
    layer.home ??= this;
    const random = createRandom(this.seed);
    for (const variable of layer.variables) {
      variable.holders += 1;
      if (variable.holders === 1) variable.initialize(random.fork(`${place}/${variable.key}`));
    }
  }
}
