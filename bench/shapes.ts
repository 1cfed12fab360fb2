/** The sizes people train: a batch of sequences through stacked LSTMs into dense(1), mean squared error, Adam. */
export interface Shape {
  readonly name: string;
  readonly batch: number;
  readonly timesteps: number;
  readonly features: number;
  readonly units: readonly number[];
  readonly from: string;
}

export const shapes: readonly Shape[] = [
  { name: "seed-a", batch: 32, timesteps: 10, features: 1, units: [50], from: "the smallest tutorial model" },
  { name: "seed-b", batch: 64, timesteps: 20, features: 5, units: [128, 64], from: "a stacked forecaster" },
  { name: "seed-c", batch: 32, timesteps: 100, features: 8, units: [64, 32], from: "a long window" },
  { name: "large", batch: 64, timesteps: 50, features: 64, units: [256], from: "many series at once" },
  { name: "xl", batch: 128, timesteps: 64, features: 512, units: [512], from: "wide inputs" },
  { name: "online", batch: 1, timesteps: 50, features: 8, units: [64], from: "one forecast at a time" },
];

/** Floating-point operations of the matrix products of a prediction: 8 B T H (F + H) a layer, 2 B H for the output. */
export function predictionFlops({ batch, timesteps, features, units }: Shape): number {
  let inputs = features;
  let flops = 0;
  for (const width of units) {
    flops += 8 * batch * timesteps * width * (inputs + width);
    inputs = width;
  }
  return flops + 2 * batch * inputs;
}

/**
 * Of a training step: forward, the gradient of the hidden state and of the layer's input (the first layer's is not
 * wanted), and the weights'.
 */
export function trainingFlops({ batch, timesteps, features, units }: Shape): number {
  let inputs = features;
  let flops = 0;
  units.forEach((width, layer) => {
    const perFeature = 8 * batch * timesteps * width;
    flops += perFeature * (inputs + width) * 2 + perFeature * width + (layer === 0 ? 0 : perFeature * inputs);
    inputs = width;
  });
  return flops + 6 * batch * inputs;
}
