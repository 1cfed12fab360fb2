import { ConfigError, told } from "../errors.js";
import { type GradientFlow, isRecurrentFlow, type LayerFlow } from "../model/flow.js";
import { type GrowthRate, growthRate } from "./growth-rate.js";
import { memoryHorizon } from "./memory-horizon.js";
import { timeConstants } from "./time-constants.js";

/** What a layer's flow comes to in a few numbers. */
export interface FlowSummary {
  readonly name: string;
  readonly kind: string;
  readonly timesteps: number;
  /** Steps back at which ‖dL/dh‖ falls below a thousandth of its end value; Infinity where it never does. */
  readonly memoryHorizon: number;
  /** Of ‖dL/dh‖, a step back; null for fewer than three steps with a gradient. */
  readonly growthRate: GrowthRate | null;
  /** Median over the time steps of -1 / ln f, in steps; null for cells without a forget gate. */
  readonly timeConstant: number | null;
  /** Largest share of saturated activations of any gate at any step, and the gate. */
  readonly saturation: { readonly gate: string; readonly share: number };
  /** The largest of its weights' update ratios, and the weight. */
  readonly updateRatio: { readonly weight: string; readonly ratio: number } | null;
}

function median(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function largestUpdate({ weights }: LayerFlow): FlowSummary["updateRatio"] {
  let largest: FlowSummary["updateRatio"] = null;
  for (const { name, updateRatio } of weights) {
    if (largest === null || updateRatio > largest.ratio) largest = { weight: name, ratio: updateRatio };
  }
  return largest;
}

/**
 * The recurrent layers of a flow, each in a few numbers that can be compared between models.
 * @throws ConfigError for what is no flow.
 *
 * @example
 * const summary = summarizeFlow(await model.gradientFlow(x, y));
 */
export function summarizeFlow(flow: GradientFlow): FlowSummary[] {
  if (!Array.isArray(flow?.layers)) {
    throw new ConfigError(
      `summarizeFlow(): got ${told(flow)}, expected a flow, such as await model.gradientFlow(x, y).`,
      { received: flow },
    );
  }
  return flow.layers.filter(isRecurrentFlow).map((layer) => {
    let saturation = { gate: "", share: 0 };
    for (const [gate, { saturated }] of Object.entries(layer.gates)) {
      const share = saturated.reduce((most, value) => Math.max(most, value), 0);
      if (saturation.gate === "" || share > saturation.share) saturation = { gate, share };
    }
    const forget = layer.gates.forget;
    return {
      name: layer.name,
      kind: layer.kind,
      timesteps: layer.hiddenGradient.length,
      memoryHorizon: memoryHorizon(layer.hiddenGradient),
      growthRate: growthRate(layer.hiddenGradient),
      timeConstant: forget === undefined ? null : median(timeConstants(forget.mean)),
      saturation,
      updateRatio: largestUpdate(layer),
    };
  });
}
