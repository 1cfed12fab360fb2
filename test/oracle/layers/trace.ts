import type { ActivationName } from "../activations.js";
import type { Variable } from "../autodiff.js";

export interface GateTrace {
  /** What the gate's activation is applied to, `[B, H]`. */
  readonly preActivation: Variable;
  /** `[B, H]` */
  readonly activation: Variable;
}

/** The variables of one time step, whose gradients are total derivatives once `backward` has run. */
export interface StepTrace {
  /** The layer's input at this step before dropout, `[B, F]`; its gradient is what this layer alone sends back. */
  readonly input: Variable;
  /** h_t, or [h_t, c_t], after masking. */
  readonly states: readonly Variable[];
  readonly gates: Readonly<Record<string, GateTrace>>;
}

export interface RecurrentTrace {
  readonly kind: "lstm" | "gru" | "simpleRNN";
  /** In processing order. */
  readonly steps: readonly StepTrace[];
  /** Each gate's activation function, which tells its bounds. */
  readonly gateActivations: Readonly<Record<string, ActivationName>>;
}
