import { type ActivationName, activations } from "../activations.js";
import type { Variable } from "../autodiff.js";
import { add, mul } from "../elementwise.js";
import { matmul, sliceColumns } from "../structure.js";
import type { LayerContext, LayerResult, WeightReader } from "./layer.js";
import { type Cell, masked, type RecurrentSpec, scan, withTrace } from "./scan.js";

export interface LstmSpec extends RecurrentSpec {
  readonly kind: "lstm";
  readonly activation?: ActivationName;
  readonly recurrentActivation?: ActivationName;
  /** Weights `[3H]`, in the order i, f, o: i and f see c_{t-1}, o sees c_t (ONNX's meaning; its order is i, o, f). */
  readonly peepholes?: boolean;
  /** P: a weight `[H, P]` makes h = (o ⊙ φ(c)) P, and the recurrent kernel is `[P, 4H]` (PyTorch's proj_size). */
  readonly projection?: number;
}

const GATES = 4;

/**
 * MATH.md (1)-(5). Weights: kernel `[F, 4H]`, recurrent kernel `[H, 4H]`, bias `[4H]` if `useBias`, then peepholes and
 * projection if asked for; gate columns i, f, c, o.
 */
export function lstm(spec: LstmSpec, weights: WeightReader, x: Variable, context: LayerContext): LayerResult {
  const { units, activation = "tanh", recurrentActivation = "sigmoid", useBias = true } = spec;
  const kernel = weights.take("lstm kernel", spec.kernelRegularizer);
  const recurrentKernel = weights.take("lstm recurrent kernel", spec.recurrentRegularizer);
  const bias = useBias ? weights.take("lstm bias", spec.biasRegularizer) : null;
  const peepholes = spec.peepholes ? weights.take("lstm peepholes") : null;
  const projection = spec.projection ? weights.take("lstm projection") : null;
  const [phi, sigma] = [activations[activation], activations[recurrentActivation]];
  const blocks = (w: Variable, count: number): Variable[] =>
    Array.from({ length: count }, (_, gate) => sliceColumns(w, gate * units, (gate + 1) * units));
  const [kernels, recurrentKernels] = [blocks(kernel, GATES), blocks(recurrentKernel, GATES)];
  const biases = bias === null ? null : blocks(bias, GATES);
  const peeps = peepholes === null ? null : blocks(peepholes, 3);

  const cell: Cell = (input, [h, c], dropout) => {
    const z = Array.from({ length: GATES }, (_, gate) => {
      const fromInput = matmul(masked(input, dropout.input, gate), kernels[gate]!);
      const fromState = matmul(masked(h!, dropout.recurrent, gate), recurrentKernels[gate]!);
      const both = add(fromInput, fromState);
      return biases === null ? both : add(both, biases[gate]!);
    });
    const peek = (gate: number, state: Variable, which: number): Variable =>
      peeps === null ? z[gate]! : add(z[gate]!, mul(state, peeps[which]!));
    const zInput = peek(0, c!, 0);
    const zForget = peek(1, c!, 1);
    const [i, f, g] = [sigma(zInput), sigma(zForget), phi(z[2]!)];
    const cNext = add(mul(f, c!), mul(i, g));
    const zOutput = peek(3, cNext, 2);
    const o = sigma(zOutput);
    const exposed = mul(o, phi(cNext));
    return {
      states: [projection === null ? exposed : matmul(exposed, projection), cNext],
      gates: {
        input: { preActivation: zInput, activation: i },
        forget: { preActivation: zForget, activation: f },
        cell: { preActivation: z[2]!, activation: g },
        output: { preActivation: zOutput, activation: o },
      },
    };
  };
  return withTrace(scan(spec, weights, cell, [spec.projection ?? units, units], x, context), "lstm", {
    input: recurrentActivation,
    forget: recurrentActivation,
    cell: activation,
    output: recurrentActivation,
  });
}
