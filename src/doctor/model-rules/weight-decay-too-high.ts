import type { Picture } from "../../viz/picture.js";
import { type Rule, short } from "../diagnosis.js";
import type { ModelCase } from "../model-case.js";
import { bars, line, lines } from "../pictures/pictures.js";
import { unlearnt } from "../trials/unlearnt.js";

const signLike: readonly string[] = ["adam", "adamw", "nadam", "lion", "rmsprop"];
/** Glorot's and orthogonal kernels begin with weights of about 0.15 and grow; held to 0.5 the bench's series are learnt five times worse than at 1. */
const NEEDED_WEIGHT = 0.5;
/** A step of gradient descent that takes a hundredth of the weights outruns any gradient that is left. */
const MAX_SHRINK_AN_UPDATE = 0.01;
/** A training that left less than this of the constant answer's loss has not been kept from learning. */
const LEARNT_SHARE = 0.5;

/**
 * Decay λ against steps of length η: each update takes ηλw and adds at most η (Adam and its kin), so weights end below 1/λ
 * (Loshchilov & Hutter 2019; the equilibrium is that of w ← w − ηλw + η).
 */
export const weightDecayTooHigh: Rule<ModelCase> = {
  code: "weight_decay_too_high",
  async look(at) {
    const { file, experiments } = at;
    const decay = Number(file.optimizer.config.weightDecay ?? (file.optimizer.name === "adamw" ? 0.004 : 0));
    const remedy = "weightDecay: 0.004 (the default of adamw), or none; regularizers l2 of 1e-4 to 1e-3.";
    if (decay > 0) {
      const reach = 1 / decay;
      const isSignLike = signLike.includes(file.optimizer.name);
      if (isSignLike ? reach <= NEEDED_WEIGHT : decay * file.learningRate > MAX_SHRINK_AN_UPDATE) {
        return {
          title: `weight decay ${decay} holds weights ${isSignLike ? `below ${short(reach)}` : "near zero"}`,
          evidence: {
            weightDecay: decay,
            learningRate: file.learningRate,
            shrinkPerUpdate: short(decay * file.learningRate),
            largestWeightReachable: short(reach),
            bound: isSignLike ? NEEDED_WEIGHT : MAX_SHRINK_AN_UPDATE,
          },
          why: "Each update takes weightDecay · learningRate of every weight before the gradient adds its step: where the pull is stronger than any step, weights collapse and the output with them, to the mean.",
          remedy,
          fix: { compile: { optimizer: { weightDecay: 0.004 } } },
          picture: weightUnderDecay(decay, file.learningRate, isSignLike),
        };
      }
    }
    // What regularizers ask for, beside the loss itself.
    const hasRegularizer = JSON.stringify(
      file.layers.map(({ config }) =>
        Object.keys(config).filter((key) => key.endsWith("egularizer") && config[key] != null),
      ),
    ).includes("egularizer");
    if (!hasRegularizer || experiments.constantLoss === null) return null;
    // A training has paid the price by then, with its weights: what it was at the start tells.
    const penalty = at.isTrained
      ? await experiments.with({ weights: "fresh" }, async (model) => model.executor("diagnose()").penalty())
      : experiments.copy.executor("diagnose()").penalty();
    const bound = 10 * experiments.constantLoss;
    if (!(penalty > bound) || (at.isTrained && (await unlearnt(at)) < LEARNT_SHARE)) return null;
    return {
      title: `the regularizers' price is ${short(penalty)}, ten times what a constant answer costs`,
      evidence: {
        penalty: short(penalty),
        constantLoss: short(experiments.constantLoss),
        bound: short(bound),
      },
      why: "The loss is nearly all penalty: the shortest way down is to take all weights to zero, and the data are not heard.",
      remedy,
      fix: {
        layers: [
          {
            kind: "weighted",
            set: { kernelRegularizer: null, recurrentRegularizer: null, biasRegularizer: null },
          },
        ],
      },
      picture: bars(
        "What the loss is made of",
        [
          ["price of the weights", penalty],
          ["constant answer", experiments.constantLoss],
        ],
        { x: `loss (${file.loss.name})`, y: "part", log: true, marks: { "bound: ten times": bound } },
      ),
    };
  },
};

const UPDATES = 300;

/** The largest a weight can become, update by update, where the gradient pulls it up each time as far as a step goes. */
function weightUnderDecay(decay: number, rate: number, isSignLike: boolean): Picture {
  const path = (lambda: number): number[] => {
    let weight = isSignLike ? 0 : 1;
    return Array.from({ length: UPDATES + 1 }, () => {
      const now = weight;
      weight += (isSignLike ? rate : 0) - rate * lambda * weight;
      return now;
    });
  };
  return lines(
    isSignLike ? "How large a weight can become" : "What decay alone leaves of a weight",
    [line(`weight decay ${short(decay)}`, path(decay)), line("weight decay 0.004", path(0.004))],
    {
      x: "update",
      y: isSignLike ? "largest weight reachable" : "share of the weight left",
      marks: isSignLike ? [{ label: `needed: ${NEEDED_WEIGHT}`, y: NEEDED_WEIGHT }] : [],
    },
  );
}
