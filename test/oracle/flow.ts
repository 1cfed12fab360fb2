import { ACTIVATION_BOUNDS, type ActivationName } from "./activations.js";
import type { Variable } from "./autodiff.js";
import type { RecurrentTrace } from "./layers/trace.js";
import { norm } from "./tensor64.js";

export interface GateFlow64 {
  /** ‖dL/dz_t‖ of the gate's pre-activation, one a time step. */
  readonly gradient: Float64Array;
  /** Mean of the gate's activation. */
  readonly mean: Float64Array;
  /** Share of activations within 0.05 of a bound of the activation function; 0 where it has none. */
  readonly saturated: Float64Array;
}

/** The arrays behind the norms of one time step, `[B, H]` each (`input`: `[B, F]`). */
export interface StepFlow64 {
  readonly hiddenGradient: Float64Array;
  /** Empty for a layer without a cell state. */
  readonly cellGradient: Float64Array;
  readonly inputGradient: Float64Array;
  readonly gates: Readonly<
    Record<string, { readonly preActivationGradient: Float64Array; readonly activation: Float64Array }>
  >;
}

/** One direction of one recurrent layer; every list is in processing order. */
export interface LayerFlow64 {
  /** Index of the layer in the specification. */
  readonly layer: number;
  readonly kind: RecurrentTrace["kind"];
  readonly direction: "forward" | "backward";
  /** ‖dL/dh_t‖, total derivative, Frobenius norm over batch and units. */
  readonly hiddenGradient: Float64Array;
  /** ‖dL/dc_t‖, total derivative; empty for a layer without a cell state. */
  readonly cellGradient: Float64Array;
  /** ‖dL/dx_t‖ through this direction of this layer. */
  readonly inputGradient: Float64Array;
  readonly gates: Readonly<Record<string, GateFlow64>>;
  readonly steps: readonly StepFlow64[];
}

const SATURATION_MARGIN = 0.05;

function saturatedShare(values: Float64Array, activation: ActivationName): number {
  const bounds = ACTIVATION_BOUNDS[activation];
  if (bounds === undefined) return 0;
  const [low, high] = bounds;
  return (
    values.filter((v) => v - low <= SATURATION_MARGIN || high - v <= SATURATION_MARGIN).length / values.length
  );
}

const average = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/** Reads a trace after `backward` has filled its gradients. */
export function readFlow(trace: RecurrentTrace, layer: number, direction: number): LayerFlow64 {
  const each = (f: (step: RecurrentTrace["steps"][number]) => number): Float64Array =>
    Float64Array.from(trace.steps, f);
  const gradientNorm = (x: Variable): number => norm(x.gradient);
  const gates = Object.entries(trace.gateActivations).map(([name, activation]): [string, GateFlow64] => [
    name,
    {
      gradient: each((step) => gradientNorm(step.gates[name]!.preActivation)),
      mean: each((step) => average(step.gates[name]!.activation.data)),
      saturated: each((step) => saturatedShare(step.gates[name]!.activation.data, activation)),
    },
  ]);
  return {
    layer,
    kind: trace.kind,
    direction: direction === 0 ? "forward" : "backward",
    hiddenGradient: each((step) => gradientNorm(step.states[0]!)),
    cellGradient: trace.kind === "lstm" ? each((step) => gradientNorm(step.states[1]!)) : new Float64Array(),
    inputGradient: each((step) => gradientNorm(step.input)),
    gates: Object.fromEntries(gates),
    steps: trace.steps.map((step) => ({
      hiddenGradient: step.states[0]!.gradient,
      cellGradient: step.states[1]?.gradient ?? new Float64Array(),
      inputGradient: step.input.gradient,
      gates: Object.fromEntries(
        Object.entries(step.gates).map(([name, gate]) => [
          name,
          { preActivationGradient: gate.preActivation.gradient, activation: gate.activation.data },
        ]),
      ),
    })),
  };
}
