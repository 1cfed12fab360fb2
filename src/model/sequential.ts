import { ConfigError } from "../errors.js";
import type { SymbolicTensor } from "../layers/graph/symbolic-tensor.js";
import type { Layer } from "../layers/layer.js";
import { refuseUnknown } from "../options.js";
import { LayerStack } from "./layer-stack.js";
import { Model } from "./model.js";
import type { ModelOptions } from "./model-options.js";

/** Options of `sequential`. */
export type SequentialOptions = ModelOptions;

/** A stack of layers: what Keras calls `Sequential`. */
export class Sequential extends Model<LayerStack> {
  /** @internal Use `sequential`. */
  constructor(layers: readonly (Layer | SymbolicTensor | Model)[] = [], options: SequentialOptions = {}) {
    const where = "sequential()";
    refuseUnknown(where, options, ["name", "seed", "engine"]);
    super(where, "sequential", options, (seed, beforeStates) => new LayerStack(seed, beforeStates));
    if (!Array.isArray(layers)) {
      throw new ConfigError(`${where}: expected an array of layers.`, { received: layers });
    }
    for (const layer of layers) this.add(layer);
  }

  /**
   * Appends a layer; with all of `gateflow`, first of all an `input()`, and whole models, too.
   * @throws ConfigError when the layer is in a model already, or its name is; ShapeError when it cannot follow the last.
   */
  add(layer: Layer | SymbolicTensor | Model): this {
    this.checkUnused("model.add()");
    this.topology.add(layer as Layer);
    return this;
  }
}

/**
 * A model that is a stack of layers.
 *
 * Weights exist as soon as the first layer knows its `inputShape`; memory is laid out on first use.
 * @throws ConfigError for an unknown option or a layer used twice; ShapeError when a layer cannot follow the one before.
 *
 * @example
 * const model = sequential([lstm({ units: 16, inputShape: [20, 1] }), dense({ units: 1 })], { seed: 7 });
 * model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse", metrics: ["mae"] });
 * const { history } = await model.fit(x, y, { epochs: 10, validationSplit: 0.2 });
 */
export const sequential = (
  layers?: readonly (Layer | SymbolicTensor | Model)[],
  options?: SequentialOptions,
): Sequential => new Sequential(layers, options);
