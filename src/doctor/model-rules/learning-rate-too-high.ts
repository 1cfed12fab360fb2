import type { Picture } from "../../viz/picture.js";
import { shortNumber } from "../../viz/scales.js";
import { type Rule, short } from "../diagnosis.js";
import type { ModelCase } from "../model-case.js";
import { line, lines } from "../pictures/pictures.js";
import type { Trial } from "../trials/experiments.js";
import type { ModelFile } from "../trials/model-copy.js";

/** Updates a trial makes: enough for a good rate to show itself, too few for a bad one to recover by chance. */
export const TRIAL_UPDATES = 120;
const LOWER = [0.1, 0.01, 0.001];
/** Optimizers that move each weight by about the rate, whatever its gradient (Kingma & Ba 2015, section 2.1). */
export const adaptive: readonly string[] = ["adam", "adamw", "nadam", "rmsprop", "lion"];
/** Several times as long as the weights of any layer are large: Glorot's limit is below 1 from three units on. */
const WHOLE_STEP = 1;
/** Above this share of the constant answer's loss little has been learnt. */
const POOR = 0.1;
/** How many times the loss at a lower rate that is; twice as much where hardly anything is learnt. */
const WORSE = 3;
const MUCH_WORSE = 1.5;
/** The first update over the weights: rules of thumb say 0.001; a fifth and more leaves nothing of the start in ten updates. */
const LONG_STEP = 0.2;
/** Beyond so many times the constant answer's loss a training has diverged. */
const DIVERGED = 10;

/** The loss a trial ended with; Infinity where it broke. */
export const outcome = ({ after, losses }: Trial): number =>
  Number.isFinite(after) && losses.every(Number.isFinite)
    ? Math.max(after, Math.min(losses.at(-1)!, after))
    : Infinity;

/** The rate Keras would have taken. */
export const usualRate = ({ optimizer }: ModelFile): number => (optimizer.name === "sgd" ? 0.01 : 0.001);

/** Rates to try beside a model's own: its multiples, and the optimizer's usual rate where that lies still further off. */
export function otherRates({ file }: ModelCase, factors: readonly number[]): number[] {
  const rates = factors.map((factor) => file.learningRate * factor);
  const usual = usualRate(file);
  const [least, most] = [Math.min(...rates), Math.max(...rates)];
  const isFurther = factors[0]! < 1 ? usual < least : usual > most;
  return isFurther ? [...rates, usual] : rates;
}

/** A trial at a rate; fresh where the model's own weights are already the result of a training. */
export function trialAt(
  { experiments, file, isTrained }: ModelCase,
  rate = file.learningRate,
): Promise<Trial> {
  return experiments.trial(`rate ${rate}`, {
    weights: isTrained ? "fresh" : "current",
    optimizer: { learningRate: rate },
    updates: TRIAL_UPDATES,
  });
}

/** How trainings at two rates go, batch by batch; one that breaks ends there. */
export async function trialsPicture(at: ModelCase, rates: readonly number[]): Promise<Picture> {
  const trials: Trial[] = [];
  for (const rate of rates) trials.push(await trialAt(at, rate));
  const named = rates.map((rate, i) => {
    const own = rate === at.file.learningRate ? " (as it is)" : "";
    return line(`rate ${shortNumber(rate)}${own}`, trials[i]!.batchLosses, { first: 1 });
  });
  return lines("The same updates of copies at another learning rate", named, {
    x: "update",
    y: `batch loss (${at.file.loss.name})`,
    log: trials.every(({ batchLosses }) => batchLosses.every((loss) => !(loss <= 0))),
    marks: [{ label: "a constant answer's loss", y: at.experiments.constantLoss! }],
  });
}

/**
 * The same few updates at a tenth (or less) of the rate lead much lower. In a trained model saturated gates are what such a rate leaves
 * behind: then this is asked first, of fresh weights.
 */
