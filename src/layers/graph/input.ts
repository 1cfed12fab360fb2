import { oneOf, refuseUnknown } from "../../options.js";
import { InputLayer, type InputLayerOptions } from "../input-layer.js";
import { Application } from "./application.js";
import { type Dtype, dtypes, type SymbolicTensor } from "./symbolic-tensor.js";

/** Options of `input`. */
export interface InputOptions extends InputLayerOptions {
  /** `"int32"` for indices: whole numbers, which have no gradient. Default `"float32"`. */
  readonly dtype?: Dtype;
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
export function input(options: InputOptions): SymbolicTensor {
  const where = "input()";
  refuseUnknown(where, options, ["shape", "batchSize", "name", "dtype"]);
  const { dtype = "float32", ...rest } = options;
  oneOf(where, "dtype", dtype, dtypes);
  return applyInput(new InputLayer(rest), dtype);
}
