import type { Tensor } from "../tensor.js";
import type { ExampleSource } from "./examples.js";
import type { Executor } from "./executor.js";
import type { Plan } from "./plan.js";
import { createYielder } from "./yield-to-host.js";

/** The output of a pass over `batch` samples, `[batch, …outputShape]`. */
export const readOutput = (plan: Plan, batch: number): Tensor =>
  plan.read(plan.output.address, plan.output, batch);

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Predictions for all batches of a source, in their order. */
export async function predictAll(where: string, executor: Executor, source: ExampleSource): Promise<Tensor> {
  const yieldToHost = createYielder();
  const parts: Float32Array[] = [];
  let shape: number[] = [];
  let samples = 0;
  for await (const examples of source.batches()) {
    const plan = executor.load(where, "prediction", examples, source.batchSize ?? examples.size);
    plan.forward(executor.pass(examples.size, { training: false, advanceState: true, truncate: 0, step: 0 }));
    const part = readOutput(plan, examples.size);
    parts.push(part.data as Float32Array);
    shape = part.shape.slice(1);
    samples += examples.size;
    await yieldToHost();
  }
  return { shape: [samples, ...shape], data: parts.length === 1 ? parts[0]! : concatenate(parts) };
}
