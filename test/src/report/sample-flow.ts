import type { GradientFlow, LayerFlow, WeightFlow } from "../../../src/index.js";
import type { TrainingFlow } from "../../../src/inspect/training-flow.js";

export interface FlowSample {
  readonly window?: number;
  readonly epochs?: number;
  /** ‖dL/dh‖ falls by this factor a step back. */
  readonly factor?: number;
  readonly updateRatio?: number;
  readonly saturated?: number;
  readonly forget?: number;
  readonly layer?: string;
}

/** Flows as a recorder would hold them, of an LSTM and a dense layer; the first sends nothing back. */
export function sampleFlow(sample: FlowSample = {}): TrainingFlow {
  const { window = 12, epochs = 4, factor = 0.8, updateRatio = 0.002 } = sample;
  const { saturated = 0, forget = 0.75, layer = "lstm" } = sample;
  const constant = (value: number): Float32Array => new Float32Array(window).fill(value);
  const weight = (name: string, ratio: number): WeightFlow => ({
    name,
    norm: 1,
    gradientNorm: 0.1,
    clippedGradientNorm: 0.1,
    updateRatio: ratio,
  });
  const flowAt = (epoch: number): GradientFlow => {
    const end = epoch === 0 ? 0 : 0.5;
    const hiddenGradient = Float32Array.from({ length: window }, (_, t) => end * factor ** (window - 1 - t));
    const gate = (mean: number, share: number) => ({
      gradient: constant(0.1),
      mean: constant(mean),
      saturated: constant(share),
    });
    const recurrent: LayerFlow = {
      name: layer,
      kind: "lstm",
      weights: [
        weight(`${layer}/kernel`, updateRatio / 2),
        weight(`${layer}/recurrent_kernel`, updateRatio),
        weight(`${layer}/bias`, 0.9),
      ],
      hiddenGradient,
      cellGradient: hiddenGradient,
      inputGradient: new Float32Array(0),
      gates: { input: gate(0.5, 0), forget: gate(forget, saturated), cell: gate(0, 0), output: gate(0.5, 0) },
    };
    const last: LayerFlow = {
      name: "dense",
      kind: "dense",
      weights: [weight("dense/kernel", epoch === 0 ? Number.POSITIVE_INFINITY : updateRatio / 4)],
    };
    return { loss: 1, layers: [recurrent, last], gradientNorm: { before: 1, after: 1 } } as GradientFlow;
  };
  const flows = Array.from({ length: epochs }, (_, epoch) => ({ epoch, batch: 0, flow: flowAt(epoch) }));
  return { flows, layer };
}
