import type { Memory } from "../engine/memory.js";
import type { Stage } from "./stage.js";

/** A stage's output without padding, and its shape `[batch, features]` or `[timesteps, batch, features]`. */
function activityOf({ output }: Stage, memory: Memory, batch: number) {
  const { features, stride, isSequence, timesteps } = output;
  const rows = output.rows(batch);
  const padded = memory.floats(output.address, rows * stride);
  const values = new Float32Array(rows * features);
  for (let row = 0; row < rows; row++) {
    values.set(padded.subarray(row * stride, row * stride + features), row * features);
  }
  return { values, rows, shape: isSequence ? [timesteps, batch, features] : [batch, features] };
}

/** What the layer's activity regularizer adds to the loss after a forward pass: its price over the batch's samples. */
export function activityPenalty(stage: Stage, memory: Memory, batch: number): number {
  const { activityRegularizer } = stage.layer;
  if (activityRegularizer === undefined) return 0;
  const { values, shape } = activityOf(stage, memory, batch);
  return activityRegularizer.penalty(values, shape) / batch;
}

/** dL/doutput += d penalty / d output, to be called before the stage's backward pass. */
export function addActivityGradient(stage: Stage, memory: Memory, batch: number): void {
  const { layer, output } = stage;
  if (layer.activityRegularizer === undefined || output.gradient === 0) return;
  const { values, rows, shape } = activityOf(stage, memory, batch);
  const slopes = new Float32Array(values.length);
  layer.activityRegularizer.addGradient(values, shape, slopes);
  const { features, stride } = output;
  const gradient = memory.floats(output.gradient, rows * stride);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < features; k++) gradient[row * stride + k]! += slopes[row * features + k]! / batch;
  }
}
