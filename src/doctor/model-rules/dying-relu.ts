import { type Rule, short } from "../diagnosis.js";
import { outputOfLayer } from "../evidence/activations.js";
import type { ModelCase } from "../model-case.js";
import { bars, PER_CENT } from "../pictures/pictures.js";

/** Healthy rectified layers lose up to half of their units (Glorot, Bordes & Bengio 2011); 9 of 10 leaves no layer. */
const MOST_DEAD_SHARE = 0.9;

/** Rectified units that are 0 for every sample: no gradient goes through them, so they stay so. */
export const dyingRelu: Rule<ModelCase> = {
  code: "dying_relu",
  async look({ file, experiments }) {
    // Needs what each layer puts out by itself, which the layers of a graph do not show.
    if (file.graph !== null) return null;
    for (const [index, layer] of file.layers.entries()) {
      const inner =
        (layer.config.layer as { config: Record<string, unknown> } | undefined)?.config ?? layer.config;
      if (inner.activation !== "relu") continue;
      const { shape, data } = await outputOfLayer(experiments, index);
      const units = shape.at(-1)!;
      const alive = new Set<number>();
      const awake = new Float64Array(units);
      for (let i = 0; i < data.length; i++) {
        if (data[i] === 0) continue;
        alive.add(i % units);
        awake[i % units]!++;
      }
      const share = 1 - alive.size / units;
      if (share < MOST_DEAD_SHARE) continue;
      const name = experiments.copy.layers[index]!.name;
      return {
        title: `${units - alive.size} of ${units} rectified units of ${name} are 0 for every sample`,
        evidence: {
          layer: name,
          deadUnits: units - alive.size,
          units,
          share: short(share),
          bound: MOST_DEAD_SHARE,
          samples: experiments.sample.x.shape[0]!,
        },
        why: "Below zero a rectifier is flat: a unit that is 0 for all samples passes no gradient on and gets none, so nothing can bring it back. All layers below learn nothing through it.",
        remedy:
          'Begin with biasInitializer "zeros" and a smaller learning rate, or take "leakyRelu", "elu" or "tanh" as activation.',
        fix: {
          layers: [{ kind: "dense", set: { biasInitializer: "zeros", kernelInitializer: "heUniform" } }],
        },
        picture: bars(
          `Outputs of ${name} that are not 0`,
          Array.from(awake, (count, u) => [`unit ${u}`, (100 * count * units) / data.length] as const),
          { x: "share of outputs above 0 (%)", y: "unit", range: PER_CENT },
        ),
      };
    }
    return null;
  },
};
