import type { Tensor } from "../../tensor.js";

interface Stateful {
  getStates(): Promise<Tensor[]>;
  setStates(states: readonly Tensor[]): void;
}

/**
 * Does work that carries states on, and puts them back.
 * @param lock of the model: what puts states back may do so while a fit waits for its validation.
 */
export async function preservingStates<T>(
  layers: readonly Stateful[],
  work: () => Promise<T>,
  lock: { paused: boolean },
): Promise<T> {
  const states = await Promise.all(layers.map((layer) => layer.getStates()));
  try {
    return await work();
  } finally {
    const { paused } = lock;
    lock.paused = true;
    layers.forEach((layer, i) => {
      layer.setStates(states[i]!);
    });
    lock.paused = paused;
  }
}
