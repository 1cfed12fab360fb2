import { type Rule, short } from "../diagnosis.js";
import { carryOf, carryPicture } from "../evidence/carried-state.js";
import type { ModelCase } from "../model-case.js";
import { bars } from "../pictures/pictures.js";
import { outcome } from "../trials/rates.js";
import { unlearnt } from "../trials/unlearnt.js";

const MOST_LOSS_RATIO = 0.5;
const MIN_UNLEARNT_SHARE = 0.1;
const MOST_UPDATES = 2000;

/**
 * A state that was carried from a piece of another sequence. Said at once where `fit` is known to shuffle; of a trained
 * model: it has not learnt what the state would tell, and a copy trained in order has.
 */
export const statefulWithShuffle: Rule<ModelCase> = {
  code: "stateful_with_shuffle",
  async look(at) {
    if (!at.data.isStateful) return null;
    const words = {
      why: "A stateful layer starts each batch in the state the last one ended in. Shuffled, that is the end of some other piece: the state becomes noise, and the model learns not to listen to it.",
      remedy:
        "fit(x, y, { shuffle: false, batchSize }) with the samples in their order, and resetStates() before each epoch.",
      fix: { fit: { shuffle: false } },
    };
    const { experiments, fit, file } = at;
    const carry = carryOf(at);
    if (fit.shuffle === true)
      return {
        ...(carry === null ? {} : { picture: carryPicture(carry) }),
        title: "a stateful model is trained on shuffled samples",
        evidence: { stateful: "true", shuffle: "true", bound: "false" },
        ...words,
      };
    if (carry === null || !at.isTrained || fit.shuffle === false) return null;
    const left = await unlearnt(at);
    if (!(left > MIN_UNLEARNT_SHARE)) return null;
    const ordered =
      outcome(
        await experiments.trial("in order", {
          weights: "fresh",
          shuffle: false,
          updates: Math.min(MOST_UPDATES, file.updates),
        }),
      ) / experiments.constantLoss!;
    if (!(ordered < MOST_LOSS_RATIO * left)) return null;
    return {
      title: "the states of this stateful model were not carried in order: trained on shuffled samples",
      evidence: {
        lossOverConstant: short(left),
        trainedInOrder: short(ordered),
        ratio: short(ordered / left),
        bound: MOST_LOSS_RATIO,
        unexplainedWithStateBefore: short(carry.unexplainedWithState),
      },
      picture: bars(
        "The same updates, with the states of other pieces and with their own",
        [
          ["as trained", left],
          ["trained in order", ordered],
        ],
        {
          x: "loss, in units of a constant answer's",
          y: "training",
          marks: { "bound: half": MOST_LOSS_RATIO * left },
        },
      ),
      ...words,
    };
  },
};
