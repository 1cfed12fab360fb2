import type { Tensor } from "../../tensor.js";
import type { ExampleSource } from "../data/examples.js";
import { createYielder } from "../yield-to-host.js";
import type { Executor } from "./executor.js";
import type { Plan } from "./plan.js";

/** The outputs of a pass over `batch` samples, `[batch, …outputShape]` each. */
export const readOutputs = (plan: Plan, batch: number): Tensor[] =>
  plan.outputs.map((output) => plan.read(output.address, output, batch));

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Predictions for all batches of a source, in their order: one tensor an output. */
export async function predictAll(
  where: string,
  executor: Executor,
  source: ExampleSource,
): Promise<Tensor[]> {
  const yieldToHost = createYielder();
  const parts: Tensor[][] = [];
  let samples = 0;
  for await (const examples of source.batches()) {
    const plan = executor.load(where, "prediction", examples, source.batchSize ?? examples.size);
    plan.forward(executor.pass(examples.size, { training: false, advanceState: true, truncate: 0, step: 0 }));
    parts.push(readOutputs(plan, examples.size));
    samples += examples.size;
    await yieldToHost();
  }
  return (parts.at(-1) ?? []).map(({ shape }, o) => {
    const data = parts.map((part) => part[o]!.data as Float32Array);
    return { shape: [samples, ...shape.slice(1)], data: data.length === 1 ? data[0]! : concatenate(data) };
  });
}
