import { expect } from "vitest";
import { type GradientFlow, isRecurrentFlow, type Sequential } from "../../../src/index.js";
import type { LayerFlow64, StepFlow64 } from "../../oracle/flow.js";
import { expectNear, values } from "../model/support.js";

/** A few float32 roundings a step, over some ten steps, against float64. */
export const RELATIVE = 1e-5;
/** Of gradients that vanish: what remains of a sum that cancels. Means of gates may cancel as well. */
const ABSOLUTE = 1e-9;
export const MEAN_ABSOLUTE = 3e-7;

export function randomized(model: Sequential, scale = 1): Sequential {
  model.setWeights(
    model
      .getWeights()
      .map(({ shape }, i) => values(shape, 100 + i, scale * Math.min(1, 1.5 / Math.sqrt(shape[0]!)))),
  );
  return model;
}

/** Mean and saturated share of a gate with the usual activations over the samples that are awake; 0 where none is. */
function awakeGate(step: StepFlow64, gate: string, samples: readonly number[], batch: number) {
  const { activation } = step.gates[gate]!;
  const units = activation.length / batch;
  const own = samples.flatMap((n) => [...activation.subarray(n * units, (n + 1) * units)]);
  const low = gate === "cell" || gate === "candidate" ? -1 : 0;
  const near = own.filter((value) => value - low <= 0.05 || 1 - value <= 0.05);
  const count = Math.max(1, own.length);
  return { mean: own.reduce((sum, value) => sum + value, 0) / count, saturated: near.length / count };
}

export interface Awake {
  readonly batch: number;
  /** Samples that are not masked, step by step. */
  readonly samples: readonly (readonly number[])[];
}

/**
 * Every step by itself: a norm over all steps would hide the small ones.
 *
 * @param awake where there is a mask. The oracle's gates then know nothing of it, and what it reads off c is the part
 *   that goes on to the next step: means and shares are taken over the samples that count, dL/dc is left out.
 */
export function expectFlow(got: GradientFlow, expected: readonly LayerFlow64[], awake?: Awake): void {
  const recurrent = got.layers.filter(isRecurrentFlow);
  expect(recurrent.length).toBe(expected.length);
  recurrent.forEach((flow, i) => {
    const twin = expected[i]!;
    const each = (what: string, own: Float32Array, its: Float64Array, absolute = ABSOLUTE): void => {
      expect(own.length, what).toBe(its.length);
      its.forEach((value, t) => {
        expectNear(`${flow.name} ${what} at step ${t}`, [own[t]!], [value], RELATIVE, absolute);
      });
    };
    expect(flow.kind).toBe(twin.kind);
    each("‖dL/dh‖", flow.hiddenGradient, twin.hiddenGradient);
    if (awake === undefined) each("‖dL/dc‖", flow.cellGradient, twin.cellGradient);
    each("‖dL/dx‖", flow.inputGradient, twin.inputGradient);
    expect(Object.keys(flow.gates)).toEqual(Object.keys(twin.gates));
    for (const [name, gate] of Object.entries(flow.gates)) {
      const its = twin.gates[name]!;
      const counted = awake?.samples.map((samples, t) =>
        awakeGate(twin.steps[t]!, name, samples, awake.batch),
      );
      const { mean, saturated } =
        counted === undefined
          ? its
          : {
              mean: Float64Array.from(counted, (step) => step.mean),
              saturated: Float64Array.from(counted, (step) => step.saturated),
            };
      each(`${name} gradient`, gate.gradient, its.gradient);
      each(`${name} mean`, gate.mean, mean, MEAN_ABSOLUTE);
      each(`${name} saturated`, gate.saturated, saturated);
    }
  });
}
