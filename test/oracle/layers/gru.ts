import { type ActivationName, activations } from "../activations.js";
import { constant, type Variable } from "../autodiff.js";
import { add, mul, sub } from "../elementwise.js";
import { matmul, row, sliceColumns } from "../structure.js";
import type { LayerContext, LayerResult, WeightReader } from "./layer.js";
import { type Cell, masked, type RecurrentSpec, scan, withTrace } from "./scan.js";

export interface GruSpec extends RecurrentSpec {
  readonly kind: "gru";
  readonly activation?: ActivationName;
  readonly recurrentActivation?: ActivationName;
  /** True (Cho et al. 2014, v3; cuDNN): the reset gate scales h R_h + b. False (v1): it scales h before the product. */
  readonly resetAfter?: boolean;
}

/**
 * h_t = z ⊙ h_{t-1} + (1 - z) ⊙ candidate. Weights: kernel `[F, 3H]`, recurrent kernel `[H, 3H]`, bias `[2, 3H]` (input,
 * recurrent) with `resetAfter`, else `[3H]`; gate columns z, r, h.
 */
export function gru(spec: GruSpec, weights: WeightReader, x: Variable, context: LayerContext): LayerResult {
  const { units, activation = "tanh", recurrentActivation = "sigmoid", useBias = true } = spec;
  const { resetAfter = true } = spec;
  const kernel = weights.take("gru kernel", spec.kernelRegularizer);
  const recurrentKernel = weights.take("gru recurrent kernel", spec.recurrentRegularizer);
  const bias = useBias ? weights.take("gru bias", spec.biasRegularizer) : null;
  const inputBias = bias !== null && resetAfter ? row(bias, 0) : bias;
  const recurrentBias = bias !== null && resetAfter ? row(bias, 1) : null;
  const [phi, sigma] = [activations[activation], activations[recurrentActivation]];
  const blocks = (w: Variable): Variable[] =>
    [0, 1, 2].map((gate) => sliceColumns(w, gate * units, (gate + 1) * units));
  const [kernels, recurrentKernels] = [blocks(kernel), blocks(recurrentKernel)];
  const biases = inputBias === null ? null : blocks(inputBias);
  const recurrentBiases = recurrentBias === null ? null : blocks(recurrentBias);
  const withBias = (z: Variable, b: Variable[] | null, gate: number): Variable =>
    b === null ? z : add(z, b[gate]!);

  const cell: Cell = (input, [previous], dropout) => {
    const h = previous!;
    const fromInput = (gate: number): Variable =>
      withBias(matmul(masked(input, dropout.input, gate), kernels[gate]!), biases, gate);
    const fromState = (state: Variable, gate: number): Variable =>
      withBias(matmul(state, recurrentKernels[gate]!), recurrentBiases, gate);
    const kept = (gate: number): Variable => masked(h, dropout.recurrent, gate);

    const zUpdate = add(fromInput(0), fromState(kept(0), 0));
    const zReset = add(fromInput(1), fromState(kept(1), 1));
    const [update, reset] = [sigma(zUpdate), sigma(zReset)];
    const zCandidate = add(
      fromInput(2),
      resetAfter ? mul(reset, fromState(kept(2), 2)) : fromState(mul(reset, kept(2)), 2),
    );
    const candidate = phi(zCandidate);
    return {
      states: [add(mul(update, h), mul(sub(constant([], 1), update), candidate))],
      gates: {
        update: { preActivation: zUpdate, activation: update },
        reset: { preActivation: zReset, activation: reset },
        candidate: { preActivation: zCandidate, activation: candidate },
      },
    };
  };
  return withTrace(scan(spec, weights, cell, [units], x, context), "gru", {
    update: recurrentActivation,
    reset: recurrentActivation,
    candidate: activation,
  });
}
