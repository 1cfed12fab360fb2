import { onTrace, registerApply } from "../../layers/graph/apply.js";
import { type ApplyOptions, SymbolicTensor } from "../../layers/graph/symbolic-tensor.js";
import { InputLayer, type InputLayerOptions } from "../../layers/input-layer.js";
import type { Layer } from "../../layers/layer.js";
import type { LayerSet } from "../layer-set.js";
import { LayerStack } from "../layer-stack.js";
import { Model } from "../model.js";
import { Graph } from "./graph.js";
import { modelConfig } from "./model-config.js";
import { ModelLayer } from "./model-layer.js";
import { traceChain } from "./trace-chain.js";

// What graphs add to every model: `gateflow` brings it along, `gateflow/core` does without.
declare module "../model.js" {
  interface Model<Set extends LayerSet = LayerSet> {
    /** Where the model begins, as tensors of a graph. @throws StateError before a chain knows its input's shape. */
    readonly inputs: readonly SymbolicTensor[];
    /** Where it ends. */
    readonly outputs: readonly SymbolicTensor[];
    /** Whether training changes any of its layers; setting it sets them all. Counts from the next `compile`. */
    trainable: boolean;
    /** The model as a layer of another one, which shares its weights. */
    readonly asLayer: ModelLayer;
    /**
     * Applies the model as a layer of a graph, which shares its weights; see `Layer.apply`.
     * @throws ConfigError, ShapeError for inputs that do not fit.
     */
    apply<Output extends SymbolicTensor | SymbolicTensor[] = SymbolicTensor>(
      x: SymbolicTensor | readonly SymbolicTensor[],
      options?: ApplyOptions,
    ): Output;
    /** What makes the model again, as plain JSON, without weights. */
    getConfig(): Record<string, unknown>;
  }
}

const layers = new WeakMap<Model, ModelLayer>();

function layerOf(model: Model): ModelLayer {
  let layer = layers.get(model);
  if (layer === undefined) {
    const kind = model.topology instanceof Graph ? "model" : "sequential";
    const name = model.name === kind ? undefined : model.name.replaceAll(/[\s/]+/g, "_");
    layer = new ModelLayer(model.topology, kind, name, () => modelConfig(model));
    layers.set(model, layer);
  }
  return layer;
}

/** What a chain is given as a layer: Keras takes an `Input` and whole models, too. */
function layerIn(given: unknown): unknown {
  if (given instanceof Model) return layerOf(given);
  if (!(given instanceof SymbolicTensor)) return given;
  const { layer } = given.source;
  if (!(layer instanceof InputLayer)) return given;
  const { name, ...shape } = layer.getConfig();
  return new InputLayer({ ...shape, ...(layer.isNamed ? { name } : {}) } as unknown as InputLayerOptions);
}

/** Gives every layer and every model what graphs need of it. */
export function registerGraphs(): void {
  registerApply();
  const { add } = LayerStack.prototype;
  LayerStack.prototype.add = function (given) {
    add.call(this, layerIn(given) as Layer);
  };
  onTrace((chain) => {
    if (chain instanceof LayerStack) traceChain(chain);
  });
  Object.defineProperties(Model.prototype, {
    inputs: {
      get(this: Model): readonly SymbolicTensor[] {
        const { topology } = this;
        if (topology instanceof Graph) return topology.inputTensors;
        return topology instanceof LayerStack ? [traceChain(topology).input] : [];
      },
    },
    outputs: {
      get(this: Model): readonly SymbolicTensor[] {
        const { topology } = this;
        if (topology instanceof Graph) return topology.outputTensors;
        return topology instanceof LayerStack ? traceChain(topology).outputs : [];
      },
    },
    trainable: {
      get(this: Model): boolean {
        return layerOf(this).trainable;
      },
      set(this: Model, value: boolean) {
        layerOf(this).trainable = value;
      },
    },
    asLayer: {
      get(this: Model): ModelLayer {
        return layerOf(this);
      },
    },
    apply: {
      value(this: Model, x: SymbolicTensor | readonly SymbolicTensor[], options?: ApplyOptions) {
        return layerOf(this).apply(x, options);
      },
    },
    getConfig: {
      value(this: Model): Record<string, unknown> {
        return modelConfig(this);
      },
    },
  });
}
