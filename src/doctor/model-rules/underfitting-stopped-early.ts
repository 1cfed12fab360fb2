import { risingP } from "../../numerics/significance.js";
import type { Picture } from "../../viz/picture.js";
import { type Rule, short } from "../diagnosis.js";
import type { ModelCase } from "../model-case.js";
import { line, lines } from "../pictures/pictures.js";
import { outcome } from "../trials/rates.js";
import { unlearnt } from "../trials/unlearnt.js";

/** So few updates show no end of the fall: weights of 0.15 at steps of 0.001 to 0.01 have hardly moved (0.1 to 1 in all). */
const FEW_UPDATES = 100;
/** Shares of the constant answer's loss below which nothing is missed, and what a linear regression leaves, times this. */
const MIN_UNLEARNT_SHARE = { few: 0.05, many: 0.15 };
const MIN_TIMES_LINEAR = { few: 2, many: 1.5 };
/** As many updates again must leave at most this share of the loss; less where it had a fair number of them. */
const MOST_LOSS_RATIO = { few: 0.5, many: 0.3 };
/** After few updates nearly all may be left, and much of that be noise: then any clear fall is what was missed. */
const NEARLY_ALL_SHARE = 0.75;
const MOST_LOSS_RATIO_UNLEARNT = 0.85;
/** What a linear regression leaves of the variance says little of a crossentropy near its beginning, or of what noise is in it. */
const MIN_TIMES_LINEAR_UNLEARNT = 1.2;
/** Above one answer's loss not even that answer is learnt: less of a fall is clear. */
const MOST_LOSS_RATIO_ABOVE_CONSTANT = 0.9;
const WELL_BELOW = 0.9;
/** After many updates the last third of the epochs (eight at least) must fall, by Mann & Kendall's test at this level. */
const TREND_P = 0.01;
const LEAST_EPOCHS = 8;
const MOST_UPDATES = 400;
/** A training of usual length: twenty epochs of a dozen batches. */
const LEAST_UPDATES = 250;

/** One-sided p-value for a fall over the last epochs; 1 where they are too few to tell. */
function stillFalls(losses: readonly number[]): number {
  const last = losses.slice(-Math.max(LEAST_EPOCHS, Math.ceil(losses.length / 3)));
  return last.length < LEAST_EPOCHS ? 1 : risingP(last.map((loss) => -loss));
}

/** The loss was still on its way down when training ended. */
export const underfittingStoppedEarly: Rule<ModelCase> = {
  code: "underfitting_stopped_early",
  async look(at) {
    const { file, experiments, history } = at;
    const losses = history?.loss ?? [];
    if (losses.length === 0 || file.updates === 0 || experiments.isStateful) return null;
    const left = await unlearnt(at);
    // Few epochs show no trend either, however many batches they had.
    const isShort = file.updates <= FEW_UPDATES || (losses.length < LEAST_EPOCHS && left > NEARLY_ALL_SHARE);
    const amount = isShort ? "few" : "many";
    const isUnlearnt = isShort && left > NEARLY_ALL_SHARE;
    const timesLinear = isUnlearnt ? MIN_TIMES_LINEAR_UNLEARNT : MIN_TIMES_LINEAR[amount];
    if (!(left > MIN_UNLEARNT_SHARE[amount] && left > timesLinear * (experiments.linear ?? 0))) return null;
    const pFalling = stillFalls(losses);
    // Where the validation loss has stopped, going on would only be learning by heart: early stopping is right there.
    const held = history?.val_loss ?? [];
    const hasMore = pFalling < TREND_P && (held.length !== losses.length || stillFalls(held) < TREND_P);
    if (amount === "many" && !hasMore) return null;
    const loss = await experiments.trainLoss();
    const updates = Math.max(LEAST_UPDATES, Math.min(MOST_UPDATES, file.updates));
    const bound = !isUnlearnt
      ? MOST_LOSS_RATIO[amount]
      : loss > (experiments.constantLoss ?? Infinity)
        ? MOST_LOSS_RATIO_ABOVE_CONSTANT
        : MOST_LOSS_RATIO_UNLEARNT;
    // An epoch's loss is the mean over its updates: what is well below the bound then stays there.
    const isEnough = (epochLoss: number): boolean => epochLoss < WELL_BELOW * bound * loss;
    const trial = await experiments.trial("going on", { updates, isEnough });
    const later = outcome(trial);
    const epochs = Math.max(25, 4 * losses.length);
    if (!(later < bound * loss)) return null;
    return {
      title: `training stopped after ${losses.length} epoch${losses.length === 1 ? "" : "s"}, while the loss was still falling`,
      evidence: {
        epochs: losses.length,
        updates: file.updates,
        loss: short(loss),
        lossOverConstant: short(left),
        moreUpdates: trial.updates,
        lossThen: short(later),
        ratio: short(later / loss),
        bound,
        ...(amount === "many" ? { fallingPValue: short(pFalling) } : {}),
      },
      why: "The first epochs teach the mean and the scale; the order of time comes later. The model was judged before it had learnt what it can.",
      remedy: `More epochs (at least ${epochs}), with earlyStopping({ patience: 10 }) to end them when the validation loss has stopped falling.`,
      fix: { fit: { epochs } },
      picture: goingOn(losses, trial.losses, file.loss.name),
    };
  },
};

/** The training that was, and a copy's that goes on from it. */
const goingOn = (losses: readonly number[], more: readonly number[], loss: string): Picture =>
  lines(
    "Loss as trained, and of a copy that goes on",
    [
      line("training", losses, { first: 1 }),
      line("a copy goes on", [losses.at(-1)!, ...more], { first: losses.length }),
    ],
    {
      x: "epoch",
      y: `loss (${loss})`,
      log: [...losses, ...more].every((value) => !(value <= 0)),
      marks: [{ label: `stopped: epoch ${losses.length}`, x: losses.length }],
    },
  );
