import { activations } from "../activations.js";
import { Variable } from "../autodiff.js";
import { add, addScalar, div, exp, mul, scale, select, sqrt, square, sub } from "../elementwise.js";
import type { RegularizerSpec } from "../regularizers.js";
import { gather, gatherOrZero, meanLast, reshape as reshaped } from "../structure.js";
import {
  type CommonSpec,
  type LayerContext,
  type LayerResult,
  plainResult,
  type WeightReader,
} from "./layer.js";

export interface UpSampling1DSpec extends CommonSpec {
  readonly kind: "upSampling1D";
  readonly size?: number;
}
export interface MarginsSpec extends CommonSpec {
  readonly kind: "zeroPadding1D" | "cropping1D";
  readonly padding?: readonly [number, number];
  readonly cropping?: readonly [number, number];
}
export interface ReshapeSpec extends CommonSpec {
  readonly kind: "reshape";
  readonly targetShape: readonly number[];
}
export interface PermuteSpec extends CommonSpec {
  readonly kind: "permute";
  readonly dims: readonly number[];
}
export interface NoiseSpec extends CommonSpec {
  readonly kind: "spatialDropout1D" | "gaussianNoise" | "gaussianDropout";
  readonly rate?: number;
  readonly stddev?: number;
}
export interface RectifierSpec extends CommonSpec {
  readonly kind: "leakyReLU" | "elu";
  readonly negativeSlope?: number;
  readonly alpha?: number;
}
export interface PreluSpec extends CommonSpec {
  readonly kind: "prelu";
  readonly sharedAxes?: readonly number[];
  readonly alphaRegularizer?: RegularizerSpec;
}
export interface SoftmaxSpec extends CommonSpec {
  readonly kind: "softmax";
  readonly axis?: number;
}
export interface RescalingSpec extends CommonSpec {
  readonly kind: "rescaling";
  readonly scale: number | readonly number[];
  readonly offset?: number | readonly number[];
}
export interface NormalizationSpec extends CommonSpec {
  readonly kind: "normalization";
  readonly mean?: readonly number[];
  readonly variance?: readonly number[];
  readonly invert?: boolean;
}
export interface BatchNormalizationSpec extends CommonSpec {
  readonly kind: "batchNormalization";
  readonly epsilon?: number;
  readonly scale?: boolean;
  readonly center?: boolean;
  readonly gammaRegularizer?: RegularizerSpec;
  /** By the batch's statistics, as in training. No option of the layer's. */
  readonly byBatch?: boolean;
}

