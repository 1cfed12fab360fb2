import type { Signal } from "../../layers/signal.js";
import type { Variable } from "../../layers/variable.js";
import type { NamedTensor, Tensor } from "../../tensor.js";
import type { Examples } from "../data/examples.js";
import type { Compiled, Executor } from "../execution/executor.js";

/** What `gradients` gives: the loss, and its gradient for every weight and for the input. */
export interface Gradients {
  /** The compiled loss, regularization included. */
  readonly loss: number;
  /** dL/dweight, in the order and under the names of `getWeights()`; zeros where a layer is not trainable. */
  readonly weights: NamedTensor[];
  /** dL/dx; of several inputs an array of such. null for a graph's inputs that are whole numbers, which have no slope. */
  readonly input: Tensor;
}

/** One forward and one backward pass, dropout off, that leave weights, states and optimizer alone. */
export function gradientsOf(
  where: string,
  executor: Executor,
  compiled: Compiled,
  examples: Examples,
): Gradients {
  const plan = executor.load(where, "inspection", examples, examples.size);
  const pass = executor.pass(examples.size, {
    training: false,
    advanceState: false,
    truncate: compiled.truncate,
    step: 0,
  });
  plan.forward(pass);
  const { value } = executor.loss(where, plan, examples, compiled, true);
  executor.backward(plan, pass);
  const { memory } = plan;
  const seen = new Set<Variable>();
  const weights = executor.layers.flatMap((layer) =>
    layer.variables.flatMap((variable, i) => {
      if (seen.has(variable)) return [];
      seen.add(variable);
      const address = executor.modelMemory.gradients(variable);
      const data =
        address === 0 ? new Float32Array(variable.size) : memory.floats(address, variable.size).slice();
      return [{ name: layer.weightNames[i]!, shape: variable.shape, data }];
    }),
  );
  const { all } = examples;
  const gradientOf = (signal: Signal, i: number): Tensor | null =>
    all !== undefined && executor.inputs[i]!.vocabularySize !== undefined
      ? null
      : plan.read(signal.gradient, signal, examples.size);
  const inputs = plan.inputs.map(gradientOf);
  return { loss: value, weights, input: (inputs.length === 1 ? inputs[0] : inputs) as Tensor };
}
