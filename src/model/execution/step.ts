import { StateError } from "../../errors.js";
import type { Tensor } from "../../tensor.js";
import type { Executor } from "./executor.js";
import { readOutputs } from "./predict.js";

/** One time step through a stateful model, past all batch machinery: one tensor an input in, one an output out. */
export function stepOnce(executor: Executor, isStateful: boolean, given: readonly Tensor[]): Tensor[] {
  if (!isStateful) {
    throw new StateError(
      "step(): no layer of this model is stateful, so there is nothing to go on from. Use predict().",
    );
  }
  const forms = executor.inputs.map((input, i) => input.checkStep("step()", given[i]!));
  const { batch } = forms[0]!;
  const plan = executor.modelMemory.plan("prediction", {
    batch,
    inputs: forms,
    taped: false,
    inputGradient: false,
  });
  forms.forEach(({ features }, i) => {
    const signal = plan.inputs[i]!;
    signal.timesteps = 1;
    const { stride } = signal;
    const { data } = given[i]!;
    const rows = plan.memory.floats(signal.address, batch * stride);
    for (let n = 0; n < batch; n++) {
      for (let k = 0; k < features; k++) rows[n * stride + k] = data[n * features + k]!;
    }
  });
  plan.forward(executor.pass(batch, { training: false, advanceState: true, truncate: 0, step: 0 }));
  return readOutputs(plan, batch);
}
