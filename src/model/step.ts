import { StateError } from "../errors.js";
import type { Tensor } from "../tensor.js";
import type { LayerStack } from "./layer-stack.js";
import { readOutput } from "./predict.js";
import type { Program } from "./executor.js";

/** One time step through a stateful model, past all batch machinery. */
export function stepOnce(program: Program, stack: LayerStack, input: Tensor): Tensor {
  if (!stack.isStateful) {
    throw new StateError(
      "step(): no layer of this model is stateful, so there is nothing to go on from. Use predict().",
    );
  }
  const { batch, features } = program.input.checkStep("step()", input);
  const plan = program.residence.plan("prediction", {
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
  plan.forward(program.pass(batch, { training: false, advanceState: true, truncate: 0, step: 0 }));
  return readOutput(plan, batch);
}
