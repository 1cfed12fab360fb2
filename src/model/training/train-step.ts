import type { Pass } from "../../layers/workspace.js";
import type { Examples } from "../data/examples.js";
import type { BatchLoss, Compiled, Executor } from "../execution/executor.js";
import { importOnce } from "../import-once.js";

const flowModule = importOnce(() => import("../on-demand/gradient-flow.js"));
const chunksModule = importOnce(() => import("../on-demand/chunks.js"));

/** Forward, loss, backward, update: a step of training. Returns the loss before the update. */
export async function trainStep(
  where: string,
  executor: Executor,
  examples: Examples,
  compiled: Compiled,
  capacity: number,
): Promise<BatchLoss> {
  const flow = executor.flowListeners.size > 0 ? await flowModule() : null;
  const chunks = compiled.truncate > 0 ? await chunksModule() : null;
  const pass = executor.pass(examples.size, {
    training: true,
    advanceState: true,
    truncate: compiled.truncate,
    step: compiled.optimizer.batches,
    record: flow?.recordIn(executor) ?? null,
  });
  const loss =
    chunks?.trainInChunks(where, executor, examples, compiled, capacity, pass) ??
    trainWhole(where, executor, examples, compiled, capacity, pass);
  if (flow !== null) flow.updateAndTell(executor, compiled, loss.value);
  else executor.update(compiled.optimizer);
  return loss;
}

function trainWhole(
  where: string,
  executor: Executor,
  examples: Examples,
  compiled: Compiled,
  capacity: number,
  pass: Pass,
): BatchLoss {
  const watchesInput = pass.record !== null && executor.watchesInput;
  const plan = executor.load(where, watchesInput ? "inspection" : "training", examples, capacity);
  executor.checkLabels(where, examples, compiled.losses);
  plan.forward(pass);
  const loss = executor.loss(where, plan, examples, compiled, true);
  executor.measure(plan, examples, compiled, loss);
  executor.backward(plan, pass);
  if (pass.record !== null) executor.records?.keep(plan);
  return loss;
}
