import { mean } from "../../numerics/statistics.js";
import { createRandom } from "../../random.js";
import type { DataCase } from "../data-case.js";
import { type Finding, type Rule, short } from "../diagnosis.js";
import { type NoiseColumns, noiseColumns } from "../evidence/noise-columns.js";
import type { ModelCase } from "../model-case.js";
import { bars } from "../pictures/pictures.js";

/** One or two columns that tell nothing cost little; from three on, and in the majority, they are what is learnt by heart. */
const LEAST_COLUMNS = 3;
/** A trained model that is hardly worse on what it was not shown does not suffer from them. */
const COPING_LOSS_RATIO = 1.2;
/**
 * Columns whose exchange among examples held back raises the loss by half have told something (Breiman 2001). Some dozens of
 * windows that overlap count as ten or so: they know a loss to about a third.
 */
const TELLING_LOSS_RATIO = 1.5;
const PERMUTATIONS = 5;

const why =
  "Each column brings weights at every step, and noise can be fitted by them: the training loss falls on chance, what is learnt does not hold for the next examples, and the more such columns there are, the less is left of the signal.";

function noiseOf(at: DataCase): NoiseColumns | null {
  if (at.windows === null || at.isIndexed) return null;
  const found = noiseColumns(at.windows);
  if (found === null) return null;
  const { noise, strongest } = found;
  return noise.length >= LEAST_COLUMNS && 2 * noise.length >= strongest.length ? found : null;
}

function findingOf(
  { noise, strongest, bound }: NoiseColumns,
  more: Readonly<Record<string, number | string>> = {},
): Finding {
  return {
    title: `${noise.length} of ${strongest.length} features tell nothing: features ${noise.join(", ")}`,
    evidence: {
      features: noise.join(", "),
      count: noise.length,
      of: strongest.length,
      strongestZ: short(Math.max(...noise.map((f) => strongest[f]!))),
      bound: short(bound),
      ...more,
    },
    why,
    remedy: `Leave columns ${noise.join(", ")} out, or add them one by one and keep those that lower the validation loss. Where they must stay: fewer units, dropout on the inputs, more examples.`,
    picture: bars(
      "What each feature tells of the target",
      strongest.map((z, f) => [`feature ${f}`, z] as const),
      {
        x: "strongest connection |z| (standard errors)",
        y: "feature",
        marks: { [`bound ${short(bound)}`]: bound },
      },
    ),
  };
}

/** Many columns without any connection: with the target, with each other, or with their own past. */
export const noiseFeatures: Rule<DataCase> = {
  code: "unused_features",
  look(at) {
    // What has been trained is asked what it makes of them.
    if (at.isTrained) return null;
    const found = noiseOf(at);
    return found === null ? null : findingOf(found);
  },
};

/** The same of a trained model: it does worse on what it was not shown, and no worse with these columns exchanged. */
export const noiseFeaturesLearnt: Rule<ModelCase> = {
  code: "unused_features",
  async look({ isTrained, data, windows, experiments }) {
    if (!isTrained || experiments.isStateful) return null;
    if (data.heldOverTrain !== null && data.heldOverTrain < COPING_LOSS_RATIO) return null;
    const found = noiseOf(data);
    if (found === null) return null;
    const held = await experiments.validationLoss();
    if (held === null || experiments.validation === null) return findingOf(found);
    const { x, y } = experiments.validation;
    const { features, timesteps } = windows;
    const random = createRandom(1);
    // Windows keep their place and get these columns from another one: what the model has read there is then chance.
    const exchanged = async (): Promise<number> => {
      const order = random.permutation(x.shape[0]!);
      const row = timesteps * features;
      const data = x.data.map((value, i) =>
        found.noise.includes(i % features) ? x.data[order[Math.floor(i / row)]! * row + (i % row)]! : value,
      );
      const { loss } = await experiments.copy.evaluate({ shape: x.shape, data }, y, { batchSize: 256 });
      return loss!;
    };
    const losses: number[] = [];
    for (let k = 0; k < PERMUTATIONS; k++) losses.push(await exchanged());
    const loss = mean(losses);
    if (!(loss < TELLING_LOSS_RATIO * held)) return null;
    return findingOf(found, {
      validationLoss: short(held),
      validationLossWithThemExchanged: short(loss),
      lossBound: TELLING_LOSS_RATIO,
      ...(data.heldOverTrain === null ? {} : { heldOverTrain: short(data.heldOverTrain) }),
    });
  },
};
