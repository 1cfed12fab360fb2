import { isRecurrentFlow } from "../../model/flow.js";
import { type Finding, type Rule, short } from "../diagnosis.js";
import { beatenBy } from "../evidence/constant-answers.js";
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
import { unlearnt } from "../trials/unlearnt.js";

/** A loss that came down by less over a whole training stands still. */
const MIN_FALL_SHARE = 0.03;
/** At a higher rate the same updates must bring it down by ten times as much, or the rate is not the reason. */
const MIN_FALL_RATIO = 10;
const MIN_FALL_RATIO_CRAWLING = 3;
/** Updates of a thousandth of the weights are usual; below, a training is long. */
const CRAWLING_UPDATE_RATIO = 1e-3;
/** How far the weights may go over the training, in units of themselves: less than this is the initial model again. */
const MIN_TRAVEL_RATIO = 0.05;
/** Updates of a training to come, where nothing is known of it. */
const USUAL_UPDATES = 1000;
const HIGHER_RATE_FACTORS = [10, 100, 1000, 10000];
/** Weights are of the size of 0.1 to 0.2: less than this in a whole training of usual length is nothing. */
const MIN_TRAVEL_OF_ADAPTIVE = 0.005;
/** A rate that comes so far in a trial is good enough: others need not be tried. */
const LEARNT_SHARE = 0.05;
/** Where a whole training ended no lower than this share of one answer's loss, it has not left the plateau it began on. */
const PLATEAU_SHARE = 0.9;
/** An optimizer that scales each weight's step leads off it in a few updates, to at most this share of the loss. */
const OFF_PLATEAU_RATIO = 0.7;
const ADAPTIVE_RATE = 0.01;

/** The gradient's own size is the step: on the plateau at the beginning it is small in every layer, and the rate does not know. */
async function standsOnPlateau(at: ModelCase, whole: number): Promise<Finding | null> {
  const { file, experiments } = at;
  const { name } = file.optimizer;
  if (!at.isTrained || adaptive.includes(name) || !((await unlearnt(at)) > PLATEAU_SHARE)) return null;
  const own = outcome(await trialAt(at));
  const trial = await experiments.trial("adam", {
    weights: "fresh",
    optimizerName: "adam",
    optimizer: { learningRate: ADAPTIVE_RATE },
    updates: experiments.thirdOf(TRIAL_UPDATES),
  });
  const off = outcome(trial);
  if (!(off < OFF_PLATEAU_RATIO * Math.min(own, whole))) return null;
  return {
    title: `${name} at ${short(file.learningRate)} has not left the plateau it began on`,
    evidence: {
      optimizer: name,
      learningRate: file.learningRate,
      updates: trial.updates,
      lossOverConstant: short(own / whole),
      lossOverConstantWithAdam: short(off / whole),
      adamLearningRate: ADAPTIVE_RATE,
      ratio: short(off / own),
      bound: OFF_PLATEAU_RATIO,
    },
    why: "Where a model begins, all its answers are alike and the gradient is small in every layer. Steps as small as the gradient take longer to leave that place than the training lasted; an optimizer that scales each weight's step leaves it at once.",
    remedy: `adam({ learningRate: ${ADAPTIVE_RATE} }), or ${name} at ten times the rate for several times as many epochs; lrFinder() finds the best.`,
    fix: { compile: { optimizer: { name: "adam", learningRate: ADAPTIVE_RATE } } },
  };
}

export const learningRateTooLow: Rule<ModelCase> = {
  code: "learning_rate_too_low",
  lookAnyway({ file }) {
    const { learningRate, optimizer } = file;
    const travel = learningRate * USUAL_UPDATES;
    if (!adaptive.includes(optimizer.name) || !(travel < MIN_TRAVEL_OF_ADAPTIVE)) return null;
    const usual = usualRate(file);
    return {
      title: `learning rate ${short(learningRate)} is too low for ${optimizer.name}: the weights hardly move`,
      evidence: {
        learningRate,
        optimizer: optimizer.name,
        updates: USUAL_UPDATES,
        travel: short(travel),
        bound: MIN_TRAVEL_OF_ADAPTIVE,
      },
      why: "An update moves a weight by about the rate, however large its gradient: a thousand of them end beside where they began.",
      remedy: `${optimizer.name}({ learningRate: ${usual} }); lrFinder() finds the best.`,
      fix: { compile: { optimizer: { learningRate: usual } } },
    };
  },
  async look(at) {
    const { file, experiments, history } = at;
    const whole = experiments.constantLoss;
    if (whole === null || !(whole > 0)) return null;
    if (at.isTrained && (await unlearnt(at)) < 0.5 && (await beatenBy(at)) === null) return null;
    const plateau = await standsOnPlateau(at, whole);
    if (plateau !== null) return plateau;
    const flow = at.isTrained ? await experiments.freshFlow() : await experiments.flow();
    const kernels = flow.layers
      .filter(isRecurrentFlow)
      .flatMap(({ weights }) => weights)
      .filter(({ name }) => name.endsWith("kernel"));
    if (kernels.length === 0) return null;
    const ratio = Math.max(...kernels.map(({ updateRatio }) => updateRatio));
    const updates = file.updates > 0 ? file.updates : USUAL_UPDATES;
    const losses = history?.loss ?? [];
    const stands =
      losses.length > 2 &&
      losses[0]! - losses.at(-1)! < MIN_FALL_SHARE * losses[0]! &&
      losses[0]! < 50 * whole;
    // Trained, and still above what one answer for all costs, at less than half the rate that is usual.
    const isLow =
      at.isTrained && file.learningRate < usualRate(file) / 2 && (await experiments.trainLoss()) > whole;
    const crawls = isLow || (ratio < CRAWLING_UPDATE_RATIO && (await beatenBy(at)) !== null);
    if (!(ratio * updates < MIN_TRAVEL_RATIO || (stands && ratio < CRAWLING_UPDATE_RATIO) || crawls))
      return null;
    const given = await trialAt(at);
    const fall = given.before - outcome(given);
    let best = { rate: file.learningRate, fall };
    const isLearnt = (trial: Trial): boolean => outcome(trial) < LEARNT_SHARE * whole;
    for (const { rate, trial } of await trialsAt(at, otherRates(at, HIGHER_RATE_FACTORS), isLearnt)) {
      const own = trial.before - outcome(trial);
      if (own > best.fall) best = { rate, fall: own };
    }
    // Worse than a baseline after a training: then three times as far down in the same updates is reason enough.
    const gain = crawls ? MIN_FALL_RATIO_CRAWLING : MIN_FALL_RATIO;
    if (!(best.fall > gain * Math.max(fall, 0) && best.fall > MIN_FALL_SHARE * given.before)) return null;
    return {
      title: `learning rate ${short(file.learningRate)} is too low for ${file.optimizer.name}: the weights hardly move`,
      evidence: {
        learningRate: file.learningRate,
        updateRatio: ratio,
        updates,
        travel: short(ratio * updates),
        bound: MIN_TRAVEL_RATIO,
        trialUpdates: experiments.thirdOf(TRIAL_UPDATES),
        lossFell: short(fall),
        betterRate: best.rate,
        lossFellThere: short(best.fall),
        gradientNorm: short(flow.gradientNorm.before),
      },
      why: "The gradient is there, but each update changes the weights by so little that the whole training ends beside where it began.",
      remedy: `${file.optimizer.name}({ learningRate: ${short(best.rate)} }); lrFinder() finds the best.`,
      fix: { compile: { optimizer: { learningRate: best.rate } } },
      picture: await trialsPicture(at, [file.learningRate, best.rate]),
    };
  },
};
