import type { Shape } from "../shapes.js";

/** One model and one batch, the same numbers for every contender. Weights in Keras's layout and order. */
export interface Problem {
  /** `[batch, timesteps, features]` */
  readonly x: Float32Array;
  /** `[batch, 1]` */
  readonly y: Float32Array;
  readonly layers: readonly LayerWeights[];
  /** `[last units, 1]`, `[1]` */
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

export interface LayerWeights {
  readonly features: number;
  readonly units: number;
  /** `[features, 4 units]`, gates i, f, c, o; `[units, 4 units]`; `[4 units]` */
  readonly kernel: Float32Array;
  readonly recurrent: Float32Array;
  readonly bias: Float32Array;
}

/** Uniform in [-scale, scale]: a 32-bit xorshift (Marsaglia 2003, section 3). */
function uniform(length: number, scale: number, seed: number): Float32Array {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return Float32Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state / 2 ** 31) * scale;
  });
}

export function problemOf({ batch, timesteps, features, units }: Shape): Problem {
  let inputs = features;
  const layers = units.map((width, i) => {
    const seed = 10 * (i + 1);
    const layer = {
      features: inputs,
      units: width,
      kernel: uniform(inputs * 4 * width, Math.sqrt(3 / (inputs + width)), seed),
      recurrent: uniform(width * 4 * width, Math.sqrt(1 / width), seed + 1),
      bias: uniform(4 * width, 0.5, seed + 2),
    };
    inputs = width;
    return layer;
  });
  return {
    x: uniform(batch * timesteps * features, 1, 1),
    y: uniform(batch, 1, 2),
    layers,
    kernel: uniform(inputs, Math.sqrt(3 / inputs), 3),
    bias: uniform(1, 0.5, 4),
  };
}

/** All weights in the order of `getWeights()`, with their shapes. */
export function weightsOf({ layers, kernel, bias }: Problem): { shape: number[]; data: Float32Array }[] {
  return [
    ...layers.flatMap((layer) => [
      { shape: [layer.features, 4 * layer.units], data: layer.kernel },
      { shape: [layer.units, 4 * layer.units], data: layer.recurrent },
      { shape: [4 * layer.units], data: layer.bias },
    ]),
    { shape: [kernel.length, 1], data: kernel },
    { shape: [1], data: bias },
  ];
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** One LSTM over one sequence `[timesteps][features]`, in float64; all hidden states. */
function lstm(
  { features, units, kernel, recurrent, bias }: LayerWeights,
  steps: Float64Array[],
): Float64Array[] {
  let h: Float64Array = new Float64Array(units);
  const c = new Float64Array(units);
  return steps.map((x) => {
    const z = Float64Array.from(bias);
    const width = 4 * units;
    for (let k = 0; k < features; k++) {
      for (let j = 0; j < width; j++) z[j]! += x[k]! * kernel[k * width + j]!;
    }
    for (let k = 0; k < units; k++) {
      for (let j = 0; j < width; j++) z[j]! += h[k]! * recurrent[k * width + j]!;
    }
    h = h.map((_, j) => {
      c[j] = sigmoid(z[units + j]!) * c[j]! + sigmoid(z[j]!) * Math.tanh(z[2 * units + j]!);
      return sigmoid(z[3 * units + j]!) * Math.tanh(c[j]!);
    });
    return h;
  });
}

/** The model's output for the first `samples` of the batch, in float64. */
export function referencePredictions(shape: Shape, problem: Problem, samples: number): number[] {
  const { timesteps, features } = shape;
  return Array.from({ length: Math.min(samples, shape.batch) }, (_, n) => {
    let steps: Float64Array[] = Array.from({ length: timesteps }, (_, t) =>
      Float64Array.from(
        problem.x.subarray((n * timesteps + t) * features, (n * timesteps + t + 1) * features),
      ),
    );
    for (const layer of problem.layers) steps = lstm(layer, steps);
    return steps.at(-1)!.reduce((sum, value, j) => sum + value * problem.kernel[j]!, problem.bias[0]!);
  });
}
