import type { Pass } from "../../layers/workspace.js";
import type { Examples } from "../data/examples.js";
import type { BatchLoss, Compiled, Executor } from "../execution/executor.js";

/** Time steps of a chunk: enough that its overhead does not show, few enough to keep the tape small. */
const CHUNK_STEPS = 256;

/**
 * The length of the chunks in which a batch can be trained with truncated BPTT, or null where it has to be taken whole.
 *
 * Where the gradient is cut before every k-th step, nothing flows back across a multiple of k. A long sequence can then
 * go forward and back piece by piece, with one piece's tape in memory, and the sum of the pieces' gradients is the
 * gradient of the whole. Layers that need all steps at once (bidirectional, flatten, masks …) rule that out.
 */
function chunkSteps(
  executor: Executor,
  { x, weights }: Examples,
  { truncate, loss }: Compiled,
): number | null {
  if (!executor.input.isSequence || loss.isWholeBatch) return null;
  const steps = truncate * Math.max(1, Math.ceil(CHUNK_STEPS / truncate));
  if (x.shape[1]! <= 2 * steps || weights?.shape.length === 2) return null;
  return executor.topology.worksByChunks ? steps : null;
}

/**
 * Forward and back over chunks of a batch's time steps; the gradients are left for the update. null, with nothing done,
 * where the batch has to be taken whole.
 */
export function trainInChunks(
  where: string,
  executor: Executor,
  examples: Examples,
  compiled: Compiled,
  capacity: number,
  pass: Pass,
): BatchLoss | null {
  const chunk = chunkSteps(executor, examples, compiled);
  if (chunk === null) return null;
  executor.checkLabels(where, examples, compiled.losses);
  const total = examples.x.shape[1]!;
  let value = 0;
  executor.clearGradients();
  for (let first = 0; first < total; first += chunk) {
    const range = { first, steps: Math.min(chunk, total - first), total };
    const plan = executor.load(where, "training", examples, capacity, range);
    const part = { ...pass, continues: first > 0 };
    plan.forward(part);
    // A loss on the last output alone reaches back no further than the last cut.
    if (plan.output.isSequence || first + range.steps >= total) {
      const loss = executor.loss(where, plan, examples, compiled, true, range);
      value += loss.value;
      executor.measure(plan, examples, compiled, loss);
      plan.backward(part);
    }
    if (pass.record !== null) executor.records?.keep(plan);
  }
  executor.addPenaltyGradients();
  return { value: value + executor.penalty(), size: examples.size, parts: [] };
}
