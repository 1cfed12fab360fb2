import { isRecurrentFlow, type RecurrentLayerFlow } from "../../model/flow.js";
import { mean as meanOf } from "../../numerics/statistics.js";
import { type Finding, type Rule, short } from "../diagnosis.js";
import type { ModelCase } from "../model-case.js";
import { byTimeStep, PER_CENT } from "../pictures/pictures.js";
import { unlearnt } from "../trials/unlearnt.js";

/** At the start gates stand near 0.5 (the forget gate near 0.73): hardly any within 0.05 of a bound. */
const MOST_SATURATED_SHARE = 0.5;
/** A trained model may close its gates; one that learnt half of what there is has done so on purpose. */
const LEARNT_SHARE = 0.5;

/** Gates that decide what comes in and goes out. A forget gate near 1 is memory, and wanted (Jozefowicz et al. 2015). */
const judged: readonly string[] = ["input", "output", "reset", "update"];

/**
 * What comes into the state over a whole sequence, in units of one candidate: a gate that begins at 1 / T for T steps (chrono,
 * Tallec & Ollivier 2018) lets one in; a tenth of that is nothing.
 */
const LEAST_INTAKE = 0.1;
/** An output gate below this at every step: the state is heard a fiftieth as loud as at the usual start of 0.5. */
const LEAST_OUTPUT = 0.01;

interface Shut {
  readonly gate: string;
  readonly mean: Float32Array;
  readonly passes: number;
  readonly bound: number;
}

/** A gate through which nothing comes in or goes out, whatever the others do. */
function shutGate({ gates }: RecurrentLayerFlow): Shut | null {
  const { input, output, update } = gates;
  const sum = (values: Float32Array): number => meanOf(values) * values.length;
  if (input !== undefined && sum(input.mean) < LEAST_INTAKE)
    return { gate: "input", mean: input.mean, passes: sum(input.mean), bound: LEAST_INTAKE };
  const intake = update === undefined ? Infinity : sum(update.mean.map((held) => 1 - held));
  if (update !== undefined && intake < LEAST_INTAKE)
    return { gate: "update", mean: update.mean, passes: intake, bound: LEAST_INTAKE };
  const most = output === undefined ? Infinity : output.mean.reduce((a, b) => Math.max(a, b), 0);
  return output !== undefined && most < LEAST_OUTPUT
    ? { gate: "output", mean: output.mean, passes: most, bound: LEAST_OUTPUT }
    : null;
}

const cure: Pick<Finding, "remedy" | "fix"> = {
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
};

const shutFinding = (layer: string, { gate, mean, passes, bound }: Shut): Finding => ({
  title: `the ${gate} gate of ${layer} is shut: nothing ${gate === "output" ? "goes out" : "comes in"}`,
  evidence: { layer, gate, passes: short(passes), bound },
  why: "What a gate lets through is also what its gradient is multiplied by: behind a shut one the layer keeps the state it began with, and the weights that would open it are hardly told to.",
  ...cure,
  picture: byTimeStep(
    `The ${gate} gate of ${layer}`,
    { [`${gate} gate`]: mean },
    { y: "mean activation", range: [0, 1] },
  ),
});

export const saturatedGates: Rule<ModelCase> = {
  code: "saturated_gates",
  async look(at) {
    const flow = await at.experiments.flow();
    for (const layer of flow.layers.filter(isRecurrentFlow)) {
      const shut = shutGate(layer);
      if (shut !== null && !(at.isTrained && (await unlearnt(at)) < LEARNT_SHARE))
        return shutFinding(layer.name, shut);
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
      if (!(share > MOST_SATURATED_SHARE)) continue;
      if (at.isTrained && (await unlearnt(at)) < LEARNT_SHARE && share < 0.9) continue;
      if (at.isTrained && (await unlearnt(at)) < 0.1) continue;
      const worst = shares.reduce((a, b) => (b.share > a.share ? b : a));
      return {
        title: `${short(100 * share)} % of ${layer.name}'s gate activations stand at a bound`,
        evidence: {
          layer: layer.name,
          gate: worst.name,
          timeStep: worst.worst,
          saturatedShare: short(share),
          bound: MOST_SATURATED_SHARE,
          gateMean: short(worst.mean),
          gateSaturatedShare: short(worst.share),
        },
        why: "Within 0.05 of 0 or 1 a sigmoid has less than a fifth of its largest slope: hardly any gradient reaches the gate's weights. Closed input or output gates let nothing in or out at all.",
        ...cure,
        picture: byTimeStep(
          `Gates of ${layer.name} at a bound`,
          Object.fromEntries(
            counted.map(([name, { saturated }]) => [`${name} gate`, saturated.map((part) => 100 * part)]),
          ),
          {
            y: "share saturated (%)",
            range: PER_CENT,
            marks: [
              {
                label: `bound ${100 * MOST_SATURATED_SHARE} % (mean of these gates)`,
                y: 100 * MOST_SATURATED_SHARE,
              },
            ],
          },
        ),
      };
    }
    return null;
  },
};
