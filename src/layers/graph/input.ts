import { ConfigError, told } from "../../errors.js";
import { oneOf, refuseUnknown } from "../../options.js";
import { InputLayer, type InputLayerOptions } from "../input-layer.js";
import type { SampleShape } from "../layer.js";
import { Application } from "./application.js";
import { type Dtype, dtypes, type SymbolicTensor } from "./symbolic-tensor.js";

/** Options of `input`. */
export interface InputOptions extends InputLayerOptions {
  /** `"int32"` for indices: whole numbers, which have no gradient. `"bool"`: the same, for masks of 1 and 0. Default `"float32"`. */
  readonly dtype?: Dtype | "bool";
  /** `[batchSize, ...shape]` in one, in place of both; null: any number of samples. Default: what these two say. */
  readonly batchShape?: SampleShape;
}

/** An input layer, applied to nothing. */
export function applyInput(layer: InputLayer, dtype: Dtype): SymbolicTensor {
  const shape = layer.inputShape!;
  layer.build([shape]);
  return new Application(layer, [], [shape], {}, null, layer.batchSize ?? null, dtype).outputs[0]!;
}

/**
 * Where a graph begins: Keras's `Input`.
 * @throws ConfigError for a shape that is none, or an unknown option.
 *
 * @example
 * const x = input({ shape: [20, 3] });
 * const h = lstm({ units: 16 }).apply(x);
 * const forecast = model({ inputs: x, outputs: dense({ units: 1 }).apply(h) });
 */
export function input(
  options: InputOptions | (Omit<InputOptions, "shape"> & { readonly batchShape: SampleShape }),
): SymbolicTensor {
  const where = "input()";
  refuseUnknown(where, options, ["shape", "batchSize", "name", "dtype", "batchShape"]);
  const { dtype = "float32", batchShape, ...rest } = options;
  oneOf(where, "dtype", dtype, [...dtypes, "bool"]);
  return applyInput(new InputLayer(withBatch(where, rest, batchShape)), dtype === "bool" ? "int32" : dtype);
}

/** Shape and batch size, where they were given as one. @throws ConfigError for what is no shape, or given twice. */
function withBatch(
  where: string,
  options: Partial<InputLayerOptions>,
  batchShape: SampleShape | undefined,
): InputLayerOptions {
  if (batchShape === undefined) return options as InputLayerOptions;
  if (!Array.isArray(batchShape) || batchShape.length < 2 || options.shape !== undefined) {
    throw new ConfigError(
      `${where}: \`batchShape\` is ${told(batchShape)}, expected [batchSize, ...shape], in place of \`shape\`.`,
      { received: batchShape },
    );
  }
  const [batchSize, ...shape] = batchShape as SampleShape;
  return { batchSize: batchSize ?? null, ...options, shape };
}
