import type { Shape } from "../shapes.js";

type Gateflow = typeof import("../../src/index.js");

export interface Trained {
  /** Number of weights. */
  readonly weights: number;
  /** Bytes of linear memory that the model holds after training, and after prediction alone. */
  readonly training: number;
  readonly prediction: number;
  /** Milliseconds of the training steps after the first. */
  readonly milliseconds: readonly number[];
}

/** Repeatable numbers; what they are does not matter where only bytes and time are measured. */
const numbers = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => ((i * 37) % 101) / 101 - 0.5);

/**
 * Trains a model on one batch, on one thread of an engine of its own.
 * @param truncate steps after which the gradient is cut.
 * @param seconds how long to time steps after the first; 0: not at all.
 */
export async function trainedOnce(
  dist: string,
  { batch, timesteps, features, units }: Pick<Shape, "batch" | "timesteps" | "features" | "units">,
  { truncate, seconds = 0 }: { truncate?: number; seconds?: number } = {},
): Promise<Trained> {
  const { sequential, lstm, dense, createEngine } = (await import(`${dist}index.js`)) as Gateflow;
  const x = { shape: [batch, timesteps, features], data: numbers(batch * timesteps * features) };
  const y = { shape: [batch, 1], data: numbers(batch) };
  const made = async () => {
    const engine = await createEngine({ threads: 1 });
    const layers = units.map((width, i) =>
      lstm({
        units: width,
        returnSequences: i < units.length - 1,
        // Orthogonal matrices of 512 units take longer to make than to measure.
        recurrentInitializer: "glorotUniform",
        ...(i === 0 ? { inputShape: [timesteps, features] } : {}),
      }),
    );
    return { engine, model: sequential([...layers, dense({ units: 1 })], { seed: 1, engine }) };
  };
  const predicting = await made();
  await predicting.model.predict(x, { batchSize: batch });
  const prediction = predicting.engine.info.memoryInUse;
  predicting.engine.dispose();

  const { engine, model } = await made();
  model.compile({ optimizer: "adam", loss: "mse", ...(truncate === undefined ? {} : { truncate }) });
  await model.trainOnBatch(x, y);
  const milliseconds: number[] = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    const began = performance.now();
    await model.trainOnBatch(x, y);
    milliseconds.push(performance.now() - began);
  }
  const training = engine.info.memoryInUse;
  const weights = model.countParams();
  engine.dispose();
  return { weights, training, prediction, milliseconds };
}
