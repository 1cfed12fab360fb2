import { ConfigError, StateError, told } from "../errors.js";
import { Layer, type SampleShape } from "../layers/layer.js";
import type { Signal } from "../layers/signal.js";
import type { Stage } from "../layers/stage.js";
import type { Workspace } from "../layers/workspace.js";
import { LayerSet } from "./layer-set.js";
import type { LaidOut, Port } from "./topology.js";

/** Layers on top of each other: the chain among the graphs. */
export class LayerStack extends LayerSet {
  readonly #layers: Layer[] = [];
  #inputShape: SampleShape | undefined;
  #batchSize: number | undefined;

  /** @internal All layers, an input layer included. */
  get all(): readonly Layer[] {
    return this.#layers;
  }

  /** @internal Without an input layer, as Keras lists them. */
  override get layers(): readonly Layer[] {
    return this.#layers.filter((layer) => !layer.isInput);
  }

  /** @internal Shape of one sample; undefined until the first layer knows it. */
  override get inputShape(): SampleShape | undefined {
    return this.#inputShape;
  }

  /** @internal */
  override get outputShape(): SampleShape | undefined {
    return this.#layers.at(-1)?.outputShape;
  }

  /** @internal */
  get inputs(): readonly Port[] {
    const shape = this.#inputShape!;
    // Indices stand one a time step; a layer that takes several a step finds them as numbers.
    const isIndices = shape === undefined || shape.length === 1;
    return [{ name: "x", shape, vocabularySize: isIndices ? this.layers[0]!.vocabularySize : undefined }];
  }

  /** @internal */
  get outputs(): readonly Port[] {
    const last = this.#layers.at(-1)!;
    return [{ name: last.name, shape: last.outputShape! }];
  }

  /** @internal */
  get parts(): number | undefined {
    return this.#layers.at(-1)?.outputParts;
  }

  /** @internal */
  get worksByChunks(): boolean {
    return this.#layers.every((layer) => layer.worksByChunks);
  }

  /** @internal Samples in every batch, where the first layer says so. */
  get batchSize(): number | undefined {
    return this.#batchSize;
  }

  /** @internal */
  shapesFor([shape]: readonly SampleShape[]): readonly SampleShape[] {
    return [this.#layers.reduce((at, layer, i) => layer.build([at], [this.#layers[i - 1]])[0]!, shape!)];
  }

  /** @internal */
  layOut([input]: readonly Signal[], workspace: Workspace): LaidOut {
    const stages: Stage[] = [];
    let signal = input!;
    for (const layer of this.#layers) {
      const stage = layer.stage(signal, workspace);
      stages.push(stage);
      signal = stage.output;
    }
    return { stages, outputs: [signal] };
  }

  /** @internal @throws ConfigError for what is no layer, a layer used twice or a name used twice; ShapeError when it does not fit. */
  add(layer: Layer): void {
    const where = "model.add()";
    if (!(layer instanceof Layer)) {
      throw new ConfigError(
        `${where}: expected a layer, such as lstm({ units: 32 }), got ${typeof layer === "function" ? "a function (is it a factory that was not called?)" : told(layer)}.`,
        { received: layer },
      );
    }
    if (layer.isBuilt || this.#layers.includes(layer)) {
      throw new ConfigError(
        `${where}: layer \`${layer.name}\` is already part of a model. Make a second one with its factory.`,
      );
    }
    if (layer.isInput && this.#layers.length > 0) {
      throw new ConfigError(`${where}: an input layer comes first.`);
    }
    this.assignName(where, layer);
    this.#layers.push(layer);
    try {
      if (this.#layers.length === 1) {
        this.#batchSize = layer.batchSize;
        if (layer.inputShape !== undefined) this.buildFrom(layer.inputShape);
      } else if (this.#inputShape !== undefined) this.#build(this.#layers.length - 1);
    } catch (error) {
      this.#layers.pop();
      this.freeName(layer);
      throw error;
    }
  }

  /** @internal Builds every layer, now that the shape of a sample is known. */
  override buildFrom(inputShape: SampleShape): void {
    this.#inputShape = inputShape;
    for (let i = 0; i < this.#layers.length; i++) this.#build(i);
  }

  /** @internal */
  checkBuilt(where: string): void {
    if (this.#inputShape !== undefined) return;
    throw new StateError(
      `${where}: the model does not know its input's shape yet. Give the first layer an inputShape, such as [timesteps, features], or call fit or predict first.`,
    );
  }

  #build(index: number): void {
    const layer = this.#layers[index]!;
    const previous = this.#layers[index - 1];
    layer.build([previous?.outputShape ?? this.#inputShape!], [previous]);
    if (layer.furtherShapes.length > 0) {
      throw new ConfigError(
        `\`${layer.name}\` puts out several tensors (returnState), and a chain goes on with one: use input(), layer.apply() and model().`,
      );
    }
    this.begin(layer, index);
  }
}
