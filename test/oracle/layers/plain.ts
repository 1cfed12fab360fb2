import { type ActivationName, activations } from "../activations.js";
import { Variable } from "../autodiff.js";
import { add, addScalar, div, mul, sqrt, square, sub } from "../elementwise.js";
import { gather, lookUp, matmul, meanLast, reshape } from "../structure.js";
import {
  type CommonSpec,
  type LayerContext,
  type LayerResult,
  plainResult,
  type RegularizedSpec,
  type WeightReader,
} from "./layer.js";

export interface DenseSpec extends RegularizedSpec {
  readonly kind: "dense";
  readonly units: number;
  readonly activation?: ActivationName;
  readonly useBias?: boolean;
}
export interface ActivationSpec extends CommonSpec {
  readonly kind: "activation";
  readonly activation: ActivationName;
}
export interface DropoutSpec extends CommonSpec {
  readonly kind: "dropout";
  readonly rate?: number;
}
export interface EmbeddingSpec extends CommonSpec {
  readonly kind: "embedding";
  readonly inputDim?: number;
  readonly outputDim?: number;
  readonly maskZero?: boolean;
}
export interface MaskingSpec extends CommonSpec {
  readonly kind: "masking";
  readonly maskValue?: number;
}
export interface RepeatVectorSpec extends CommonSpec {
  readonly kind: "repeatVector";
  readonly n: number;
}
export interface FlattenSpec extends CommonSpec {
  readonly kind: "flatten";
}
export interface LayerNormalizationSpec extends CommonSpec {
  readonly kind: "layerNormalization";
  readonly epsilon?: number;
  /** A learned scale, gamma. */
  readonly scale?: boolean;
  /** A learned shift, beta. */
  readonly center?: boolean;
}
export interface InputLayerSpec extends CommonSpec {
  readonly kind: "inputLayer";
  readonly shape?: readonly (number | null)[];
}

/** φ(x W + b) on the last axis. Weights: kernel `[in, units]`, bias `[units]` if `useBias`. */
export function dense(
  spec: DenseSpec,
  weights: WeightReader,
  x: Variable,
  context: LayerContext,
): LayerResult {
  const z = matmul(x, weights.take("dense kernel", spec.kernelRegularizer));
  const biased = (spec.useBias ?? true) ? add(z, weights.take("dense bias", spec.biasRegularizer)) : z;
  const output = activations[spec.activation ?? "linear"](biased);
  weights.penalizeActivity(output, spec.activityRegularizer);
  return plainResult(output, context.mask);
}

export const activation = (spec: ActivationSpec, x: Variable, context: LayerContext): LayerResult =>
  plainResult(activations[spec.activation](x), context.mask);

/** The given mask, or nothing: without one the layer is at rest, as in prediction. */
export function dropout(x: Variable, context: LayerContext): LayerResult {
  const mask = context.dropout[0]?.input?.[0];
  return plainResult(mask === undefined ? x : mul(x, mask), context.mask);
}

/** Rows of the table `[inputDim, outputDim]`; with `maskZero` index 0 means «no step here». */
export function embedding(spec: EmbeddingSpec, weights: WeightReader, x: Variable): LayerResult {
  const table = weights.take("embeddings");
  const mask = spec.maskZero
    ? new Variable(
        x.shape,
        x.data.map((id) => (id === 0 ? 0 : 1)),
      )
    : null;
  return plainResult(lookUp(table, x), mask);
}

/** A step is masked if all its features equal the value; masked steps are put to zero, and a new mask is begun. */
export function masking(spec: MaskingSpec, x: Variable): LayerResult {
  const value = spec.maskValue ?? 0;
  const width = x.extent(-1);
  const counts = new Float64Array(x.data.length / width);
  for (let i = 0; i < x.data.length; i++) if (x.data[i] !== value) counts[Math.floor(i / width)] = 1;
  const lead = x.shape.slice(0, -1);
  return plainResult(mul(x, new Variable([...lead, 1], counts)), new Variable(lead, counts));
}

/** `[B, F]` to `[B, n, F]`. */
export function repeatVector(spec: RepeatVectorSpec, x: Variable): LayerResult {
  const [batch, width] = [x.extent(0), x.extent(1)];
  const source = Int32Array.from({ length: batch * spec.n * width }, (_, i) => {
    return Math.floor(i / (spec.n * width)) * width + (i % width);
  });
  return plainResult(gather(x, [batch, spec.n, width], source), null);
}

/** `[B, ...]` to `[B, rest]`; Keras's flatten lets no mask through. */
export const flatten = (x: Variable): LayerResult =>
  plainResult(reshape(x, [x.extent(0), x.data.length / x.extent(0)]), null);

/** (x - mean) / √(variance + ε) γ + β over the last axis, the variance divided by n. Weights: gamma, beta. */
export function layerNormalization(
  spec: LayerNormalizationSpec,
  weights: WeightReader,
  x: Variable,
  context: LayerContext,
): LayerResult {
  const centred = sub(x, meanLast(x));
  const deviation = sqrt(addScalar(meanLast(square(centred)), spec.epsilon ?? 1e-3));
  const normal = div(centred, deviation);
  const scaled = (spec.scale ?? true) ? mul(normal, weights.take("gamma")) : normal;
  return plainResult((spec.center ?? true) ? add(scaled, weights.take("beta")) : scaled, context.mask);
}
