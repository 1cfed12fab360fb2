import { log } from "../../elementary.js";
import { isRecurrentFlow } from "../../model/flow.js";
import { type Rule, short } from "../diagnosis.js";
import { memoryNeed } from "../evidence/memory-need.js";
import type { ModelCase } from "../model-case.js";
import { byTimeStep } from "../pictures/pictures.js";
import { unlearntOnNew } from "../trials/unlearnt.js";

/** What a step adds to a weight's gradient below this share of what the end adds is lost in float32's rounding (2^-24). */
const MIN_RATIO = 6e-8;
/** After a training that taught nothing: its memory horizon, where the gradient falls below a thousandth, ends before the answer. */
const MIN_RATIO_TRAINED = 1e-3;
const LEARNT_SHARE = 0.5;

/** The gradient is gone before it reaches the steps that tell the target. A small gradient where nothing is to be learnt is no fault. */
export const vanishingGradients: Rule<ModelCase> = {
  code: "vanishing_gradients",
  async look(at) {
    const need = await memoryNeed(at);
    if (need === null || (at.isTrained && (await unlearntOnNew(at)) < LEARNT_SHARE)) return null;
    const flow = await at.experiments.flow();
    const layer = flow.layers.find(isRecurrentFlow);
    if (layer === undefined || layer.name.includes("/")) return null;
    const norms = layer.hiddenGradient;
    const end = Math.max(...norms.subarray(Math.max(0, norms.length - 3)));
    let ratio = norms[need.step]! / end;
    let bound = at.isTrained ? MIN_RATIO_TRAINED : MIN_RATIO;
    if (at.isTrained && !(ratio < bound)) {
      // A training in vain may have opened the gates without finding the answer: what counts is how it began.
      const began = (await at.experiments.freshFlow()).layers.find(isRecurrentFlow)!.hiddenGradient;
      ratio = began[need.step]! / Math.max(...began.subarray(Math.max(0, began.length - 3)));
      bound = MIN_RATIO;
    }
    if (!(ratio < bound)) return null;
    const horizon = norms.length - 1 - norms.findIndex((norm) => norm >= end / 1000);
    const forget = layer.gates.forget?.mean;
    const distance = norms.length - 1 - need.step;
    return {
      title: `the gradient of ${layer.name} is gone ${distance} steps before the end, where the answer is`,
      evidence: {
        layer: layer.name,
        timeStep: need.step,
        stepsBack: distance,
        ratio,
        bound,
        memoryHorizon: horizon,
        firstStepRatio: norms[0]! / end,
        ...(forget === undefined ? {} : { meanForgetGate: short(forget[Math.floor(forget.length / 2)]!) }),
        dependenceZ: short(need.dependence.strongest),
      },
      why: "Each step back multiplies the cell's gradient by the forget gate: f to the power of the distance. The loss never hears of the inputs that decide it, and the model learns the mean.",
      remedy: `Let the cell remember at the start: biasInitializer "chrono" (chrono({ maxTimesteps: ${norms.length} })), a forget bias of about log(${distance}) = ${short(log(distance))}; or unitForgetBias: true (the default), a GRU with a high update bias, shorter sequences.`,
      fix: {
        layers: [
          {
            kind: "lstm",
            set: { biasInitializer: { name: "chrono", config: { maxTimesteps: norms.length } } },
          },
        ],
      },
      picture: byTimeStep(
        "Gradient norm by time step, and where the answer is",
        { [layer.name]: norms },
        {
          y: "‖dL/dh‖",
          log: true,
          marks: [
            { label: `the answer: step ${need.step}`, x: need.step },
            { label: `bound: ${bound} of the end's norm`, y: bound * end },
          ],
        },
      ),
    };
  },
};
