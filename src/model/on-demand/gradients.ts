import type { NamedTensor, Tensor } from "../../tensor.js";
import type { Examples } from "../examples.js";
import type { Compiled, Program } from "../executor.js";

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
  program: Program,
  compiled: Compiled,
  examples: Examples,
): Gradients {
  const plan = program.load(where, "inspection", examples, examples.size);
  const pass = program.pass(examples.size, {
    training: false,
    advanceState: false,
    truncate: compiled.truncate,
    step: 0,
  });
  plan.forward(pass);
  const { value } = program.loss(where, plan, examples, { ...compiled, metrics: [] }, true);
  program.backward(plan, pass);
  const { memory, input } = plan;
  const weights = program.layers.flatMap((layer) =>
    layer.variables.map((variable) => {
      const address = layer.trainable ? program.residence.gradients(variable) : 0;
      const data =
        address === 0 ? new Float32Array(variable.size) : memory.floats(address, variable.size).slice();
      return { name: `${layer.name}/${variable.key}`, shape: variable.shape, data };
    }),
  );
  // Indices [batch, timesteps] before an embedding have one feature and no axis for it.
  const { data } = plan.read(input.gradient, input, examples.size);
  return { loss: value, weights, input: { shape: [...examples.x.shape], data } };
}
