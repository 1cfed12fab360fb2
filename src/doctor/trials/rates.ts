import type { Picture } from "../../viz/picture.js";
import { short } from "../diagnosis.js";
import type { ModelCase } from "../model-case.js";
import { line, lines } from "../pictures/pictures.js";
import { type Trial, Unaffordable } from "./experiments.js";
import type { ModelFile } from "./model-copy.js";

/** Updates a trial makes: enough for a good rate to show itself, too few for a bad one to recover by chance. */
export const TRIAL_UPDATES = 120;
/** Optimizers that move each weight by about the rate, whatever its gradient (Kingma & Ba 2015, section 2.1). */
export const adaptive: readonly string[] = ["adam", "adamw", "nadam", "rmsprop", "lion"];

/** The loss a trial ended with; Infinity where it broke. */
export const outcome = ({ after, losses }: Trial): number =>
  Number.isFinite(after) && losses.every(Number.isFinite)
    ? Math.max(after, Math.min(losses.at(-1)!, after))
    : Infinity;

/** The rate Keras would have taken. */
export const usualRate = ({ optimizer }: ModelFile): number => (optimizer.name === "sgd" ? 0.01 : 0.001);

/** Rates to try beside a model's own: the optimizer's usual rate, first, where that lies beyond its multiples, and those. */
export function otherRates({ file }: ModelCase, factors: readonly number[]): number[] {
  const rates = factors.map((factor) => file.learningRate * factor);
  const usual = usualRate(file);
  const [least, most] = [Math.min(...rates), Math.max(...rates)];
  const isFurther = factors[0]! < 1 ? usual < least : usual > most;
  return isFurther ? [usual, ...rates] : rates;
}

/** A trial at a rate; fresh where the model's own weights are already the result of a training. */
export function trialAt(
  { experiments, file, isTrained }: ModelCase,
  rate = file.learningRate,
): Promise<Trial> {
  return experiments.trial(`rate ${rate}`, {
    weights: isTrained ? "fresh" : "current",
    optimizer: { learningRate: rate },
    updates: experiments.thirdOf(TRIAL_UPDATES),
  });
}

/**
 * Trials at some rates, as many as can be afforded: what the first have shown is not thrown away.
 * @param isEnough whether a trial came so far that others need not be asked.
 */
export async function trialsAt(
  at: ModelCase,
  rates: readonly number[],
  isEnough: (trial: Trial) => boolean = () => false,
): Promise<{ rate: number; trial: Trial }[]> {
  const made: { rate: number; trial: Trial }[] = [];
  for (const rate of rates) {
    try {
      const trial = await trialAt(at, rate);
      made.push({ rate, trial });
      if (isEnough(trial)) break;
    } catch (error) {
      if (error instanceof Unaffordable && made.length > 0) break;
      throw error;
    }
  }
  return made;
}

/** How trainings at two rates go, batch by batch; one that breaks ends there. */
export async function trialsPicture(at: ModelCase, rates: readonly number[]): Promise<Picture> {
  const trials: Trial[] = [];
  for (const rate of rates) trials.push(await trialAt(at, rate));
  const named = rates.map((rate, i) => {
    const own = rate === at.file.learningRate ? " (as it is)" : "";
    return line(`rate ${short(rate)}${own}`, trials[i]!.batchLosses, { first: 1 });
  });
  return lines("The same updates of copies at another learning rate", named, {
    x: "update",
    y: `batch loss (${at.file.loss.name})`,
    log: trials.every(({ batchLosses }) => batchLosses.every((loss) => !(loss <= 0))),
    marks: [{ label: "a constant answer's loss", y: at.experiments.constantLoss! }],
  });
}
