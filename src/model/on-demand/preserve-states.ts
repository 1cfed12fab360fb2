import type { Tensor } from "../../tensor.js";

interface Stateful {
  getStates(): Promise<Tensor[]>;
  setStates(states: readonly Tensor[]): void;
}

/** Does work that carries states on, and puts them back. */
export async function preservingStates<T>(layers: readonly Stateful[], work: () => Promise<T>): Promise<T> {
  const states = await Promise.all(layers.map((layer) => layer.getStates()));
  try {
    return await work();
  } finally {
    layers.forEach((layer, i) => {
      layer.setStates(states[i]!);
    });
  }
}
