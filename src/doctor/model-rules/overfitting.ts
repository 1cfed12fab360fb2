import { largerP } from "../../numerics/significance.js";
import { median } from "../../numerics/statistics.js";
import { type Rule, short } from "../diagnosis.js";
import type { ModelCase } from "../model-case.js";
import { byEpoch } from "../pictures/pictures.js";

/**
 * How far the validation loss must have risen from its lowest, medians of neighbours, and the last epochs must lie above
 * those around the lowest (Mann & Whitney): it may have peaked in between, and sagged.
 */
const MIN_RISE_RATIO = 1.3;
const RANK_P = 0.01;
const LEAST_EPOCHS = 5;
/** Meanwhile the training loss went on falling to this share of what it was at that time. */
const MOST_TRAIN_RATIO = 0.8;
/** And ends so many times below the validation loss. */
const MIN_GAP_RATIO = 8;

const smooth = (values: readonly number[], reach: number): number[] =>
  values.map((_, i) => median(values.slice(Math.max(0, i - reach), i + reach + 1)));

export const overfitting: Rule<ModelCase> = {
  code: "overfitting",
  async look({ history, experiments, file }) {
    const { loss = [], val_loss: held = [] } = history ?? {};
    if (held.length < 8 || held.length !== loss.length || ![...loss, ...held].every(Number.isFinite))
      return null;
    const reach = Math.max(1, Math.floor(held.length / 20));
    const [train, validation] = [smooth(loss, reach), smooth(held, reach)];
    const lowest = validation.indexOf(Math.min(...validation));
    const some = Math.max(LEAST_EPOCHS, Math.ceil(held.length / 6));
    const from = Math.max(0, lowest - Math.floor(some / 2));
    const [around, last] = [held.slice(from, from + some), held.slice(-some)];
    if (from + some > held.length - some) return null;
    const rise = validation.at(-1)! / validation[lowest]!;
    const fall = train.at(-1)! / train[lowest]!;
    const gap = validation.at(-1)! / train.at(-1)!;
    const p = largerP(last, around);
    if (!(rise > MIN_RISE_RATIO && p < RANK_P && fall < MOST_TRAIN_RATIO && gap > MIN_GAP_RATIO)) return null;
    // Early stopping that gave the best weights back has mended it.
    const now = await experiments.validationLoss();
    if (now !== null && now < Math.sqrt(MIN_RISE_RATIO) * validation[lowest]!) return null;
    return {
      title: `validation loss has risen ${short(rise)}-fold since epoch ${lowest + 1} while training loss went on falling`,
      evidence: {
        bestEpoch: lowest + 1,
        epochs: held.length,
        validationLossThere: short(validation[lowest]!),
        validationLossAtEnd: short(validation.at(-1)!),
        rise: short(rise),
        bound: MIN_RISE_RATIO,
        rankPValue: short(p),
        trainingLossAtEnd: short(train.at(-1)!),
        gap: short(gap),
      },
      why: "There are enough weights to remember each training window with its noise. What is remembered is of no use for other windows, and gets in the way.",
      remedy:
        'earlyStopping({ monitor: "val_loss", patience: 10, restoreBestWeights: true }); fewer units, dropout: 0.2, l2(1e-4), or more data.',
      fix: {
        fit: { earlyStopping: { patience: 10, restoreBestWeights: true } },
        layers: [{ kind: "recurrent", set: { dropout: 0.2, units: 8 } }],
      },
      picture: byEpoch("Loss while training", { training: loss, validation: held }, file.loss.name, [
        { label: `best: epoch ${lowest + 1}`, x: lowest + 1 },
      ]),
    };
  },
};
