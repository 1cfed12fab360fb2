import { type Rule, short } from "../diagnosis.js";
import { findNonFinite } from "../find-non-finite.js";
import type { ModelCase } from "../model-case.js";

/** A loss that is no number, and the first place where one arises. */
export const nanInLoss: Rule<ModelCase> = {
  code: "nan_in_loss",
  severity: "error",
  async look(at) {
    const { history, file, lab } = at;
    const epoch = history?.loss?.findIndex((loss) => !Number.isFinite(loss)) ?? -1;
    const lost = file.weights?.find(({ data }) => data.some((value) => !Number.isFinite(value)));
    if (epoch < 0 && lost === undefined && Number.isFinite(await lab.trainLoss())) return null;
    const place = await findNonFinite(lab);
    return {
      title: `the loss is no number${epoch < 0 ? "" : ` since epoch ${epoch + 1}`}${place === null ? "" : `; first in ${place.layer}`}`,
      evidence: {
        ...(epoch < 0 ? {} : { epoch: epoch + 1 }),
        ...(lost === undefined ? {} : { weight: lost.name }),
        ...(place === null
          ? {}
          : {
              layer: place.layer,
              gate: place.gate,
              timeStep: place.timeStep,
              sample: place.sample,
              unit: place.unit,
              value: String(place.value),
            }),
        learningRate: short(file.learningRate),
        bound: "finite",
      },
      why: "NaN comes of Infinity minus Infinity, 0 times Infinity or 0/0: something grew without bound first. After one update with it all weights are NaN, and nothing brings them back.",
      remedy:
        "Begin again from weights that are numbers, with globalClipnorm: 1 and a learning rate ten times smaller; terminateOnNaN() or doctor() stop at once. Check scalers for a division by zero.",
      fix: { compile: { optimizer: { globalClipnorm: 1, learningRate: file.learningRate / 10 } } },
    };
  },
};
