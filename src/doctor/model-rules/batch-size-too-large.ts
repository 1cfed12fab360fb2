import { type Rule, short } from "../diagnosis.js";
import type { ModelCase } from "../model-case.js";
import { byEpoch } from "../pictures/pictures.js";
import { outcome } from "../trials/rates.js";
import { unlearnt } from "../trials/unlearnt.js";

const MOST_UPDATES_AN_EPOCH = 3;
const USUAL_BATCH_SIZE = 32;
const LEAST_BATCH_SIZE = 4;
const MOST_TRIAL_UPDATES = 400;
/**
 * Twice what a linear regression on the same windows leaves is poor for a network, unless hardly anything is left at all:
 * a twentieth of the constant answer's loss is what the noise of the bench's cleanest series comes to.
 */
const MIN_UNLEARNT_SHARE = 0.05;
const MIN_TIMES_LINEAR = 2;
/**
 * The same epochs in batches of 32 must leave at most this share of the loss, or, where noise is most of it, win back this
 * share of the constant answer's.
 */
const MOST_LOSS_RATIO = 0.4;
const MIN_SHARE_WON = 0.25;

/** Too few updates an epoch to get anywhere in the epochs there are. */
export const batchSizeTooLarge: Rule<ModelCase> = {
  code: "batch_size_too_large",
  async look(at) {
    const { file, experiments, history, fit, windows } = at;
    const epochs = history?.loss?.length ?? 0;
    if (experiments.isStateful || epochs === 0 || file.updates === 0) return null;
    const steps = file.updates / epochs;
    const batchSize = fit.batchSize ?? Math.ceil(windows.samples / Math.max(1, Math.round(steps)));
    // Of few samples small batches are smaller: eight updates an epoch at least.
    const smaller = Math.max(LEAST_BATCH_SIZE, Math.min(USUAL_BATCH_SIZE, Math.floor(windows.samples / 8)));
    if (steps > MOST_UPDATES_AN_EPOCH || batchSize <= 2 * smaller) return null;
    const left = await unlearnt(at);
    if (!(left > MIN_UNLEARNT_SHARE && left > MIN_TIMES_LINEAR * (experiments.linear ?? 0))) return null;
    const loss = await experiments.trainLoss();
    const updates = Math.min(
      MOST_TRIAL_UPDATES,
      epochs * Math.ceil(Math.min(windows.samples, 1024) / smaller),
    );
    const trial = await experiments.trial("small batches", {
      weights: "fresh",
      batch: smaller,
      updates,
    });
    const small = outcome(trial);
    if (!(small < MOST_LOSS_RATIO * loss || loss - small > MIN_SHARE_WON * experiments.constantLoss!))
      return null;
    return {
      title: `batches of ${batchSize} make ${short(steps)} update${steps === 1 ? "" : "s"} an epoch`,
      evidence: {
        batchSize,
        updatesPerEpoch: short(steps),
        bound: MOST_UPDATES_AN_EPOCH,
        epochs,
        updates: file.updates,
        loss: short(loss),
        batchSizeTried: smaller,
        lossWithSmallBatches: short(small),
        constantLoss: short(experiments.constantLoss!),
      },
      why: "An update is a step of a fixed length however many samples agreed on it: with all samples in one batch an epoch is one step, and the training ends before it has gone anywhere.",
      remedy: `fit(x, y, { batchSize: ${smaller} }); or as many times more epochs, or a learning rate that grows with the batch.`,
      fix: { fit: { batchSize: smaller } },
      picture: byEpoch(
        "The same epochs in smaller batches",
        {
          [`batches of ${batchSize} (as trained)`]: history!.loss!,
          [`batches of ${smaller} (a copy)`]: trial.losses,
        },
        file.loss.name,
      ),
    };
  },
};