/** A gather of time steps; -1 stands for a step of zeros. */
function steps(x: Variable, order: readonly number[]): Variable {
  const [batch, old, width] = [x.extent(0), x.extent(1), x.extent(2)];
  const source = Int32Array.from({ length: batch * order.length * width }, (_, i) => {
    const step = order[Math.floor(i / width) % order.length]!;
    const n = Math.floor(i / (width * order.length));
    return step < 0 ? -1 : (n * old + step) * width + (i % width);
  });
  return gatherOrZero(x, [batch, order.length, width], source);
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export function upSampling1D(spec: UpSampling1DSpec, x: Variable, { mask }: LayerContext): LayerResult {
  const size = spec.size ?? 2;
  return plainResult(
    steps(
      x,
      range(x.extent(1) * size).map((t) => Math.floor(t / size)),
    ),
    size === 1 ? mask : null,
  );
}

export function margins(spec: MarginsSpec, x: Variable): LayerResult {
  const [before, after] = spec.padding ?? spec.cropping ?? [1, 1];
  const all = range(x.extent(1));
  const order =
    spec.kind === "cropping1D"
      ? all.slice(before, all.length - after)
      : [...range(before).map(() => -1), ...all, ...range(after).map(() => -1)];
  return plainResult(steps(x, order), null);
}

export function reshape(spec: ReshapeSpec, x: Variable, { mask }: LayerContext): LayerResult {
  const size = x.data.length / x.extent(0);
  const fixed = spec.targetShape.reduce((product, extent) => (extent < 0 ? product : product * extent), 1);
  const shape = spec.targetShape.map((extent) => (extent < 0 ? size / fixed : extent));
  const same = shape.length === x.shape.length - 1 && shape.every((extent, i) => extent === x.extent(i + 1));
  return plainResult(reshaped(x, [x.extent(0), ...shape]), same ? mask : null);
}

/** `[B, T, F]` to `[B, F, T]`. */
export function swapped(x: Variable): Variable {
  const [batch, rows, columns] = [x.extent(0), x.extent(1), x.extent(2)];
  const source = Int32Array.from({ length: x.data.length }, (_, i) => {
    const [n, at] = [Math.floor(i / (rows * columns)), i % (rows * columns)];
    return n * rows * columns + (at % rows) * columns + Math.floor(at / rows);
  });
  return gather(x, [batch, columns, rows], source);
}

export const permute = (spec: PermuteSpec, x: Variable, { mask }: LayerContext): LayerResult =>
  spec.dims[0] === 1 ? plainResult(x, mask) : plainResult(swapped(x), null);

const zerosLike = (x: Variable): Variable => new Variable(x.shape, new Float64Array(x.data.length));
const positive = (x: Variable): Variable =>
  new Variable(
    x.shape,
    x.data.map((value) => (value > 0 ? 1 : 0)),
  );

export function rectifier(spec: RectifierSpec, x: Variable, { mask }: LayerContext): LayerResult {
  const below =
    spec.kind === "elu"
      ? scale(addScalar(exp(select(positive(x), zerosLike(x), x)), -1), spec.alpha ?? 1)
      : scale(x, spec.negativeSlope ?? 0.3);
  return plainResult(select(positive(x), x, below), mask);
}

export function prelu(
  spec: PreluSpec,
  weights: WeightReader,
  x: Variable,
  { mask }: LayerContext,
): LayerResult {
  const alpha = weights.take("alpha", spec.alphaRegularizer);
  return plainResult(select(positive(x), x, mul(x, alpha)), mask);
}

export function softmax(spec: SoftmaxSpec, x: Variable, { mask }: LayerContext): LayerResult {
  const last = spec.axis === undefined || spec.axis === -1 || spec.axis === x.shape.length - 1;
  return plainResult(last ? activations.softmax(x) : swapped(activations.softmax(swapped(x))), mask);
}

const constant = (values: number | readonly number[]): Variable =>
  new Variable(typeof values === "number" ? [] : [values.length], Float64Array.from([values].flat()));

export const rescaling = (spec: RescalingSpec, x: Variable, { mask }: LayerContext): LayerResult =>
  plainResult(add(mul(x, constant(spec.scale)), constant(spec.offset ?? 0)), mask);

/** Weights, where the options hold no statistics: mean, variance, count. */
export function normalization(
  spec: NormalizationSpec,
  weights: WeightReader,
  x: Variable,
  { mask }: LayerContext,
): LayerResult {
  const frozen = (what: string): Variable => {
    const { shape, data } = weights.take(what);
    return new Variable(shape, data);
  };
  const given = spec.mean === undefined;
  const mean = given ? frozen("mean") : constant(spec.mean!);
  const variance = given ? frozen("variance") : constant(spec.variance!);
  if (given) weights.take("count");
  const deviation = new Variable(
    variance.shape,
    variance.data.map((value) => Math.max(Math.sqrt(value), 1e-7)),
  );
  return plainResult(spec.invert ? add(mul(x, deviation), mean) : div(sub(x, mean), deviation), mask);
}

/** Weights: gamma, beta, moving_mean, moving_variance. */
export function batchNormalization(
  spec: BatchNormalizationSpec,
  weights: WeightReader,
  x: Variable,
  { mask }: LayerContext,
): LayerResult {
  const features = x.extent(-1);
  const gamma = (spec.scale ?? true) ? weights.take("gamma", spec.gammaRegularizer) : null;
  const beta = (spec.center ?? true) ? weights.take("beta") : null;
  const [movingMean, movingVariance] = [weights.take("moving_mean"), weights.take("moving_variance")];
  let mean: Variable = new Variable(movingMean.shape, movingMean.data);
  let variance: Variable = new Variable(movingVariance.shape, movingVariance.data);
  if (spec.byBatch) {
    const rows = x.data.length / features;
    const counted = range(rows).filter((row) => mask === null || mask.data[row] === 1);
    const columns = gather(
      x,
      [features, counted.length],
      Int32Array.from(range(features).flatMap((k) => counted.map((row) => row * features + k))),
    );
    mean = reshaped(meanLast(columns), [features]);
    variance = reshaped(meanLast(square(sub(columns, reshaped(mean, [features, 1])))), [features]);
  }
  const normal = div(sub(x, mean), sqrt(addScalar(variance, spec.epsilon ?? 1e-3)));
  const scaled = gamma === null ? normal : mul(normal, gamma);
  return plainResult(beta === null ? scaled : add(scaled, beta), mask);
}
