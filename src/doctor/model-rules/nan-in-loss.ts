import type { Picture } from "../../viz/picture.js";
import { type Rule, short } from "../diagnosis.js";
import { findNonFinite, type NonFinitePlace, placeEvidence } from "../evidence/find-non-finite.js";
import type { ModelCase } from "../model-case.js";
import { untilItBreaks } from "../pictures/break.js";
import { bars, plain } from "../pictures/pictures.js";

/** A loss that is no number, and the first place where one arises. */
export const nanInLoss: Rule<ModelCase> = {
  code: "nan_in_loss",
  async look(at) {
    const { history, file, experiments } = at;
    const epoch = history?.loss?.findIndex((loss) => !Number.isFinite(loss)) ?? -1;
    const lost = file.weights?.find(({ data }) => data.some((value) => !Number.isFinite(value)));
    if (epoch < 0 && lost === undefined && Number.isFinite(await experiments.trainLoss())) return null;
    // Weights that are all lost were lost to an update: where it began shows in a new training, before its last one.
    const isAllLost =
      file.weights?.every(({ data }) => data.some((value) => !Number.isFinite(value))) === true;
    const again = isAllLost ? await experiments.lastFiniteWeights() : null;
    const place = isAllLost ? again && (await findNonFinite(again)) : await findNonFinite(experiments);
    again?.dispose();
    const picture = (await untilItBreaks(at)) ?? (place === null ? null : placePicture(place));
    const what =
      epoch < 0 && lost !== undefined && Number.isFinite(await experiments.trainLoss())
        ? `${lost.name} holds a value that is no number`
        : `the loss is no number${epoch < 0 ? "" : ` since epoch ${epoch + 1}`}`;
    return {
      title: `${what}${place === null ? "" : `; first in ${place.layer}`}`,
      evidence: {
        ...(epoch < 0 ? {} : { epoch: epoch + 1 }),
        ...(lost === undefined ? {} : { weight: lost.name }),
        ...(place === null ? { layer: lost === undefined ? "loss" : "weights" } : placeEvidence(place)),
        ...(again === null ? {} : { foundIn: "a new training of a copy" }),
        learningRate: short(file.learningRate),
        bound: "finite",
      },
      why: "NaN comes of Infinity minus Infinity, 0 times Infinity or 0/0: something grew without bound first. After one update with it all weights are NaN, and nothing brings them back.",
      remedy:
        "Begin again from weights that are numbers, with globalClipnorm: 1 and a learning rate ten times smaller; terminateOnNaN() or doctor() stop at once. Check scalers for a division by zero.",
      fix: { compile: { optimizer: { globalClipnorm: 1, learningRate: file.learningRate / 10 } } },
      ...(picture === null ? {} : { picture }),
    };
  },
};

const MOST_STEPS = 80;

/** How large each layer's outputs are where it breaks. */
function placePicture(place: NonFinitePlace): Picture {
  const steps = place.sizes.at(-1)!.values.length;
  if (steps === 1) {
    const ends = place.sizes.map(({ name, values }) => [name, values.at(-1)!] as const);
    return bars("Where it breaks: outputs layer by layer", ends, { x: "largest |output|", y: "layer" });
  }
  return {
    kind: "heatmap",
    title: "Where it breaks: outputs layer by layer, time step by time step",
    x: { label: "time step t" },
    y: { label: "layer" },
    value: { label: "largest |output|" },
    rows: place.sizes
      .filter(({ values }) => values.length === steps)
      .map(({ name, values }) => ({ name, values: Array.from(values.subarray(0, MOST_STEPS), plain) })),
  };
}