export const learningRateTooHigh: Rule<ModelCase> = {
  code: "learning_rate_too_high",
  severity: "error",
  explainedBy: [
    "unscaled_inputs",
    "unscaled_target",
    "outliers",
    "saturated_gates",
    "symmetric_or_zero_initialisation",
    "exploding_gradients",
    "vanishing_gradients",
    "softmax_with_one_unit",
    "output_activation_range",
    "loss_activation_mismatch",
    "constant_target",
    "targets_not_matching_inputs",
    "weight_decay_too_high",
    "dying_relu",
    "truncation_shorter_than_dependency",
  ],
  lookAnyway({ file }) {
    const { learningRate, optimizer } = file;
    if (!adaptive.includes(optimizer.name) || !(learningRate >= WHOLE_STEP)) return null;
    const usual = usualRate(file);
    return {
      title: `learning rate ${short(learningRate)} is too high for ${optimizer.name}`,
      evidence: {
        learningRate,
        optimizer: optimizer.name,
        movesEachWeightBy: learningRate,
        bound: WHOLE_STEP,
      },
      why: "Each update moves every weight by about the rate itself, several times its own size: nothing of what the last update did is left.",
      remedy: `${optimizer.name}({ learningRate: ${usual} }); lrFinder() finds the best.`,
      fix: { compile: { optimizer: { learningRate: usual } } },
    };
  },
  async look(at) {
    const { file, experiments, history } = at;
    const whole = experiments.constantLoss;
    if (whole === null || !(whole > 0)) return null;
    // A training that has ended tells more than the first steps of another.
    const ended = at.isTrained ? await experiments.trainLoss() : 0;
    const given = Math.max(outcome(await trialAt(at)), Number.isFinite(ended) ? ended : 0);
    if (!(given > POOR * whole)) return null;
    let best = { rate: file.learningRate, loss: given };
    for (const rate of otherRates(at, LOWER)) {
      const loss = outcome(await trialAt(at, rate));
      if (loss < best.loss) best = { rate, loss };
    }
    const factor = given / best.loss;
    const diverged = !(given < DIVERGED * whole) && best.loss < 0.98 * whole;
    const much = given > 0.5 * whole && factor > MUCH_WORSE;
    if (!(factor > WORSE || much || diverged)) return null;
    // A good rate may need its time: only steps that are long beside the weights are too long.
    const { layers } = at.isTrained ? await experiments.freshFlow() : await experiments.flow();
    const kernels = layers.flatMap(({ weights }) => weights).filter(({ name }) => name.endsWith("kernel"));
    const ratio = Math.max(
      ...kernels.map(({ updateRatio }) => (Number.isFinite(updateRatio) ? updateRatio : 0)),
    );
    if (!(ratio > LONG_STEP || diverged)) return null;
    const losses = history?.loss ?? [];
    const rises = losses.filter((loss, i) => i > 0 && !(loss <= losses[i - 1]!)).length;
    return {
      title: `learning rate ${short(file.learningRate)} is too high for ${file.optimizer.name}`,
      evidence: {
        learningRate: file.learningRate,
        updates: TRIAL_UPDATES,
        loss: short(given),
        betterRate: best.rate,
        lossAtBetterRate: short(best.loss),
        ratio: short(factor),
        bound: WORSE,
        updateRatio: short(ratio),
        updateRatioBound: LONG_STEP,
        constantLoss: short(whole),
        ...(losses.length > 1 ? { epochsWithRisingLoss: rises, epochs: losses.length } : {}),
      },
      why: "Each step overshoots the valley it was to go down: the loss jumps about or climbs instead of falling, and gates are thrown into saturation, from where they do not return.",
      remedy: `${file.optimizer.name}({ learningRate: ${short(best.rate)} }); lrFinder() finds the best, reduceLROnPlateau() lowers it towards the end.`,
      fix: { compile: { optimizer: { learningRate: best.rate } } },
      picture: await trialsPicture(at, [...new Set([file.learningRate, best.rate])]),
    };
  },
};
