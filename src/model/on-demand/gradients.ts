import type { NamedTensor, Tensor } from "../../tensor.js";
import type { Examples } from "../examples.js";
import type { Compiled, Executor } from "../executor.js";

export interface Gradients {
  /** The compiled loss, regularization included. */
  readonly loss: number;
  /** dL/dweight, in the order and under the names of `getWeights()`; zeros where a layer is not trainable. */
  readonly weights: NamedTensor[];
  /** dL/dx. */
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
  const { memory, input } = plan;
  const weights = executor.layers.flatMap((layer) =>
    layer.variables.map((variable) => {
      const address = executor.modelMemory.gradients(variable);
      const data =
        address === 0 ? new Float32Array(variable.size) : memory.floats(address, variable.size).slice();
      return { name: `${layer.name}/${variable.key}`, shape: variable.shape, data };
    }),
  );
  // Indices [batch, timesteps] before an embedding have one feature and no axis for it.
  const { data } = plan.read(input.gradient, input, examples.size);
  return { loss: value, weights, input: { shape: [...examples.x.shape], data } };
}
