import {
  activation,
  averagePooling1D,
  batchNormalization,
  bidirectional,
  type CompileOptions,
  conv1d,
  cropping1D,
  dense,
  dropout,
  elu,
  embedding,
  flatten,
  gaussianDropout,
  gaussianNoise,
  globalAveragePooling1D,
  globalMaxPooling1D,
  gru,
  inputLayer,
  type Layer,
  l1l2,
  layerNormalization,
  leakyReLU,
  lstm,
  masking,
  maxPooling1D,
  normalization,
  permute,
  prelu,
  repeatVector,
  rescaling,
  reshape,
  type Sequential,
  type SequentialOptions,
  sequential,
  simpleRNN,
  softmax,
  spatialDropout1D,
  type Tensor,
  timeDistributed,
  upSampling1D,
  zeroPadding1D,
} from "../../../src/index.js";
import { sizeOf } from "../../../src/tensor.js";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import type { RegularizerSpec } from "../../oracle/regularizers.js";
import { norm } from "../../oracle/tensor64.js";
import { randomValues } from "../../support/kernels.js";

/** Repeatable numbers in [-scale, scale]. */
export const values = (shape: readonly number[], seed: number, scale = 1): Tensor => ({
  shape,
  data: randomValues(sizeOf(shape), seed, scale),
});

const factories: Readonly<Record<string, (options: never) => Layer>> = {
  lstm,
  gru,
  simpleRNN,
  bidirectional,
  dense,
  activation,
  dropout,
  inputLayer,
  embedding,
  masking,
  repeatVector,
  flatten,
  layerNormalization,
  timeDistributed,
  conv1d,
  maxPooling1D,
  averagePooling1D,
  globalMaxPooling1D,
  globalAveragePooling1D,
  leakyReLU,
  elu,
  prelu,
  softmax,
  gaussianNoise,
  gaussianDropout,
  spatialDropout1D,
  batchNormalization,
  normalization,
  rescaling,
  zeroPadding1D,
  cropping1D,
  permute,
  reshape,
  upSampling1D,
};

/** The layer an oracle's specification describes. */
export function layerOf({ kind, ...options }: OracleLayerSpec): Layer {
  const factory = factories[kind];
  if (factory === undefined) throw new Error(`no layer ${kind}`);
  const given = Object.entries(options).map(([option, value]) => {
    if (option === "layer") return [option, layerOf(value as OracleLayerSpec)];
    if (option === "projection") return ["projectionUnits", value];
    return [option, option.endsWith("Regularizer") ? l1l2(value as RegularizerSpec) : value];
  });
  return factory(Object.fromEntries(given) as never);
}

export const modelOf = (
  layers: readonly OracleLayerSpec[],
  compile: CompileOptions = { loss: "mse" },
  options: SequentialOptions = { seed: 1 },
): Sequential => {
  const model = sequential(layers.map(layerOf), options);
  model.compile(compile);
  return model;
};

/** ‖got - expected‖ <= relative ‖expected‖ + absolute. @throws Error that says by how much it is not. */
export function expectNear(
  what: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  relative: number,
  absolute = 0,
): void {
  if (got.length !== expected.length) {
    throw new Error(`${what}: ${got.length} numbers, expected ${expected.length}`);
  }
  const difference = norm(Float64Array.from(expected, (value, i) => got[i]! - value));
  const size = norm(expected);
  if (difference <= relative * size + absolute) return;
  throw new Error(
    `${what}: off by ${difference} in norm (${difference / size} of ${size}), allowed ${relative} of it and ${absolute}`,
  );
}

/** The bytes of weights, to compare them to the bit (NaN and the sign of zero included). */
export const bitsOf = (weights: readonly Tensor[]): number[][] =>
  weights.map(({ data }) => [...new Uint32Array(Float32Array.from(data).buffer)]);

/** The message and the fields of what a call throws or rejects with. */
export async function errorOf(call: () => unknown): Promise<Error & { code?: string }> {
  try {
    await call();
  } catch (error) {
    return error as Error & { code?: string };
  }
  throw new Error("the call was expected to fail, and did not");
}
