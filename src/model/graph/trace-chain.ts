import { StateError } from "../../errors.js";
import { Application } from "../../layers/graph/application.js";
import { applyInput } from "../../layers/graph/input.js";
import type { SymbolicTensor } from "../../layers/graph/symbolic-tensor.js";
import { InputLayer } from "../../layers/input-layer.js";
import type { Layer } from "../../layers/layer.js";
import type { LayerStack } from "../layer-stack.js";

interface Traced {
  readonly input: SymbolicTensor;
  readonly layers: Layer[];
  last: readonly SymbolicTensor[];
}

const traces = new WeakMap<LayerStack, Traced>();

function begin(stack: LayerStack): Traced {
  const { inputShape, batchSize } = stack;
  if (inputShape === undefined) {
    throw new StateError(
      "The model does not know its input's shape yet: give its first layer an inputShape, such as [timesteps, features].",
    );
  }
  const [first] = stack.all;
  const dtype = stack.inputs[0]!.vocabularySize === undefined ? "float32" : "int32";
  const layer =
    first instanceof InputLayer
      ? first
      : new InputLayer({ shape: inputShape, ...(batchSize === undefined ? {} : { batchSize }) });
  const input = applyInput(layer, dtype);
  return { input, layers: first instanceof InputLayer ? [first] : [], last: [input] };
}

/** A chain as a graph: an application of each of its layers, in their order. @throws StateError before its shape is known. */
export function traceChain(stack: LayerStack): { input: SymbolicTensor; outputs: readonly SymbolicTensor[] } {
  const traced = traces.get(stack) ?? begin(stack);
  traces.set(stack, traced);
  for (const layer of stack.all.slice(traced.layers.length)) {
    const shapes = [layer.outputShape!, ...layer.furtherShapes];
    const [from] = traced.last;
    traced.last = new Application(layer, [from!], shapes, {}, null, stack.batchSize ?? null).outputs;
    traced.layers.push(layer);
  }
  return { input: traced.input, outputs: traced.last };
}
