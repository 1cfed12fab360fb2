import { StateError } from "../errors.js";
import type { Tensor } from "../tensor.js";
import type { Executor } from "./executor.js";
import type { LayerStack } from "./layer-stack.js";
import { readOutput } from "./predict.js";

/** One time step through a stateful model, past all batch machinery. */
export function stepOnce(executor: Executor, stack: LayerStack, input: Tensor): Tensor {
  if (!stack.isStateful) {
    throw new StateError(
      "step(): no layer of this model is stateful, so there is nothing to go on from. Use predict().",
    );
  }
  const { batch, features } = executor.input.checkStep("step()", input);
  const plan = executor.modelMemory.plan("prediction", {
    batch,
    timesteps: 1,
    features,
    isSequence: true,
    taped: false,
    inputGradient: false,
  });
  plan.input.timesteps = 1;
  const { stride } = plan.input;
  const rows = plan.memory.floats(plan.input.address, batch * stride);
  for (let n = 0; n < batch; n++) {
    for (let k = 0; k < features; k++) rows[n * stride + k] = input.data[n * features + k]!;
  }
  plan.forward(executor.pass(batch, { training: false, advanceState: true, truncate: 0, step: 0 }));
  return readOutput(plan, batch);
}
