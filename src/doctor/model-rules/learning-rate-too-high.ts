import { type Rule, short } from "../diagnosis.js";
import type { ModelCase } from "../model-case.js";
import type { Trial } from "../trials/experiments.js";
import {
  adaptive,
  otherRates,
  outcome,
  TRIAL_UPDATES,
  trialAt,
  trialsAt,
  trialsPicture,
  usualRate,
} from "../trials/rates.js";

const LOWER_RATE_FACTORS = [0.1, 0.01, 0.001];
/** Several times as long as the weights of any layer are large: Glorot's limit is below 1 from three units on. */
const MAX_RATE_OF_ADAPTIVE = 1;
/** Above this share of the constant answer's loss little has been learnt. */
const MIN_UNLEARNT_SHARE = 0.1;
/** How many times the loss at a lower rate that is; twice as much where hardly anything is learnt. */
const MIN_LOSS_RATIO = 3;
const MIN_LOSS_RATIO_UNLEARNT = 1.5;
/** The first update over the weights: rules of thumb say 0.001; a fifth and more leaves nothing of the start in ten updates. */
const MAX_UPDATE_RATIO = 0.2;
/** Beyond so many times the constant answer's loss a training has diverged. */
const DIVERGED_RATIO = 10;

/**
 * The same few updates at a tenth (or less) of the rate lead much lower. In a trained model saturated gates are what such a rate leaves
 * behind: then this is asked first, of fresh weights.
 */
export const learningRateTooHigh: Rule<ModelCase> = {
  code: "learning_rate_too_high",
  lookAnyway({ file }) {
    const { learningRate, optimizer } = file;
    if (!adaptive.includes(optimizer.name) || !(learningRate >= MAX_RATE_OF_ADAPTIVE)) return null;
    const usual = usualRate(file);
    return {
      title: `learning rate ${short(learningRate)} is too high for ${optimizer.name}`,
      evidence: {
        learningRate,
        optimizer: optimizer.name,
        movesEachWeightBy: learningRate,
        bound: MAX_RATE_OF_ADAPTIVE,
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
    // A good rate may need its time: only steps that are long beside the weights are too long.
    const { layers } = at.isTrained ? await experiments.freshFlow() : await experiments.flow();
    const kernels = layers.flatMap(({ weights }) => weights).filter(({ name }) => name.endsWith("kernel"));
    const ratio = Math.max(
      ...kernels.map(({ updateRatio }) => (Number.isFinite(updateRatio) ? updateRatio : 0)),
    );
    const hasDiverged = (loss: number): boolean => !(loss < DIVERGED_RATIO * whole);
    const logged = history?.loss ?? [];
    if (
      at.isTrained &&
      logged.length > 0 &&
      !(ratio > MAX_UPDATE_RATIO) &&
      ![...logged, ended].some(hasDiverged)
    )
      return null;
    const given = Math.max(outcome(await trialAt(at)), Number.isFinite(ended) ? ended : 0);
    if (!(given > MIN_UNLEARNT_SHARE * whole)) return null;
    if (!(ratio > MAX_UPDATE_RATIO) && !hasDiverged(given)) return null;
    let best = { rate: file.learningRate, loss: given };
    const isLearnt = (trial: Trial): boolean => outcome(trial) < MIN_UNLEARNT_SHARE * Math.min(whole, given);
    for (const { rate, trial } of await trialsAt(at, otherRates(at, LOWER_RATE_FACTORS), isLearnt)) {
      const loss = outcome(trial);
      if (loss < best.loss) best = { rate, loss };
    }
    const factor = given / best.loss;
    const diverged = hasDiverged(given) && best.loss < 0.98 * whole;
    const much = given > 0.5 * whole && factor > MIN_LOSS_RATIO_UNLEARNT;
    if (!(ratio > MAX_UPDATE_RATIO || diverged) || !(factor > MIN_LOSS_RATIO || much || diverged))
      return null;
    const rises = logged.filter((loss, i) => i > 0 && !(loss <= logged[i - 1]!)).length;
    return {
      title: `learning rate ${short(file.learningRate)} is too high for ${file.optimizer.name}`,
      evidence: {
        learningRate: file.learningRate,
        updates: experiments.thirdOf(TRIAL_UPDATES),
        loss: short(given),
        betterRate: best.rate,
        lossAtBetterRate: short(best.loss),
        ratio: short(factor),
        bound: MIN_LOSS_RATIO,
        updateRatio: short(ratio),
        updateRatioBound: MAX_UPDATE_RATIO,
        constantLoss: short(whole),
        ...(logged.length > 1 ? { epochsWithRisingLoss: rises, epochs: logged.length } : {}),
      },
      why: "Each step overshoots the valley it was to go down: the loss jumps about or climbs instead of falling, and gates are thrown into saturation, from where they do not return.",
      remedy: `${file.optimizer.name}({ learningRate: ${short(best.rate)} }); lrFinder() finds the best, reduceLROnPlateau() lowers it towards the end.`,
      fix: { compile: { optimizer: { learningRate: best.rate } } },
      picture: await trialsPicture(at, [...new Set([file.learningRate, best.rate])]),
    };
  },
};
