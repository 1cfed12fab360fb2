import { dense, type Engine, lstm, type Sequential, sequential, type Tensor } from "../../../src/index.js";

/** Repeatable numbers in [-0.5, 0.5). */
export const numbers = (shape: readonly number[]): Tensor => ({
  shape,
  data: Float32Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    (_, i) => ((i * 37) % 101) / 101 - 0.5,
  ),
});

/** A model whose kernels take long enough to be worth sharing. */
export function sharedModel(engine: Engine): Sequential {
  const model = sequential([lstm({ units: 64, inputShape: [20, 8] }), dense({ units: 1 })], {
    seed: 3,
    engine,
  });
  model.compile({ optimizer: "adam", loss: "mse" });
  return model;
}

/** Trains for some batches of `size` samples; the losses. */
export async function losses(model: Sequential, size: number, batches = 8): Promise<number[]> {
  const result: number[] = [];
  for (let i = 0; i < batches; i++) {
    result.push((await model.trainOnBatch(numbers([size, 20, 8]), numbers([size, 1]))).loss!);
  }
  return result;
}
