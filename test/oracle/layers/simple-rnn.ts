import { type ActivationName, activations } from "../activations.js";
import type { Variable } from "../autodiff.js";
import { add } from "../elementwise.js";
import { matmul } from "../structure.js";
import type { LayerContext, LayerResult, WeightReader } from "./layer.js";
import { type Cell, masked, type RecurrentSpec, scan, withTrace } from "./scan.js";

export interface SimpleRnnSpec extends RecurrentSpec {
  readonly kind: "simpleRNN";
  readonly activation?: ActivationName;
}

/** h_t = φ(x_t W + h_{t-1} R + b). Weights: kernel `[F, H]`, recurrent kernel `[H, H]`, bias `[H]` if `useBias`. */
export function simpleRnn(
  spec: SimpleRnnSpec,
  weights: WeightReader,
  x: Variable,
  context: LayerContext,
): LayerResult {
  const { units, activation = "tanh", useBias = true } = spec;
  const kernel = weights.take("simpleRNN kernel", spec.kernelRegularizer);
  const recurrentKernel = weights.take("simpleRNN recurrent kernel", spec.recurrentRegularizer);
  const bias = useBias ? weights.take("simpleRNN bias", spec.biasRegularizer) : null;
  const cell: Cell = (input, [h], dropout) => {
    const both = add(
      matmul(masked(input, dropout.input, 0), kernel),
      matmul(masked(h!, dropout.recurrent, 0), recurrentKernel),
    );
    const preActivation = bias === null ? both : add(both, bias);
    const next = activations[activation](preActivation);
    return { states: [next], gates: { cell: { preActivation, activation: next } } };
  };
  return withTrace(scan(spec, weights, cell, [units], x, context), "simpleRNN", { cell: activation });
}
