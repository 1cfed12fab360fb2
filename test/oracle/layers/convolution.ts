import { type ActivationName, activations } from "../activations.js";
import { Variable } from "../autodiff.js";
import { add, div, mul } from "../elementwise.js";
import { concatColumns, gather, gatherOrZero, matmul, maxLast, reshape, sumLast } from "../structure.js";
import {
  type CommonSpec,
  type LayerContext,
  type LayerResult,
  plainResult,
  type RegularizedSpec,
  type WeightReader,
} from "./layer.js";

export interface Conv1DSpec extends RegularizedSpec {
  readonly kind: "conv1d";
  readonly filters: number;
  readonly kernelSize: number;
  readonly strides?: number;
  readonly padding?: "valid" | "same" | "causal";
  readonly dilationRate?: number;
  readonly groups?: number;
  readonly activation?: ActivationName;
  readonly useBias?: boolean;
}
export interface Pooling1DSpec extends CommonSpec {
  readonly kind: "maxPooling1D" | "averagePooling1D";
  readonly poolSize?: number;
  readonly strides?: number;
  readonly padding?: "valid" | "same";
}
export interface GlobalPooling1DSpec extends CommonSpec {
  readonly kind: "globalMaxPooling1D" | "globalAveragePooling1D";
  readonly keepdims?: boolean;
}

/** Steps of each window, -1 where padding stands; as TensorFlow pads. */
function windowsOf(
  steps: number,
  size: number,
  strides: number,
  dilation: number,
  padding: "valid" | "same" | "causal",
): number[][] {
  const reach = (size - 1) * dilation;
  let before = 0;
  let count = Math.floor((steps - reach - 1) / strides) + 1;
  if (padding === "causal") {
    before = reach;
    count = Math.floor((steps - 1) / strides) + 1;
  } else if (padding === "same") {
    count = Math.ceil(steps / strides);
    before = Math.floor(Math.max(0, (count - 1) * strides + reach + 1 - steps) / 2);
  }
  return Array.from({ length: count }, (_, t) =>
    Array.from({ length: size }, (_, k) => {
      const step = t * strides + k * dilation - before;
      return step >= 0 && step < steps ? step : -1;
    }),
  );
}

/** Weights: kernel `[kernelSize, features / groups, filters]`, bias `[filters]`. */
export function conv1d(
  spec: Conv1DSpec,
  weights: WeightReader,
  x: Variable,
  context: LayerContext,
): LayerResult {
  const { filters, kernelSize, strides = 1, padding = "valid", dilationRate = 1, groups = 1 } = spec;
  const [batch, steps, features] = [x.extent(0), x.extent(1), x.extent(2)];
  const kernel = weights.take("conv1d kernel", spec.kernelRegularizer);
  const windows = windowsOf(steps, kernelSize, strides, dilationRate, padding);
  const [channels, width] = [features / groups, filters / groups];
  const parts = Array.from({ length: groups }, (_, g) => {
    const source: number[] = [];
    for (let n = 0; n < batch; n++) {
      for (const window of windows) {
        for (const step of window) {
          for (let c = 0; c < channels; c++) {
            source.push(step < 0 ? -1 : (n * steps + step) * features + g * channels + c);
          }
        }
      }
    }
    const patches = gatherOrZero(x, [batch, windows.length, kernelSize * channels], Int32Array.from(source));
    const rows = kernelSize * channels;
    const columns = Int32Array.from(
      { length: rows * width },
      (_, i) => Math.floor(i / width) * filters + g * width + (i % width),
    );
    return matmul(patches, gather(kernel, [rows, width], columns));
  });
  const z = concatColumns(parts);
  const biased = (spec.useBias ?? true) ? add(z, weights.take("conv1d bias", spec.biasRegularizer)) : z;
  const output = activations[spec.activation ?? "linear"](biased);
  weights.penalizeActivity(output, spec.activityRegularizer);
  return plainResult(output, windows.length === steps ? context.mask : null);
}

/** `[B, windows, F, size]`, -1 made the window's first step that is there (`max`) or a zero. */
function pooled(x: Variable, windows: readonly number[][], fill: "first" | "zero"): Variable {
  const [batch, steps, features] = [x.extent(0), x.extent(1), x.extent(2)];
  const source: number[] = [];
  for (let n = 0; n < batch; n++) {
    for (const window of windows) {
      const first = window.find((step) => step >= 0)!;
      for (let f = 0; f < features; f++) {
        for (const step of window) {
          const used = step >= 0 ? step : fill === "first" ? first : -1;
          source.push(used < 0 ? -1 : (n * steps + used) * features + f);
        }
      }
    }
  }
  return gatherOrZero(x, [batch, windows.length, features, windows[0]!.length], Int32Array.from(source));
}

const withoutLast = (x: Variable): Variable => reshape(x, x.shape.slice(0, -1));

function average(x: Variable, windows: readonly number[][]): Variable {
  const sums = withoutLast(sumLast(pooled(x, windows, "zero")));
  const counts = windows.map((window) => window.filter((step) => step >= 0).length);
  return div(sums, new Variable([windows.length, 1], Float64Array.from(counts)));
}

export function pooling1D(spec: Pooling1DSpec, x: Variable, context: LayerContext): LayerResult {
  const size = spec.poolSize ?? 2;
  const windows = windowsOf(x.extent(1), size, spec.strides ?? size, 1, spec.padding ?? "valid");
  const output =
    spec.kind === "maxPooling1D" ? withoutLast(maxLast(pooled(x, windows, "first"))) : average(x, windows);
  return plainResult(output, windows.length === x.extent(1) ? context.mask : null);
}

export function globalPooling1D(spec: GlobalPooling1DSpec, x: Variable, { mask }: LayerContext): LayerResult {
  const [batch, steps, features] = [x.extent(0), x.extent(1), x.extent(2)];
  const all = [Array.from({ length: steps }, (_, t) => t)];
  let output: Variable;
  if (spec.kind === "globalMaxPooling1D") output = withoutLast(maxLast(pooled(x, all, "first")));
  else if (mask === null) output = average(x, all);
  else {
    const kept = mul(x, new Variable([batch, steps, 1], mask.data));
    const counts = Float64Array.from({ length: batch }, (_, n) =>
      Math.max(
        1,
        mask.data.slice(n * steps, (n + 1) * steps).reduce((sum, one) => sum + one, 0),
      ),
    );
    output = div(withoutLast(sumLast(pooled(kept, all, "zero"))), new Variable([batch, 1, 1], counts));
  }
  return plainResult(spec.keepdims ? output : reshape(output, [batch, features]), null);
}
