import { isRecurrentFlow } from "../../model/gradient-flow.js";
import { type Rule, short } from "../diagnosis.js";
import { type ModelCase, unlearnt } from "../model-case.js";
import { byTimeStep, PER_CENT } from "../pictures.js";
import { meanOf } from "../statistics.js";

/** At the start gates stand near 0.5 (the forget gate near 0.73): hardly any within 0.05 of a bound. */
const BOUND = 0.5;
/** A trained model may close its gates; one that learnt half of what there is has done so on purpose. */
const LEARNT = 0.5;

/** Gates that decide what comes in and goes out. A forget gate near 1 is memory, and wanted (Jozefowicz et al. 2015). */
const judged: readonly string[] = ["input", "output", "reset", "update"];

export const saturatedGates: Rule<ModelCase> = {
  code: "saturated_gates",
  severity: "error",
  explainedBy: ["unscaled_inputs", "outliers", "symmetric_or_zero_initialisation", "learning_rate_too_high"],
  async look(at) {
    const flow = await at.lab.flow();
    for (const layer of flow.layers.filter(isRecurrentFlow)) {
      const gates = Object.entries(layer.gates).filter(([name]) => judged.includes(name));
      if (gates.length === 0) continue;
      // GRU's update gate near 1 holds the state, as a forget gate does.
      const counted = gates.filter(([name, { mean }]) => !(name === "update" && meanOf(mean) > 0.5));
      if (counted.length === 0) continue;
      const shares = counted.map(([name, { saturated, mean }]) => ({
        name,
        share: meanOf(saturated),
        mean: meanOf(mean),
        worst: saturated.indexOf(Math.max(...saturated)),
      }));
      const share = meanOf(shares.map((gate) => gate.share));
      if (!(share > BOUND)) continue;
      if (at.isTrained && (await unlearnt(at)) < LEARNT && share < 0.9) continue;
      if (at.isTrained && (await unlearnt(at)) < 0.1) continue;
      const worst = shares.reduce((a, b) => (b.share > a.share ? b : a));
      return {
        title: `${short(100 * share)} % of ${layer.name}'s gate activations stand at a bound`,
        evidence: {
          layer: layer.name,
          gate: worst.name,
          timeStep: worst.worst,
          saturatedShare: short(share),
          bound: BOUND,
          gateMean: short(worst.mean),
          gateSaturatedShare: short(worst.share),
        },
        why: "Within 0.05 of 0 or 1 a sigmoid has less than a fifth of its largest slope: hardly any gradient reaches the gate's weights. Closed input or output gates let nothing in or out at all.",
        remedy:
          'Initialise as Keras does: kernelInitializer "glorotUniform", recurrentInitializer "orthogonal", biasInitializer "zeros" with unitForgetBias; keep inputs near standard deviation 1.',
        fix: {
          layers: [
            {
              kind: "recurrent",
              set: {
                kernelInitializer: "glorotUniform",
                recurrentInitializer: "orthogonal",
                biasInitializer: "zeros",
              },
            },
          ],
        },
        picture: byTimeStep(
          `Gates of ${layer.name} at a bound`,
          Object.fromEntries(
            counted.map(([name, { saturated }]) => [`${name} gate`, saturated.map((part) => 100 * part)]),
          ),
          {
            y: "share saturated (%)",
            range: PER_CENT,
            marks: [{ label: `bound ${100 * BOUND} % (mean of these gates)`, y: 100 * BOUND }],
          },
        ),
      };
    }
    return null;
  },
};
