import { exp, log } from "../elementary.js";
import { ConfigError, StateError } from "../errors.js";
import type { Callback } from "../model/events.js";
import { numberIn, refuseUnknown } from "../options.js";
import type { NamedTensor } from "../tensor.js";
import { drawLearningRates } from "./lr-finder-chart.js";
import { modelOf } from "./monitor.js";

/** Options of `lrFinder`. */
export interface LrFinderOptions {
  /** Rate of the first update. Default 1e-7. */
  readonly minLearningRate?: number;
  /** Rate of the last update. Default 1. */
  readonly maxLearningRate?: number;
  /** Updates, each with a rate higher by the same factor. Default 100. */
  readonly steps?: number;
}

/** What a range test has found. */
export interface LearningRateRange {
  /** The rate of each update made. */
  readonly learningRates: readonly number[];
  /** The loss of each update's batch, before the update. */
  readonly losses: readonly number[];
  /** The losses without most of their noise: means over neighbours. */
  readonly smoothed: readonly number[];
  /** The rate at which the loss falls fastest; undefined where it falls nowhere. */
  readonly suggestion: number | undefined;
  /** The curve as a picture, the rate on a logarithmic axis. The same result, the same text. */
  toSVG(): string;
}

/** What `lrFinder` makes: a callback that holds the curve it measured. */
export interface LrFinder extends Callback {
  /** @throws StateError before a `fit` with this callback has ended. */
  readonly result: LearningRateRange;
}

/** The loss has diverged where its running mean is so many times its smallest (Smith 2017 stops by eye; fastai by 4). */
const DIVERGENCE = 4;
/** Of the running mean: how much of the one before is kept. */
const MEMORY = 0.9;

/** Neighbours on each side that a loss is averaged with, as a share of the test. */
const REACH = 1 / 12;

/** Means over up to `reach` neighbours on both sides, fewer near the ends: smooth, and no later than the losses. */
function smooth(losses: readonly number[], reach: number): number[] {
  return losses.map((_, i) => {
    const near = Math.min(reach, i, losses.length - 1 - i);
    const window = losses.slice(i - near, i + near + 1);
    return window.reduce((sum, loss) => sum + loss, 0) / window.length;
  });
}

/**
 * Where the losses fall fastest, a step of the test being a step of log(rate): the least slope of a line through each
 * loss and its `reach` neighbours on both sides. Only where there are so many (the ends would be noise), and only until
 * the smoothed curve is lowest.
 */
function steepest(losses: readonly number[], smoothed: readonly number[], reach: number): number | undefined {
  let best: number | undefined;
  let bestSlope = 0;
  const end = Math.min(smoothed.indexOf(Math.min(...smoothed)), losses.length - 1 - reach);
  for (let i = reach; i <= end; i++) {
    let slope = 0;
    for (let k = 1; k <= reach; k++) slope += k * (losses[i + k]! - losses[i - k]!);
    if (slope < bestSlope) [best, bestSlope] = [i, slope];
  }
  return best;
}

/**
 * Finds a learning rate: a range test (Smith 2017, «Cyclical learning rates», section 3.3). The rate rises by the same
 * factor with each batch; the test ends after `steps` batches or when the loss has diverged, to four times its smallest
 * running mean or to NaN. It suggests the rate at which the loss falls fastest.
 *
 * At the end weights and optimizer are brought back to where they were, so that the `fit` that follows is as if there
 * had been none before it. (States of stateful layers are not: call `resetStates()`.) Give that fit enough epochs for
 * `steps` batches; the test stops it.
 *
 * @throws ConfigError for options out of range, when fit's epochs hold fewer than `steps` batches, and for an optimizer
 *   whose rate a schedule owns.
 *
 * @example
 * const finder = lrFinder({ steps: 200 });
 * await model.fit(x, y, { epochs: 100, callbacks: [finder] });
 * model.compile({ optimizer: adam({ learningRate: finder.result.suggestion ?? 1e-3 }), loss: "mse" });
 */
export function lrFinder(options: LrFinderOptions = {}): LrFinder {
  const where = "lrFinder()";
  refuseUnknown(where, options, ["minLearningRate", "maxLearningRate", "steps"]);
  const lowest = numberIn(where, "minLearningRate", options.minLearningRate ?? 1e-7, { above: 0 });
  const highest = numberIn(where, "maxLearningRate", options.maxLearningRate ?? 1, { above: lowest });
  const steps = numberIn(where, "steps", options.steps ?? 100, { min: 5, integer: true });
  const growth = log(highest / lowest) / (steps - 1);
  const rateOf = (step: number): number => (step === steps - 1 ? highest : lowest * exp(growth * step));

  let learningRates: number[] = [];
  let losses: number[] = [];
  let running = 0;
  let smallest = Infinity;
  let result: LearningRateRange | undefined;
  let restore: (() => void) | undefined;

  const restorePoint = (): (() => void) => {
    const model = modelOf(where, callback);
    const weights: NamedTensor[] = model
      .getWeights()
      .map(({ name, shape, data }) => ({ name, shape, data: data.slice() }));
    const optimizer = model.optimizer.restorePoint?.();
    return () => {
      model.setWeights(weights, { allowNonFinite: true });
      optimizer?.();
    };
  };

  const conclude = (): LearningRateRange => {
    const reach = Math.max(1, Math.min(Math.round(steps * REACH), Math.floor((losses.length - 1) / 2)));
    const smoothed = smooth(losses, reach);
    const at = steepest(losses, smoothed, reach);
    const found = {
      learningRates,
      losses,
      smoothed,
      suggestion: at === undefined ? undefined : learningRates[at]!,
    };
    return { ...found, toSVG: () => drawLearningRates(found) };
  };

  const callback: LrFinder = {
    get result() {
      if (result !== undefined) return result;
      throw new StateError(
        `${where}: there is no result yet. Run model.fit(x, y, { epochs, callbacks: [finder] }) first.`,
      );
    },
    onTrainBegin() {
      const { epochs = 0, steps: perEpoch = null } = callback.params ?? {};
      if (perEpoch !== null && epochs * perEpoch < steps) {
        throw new ConfigError(
          `${where}: ${steps} steps are wanted, but fit has ${epochs} epochs of ${perEpoch} batches. Give it epochs: ${Math.ceil(steps / perEpoch)} (the test ends by itself), or fewer steps here.`,
          { received: epochs * perEpoch, expected: steps },
        );
      }
      learningRates = [];
      losses = [];
      running = 0;
      smallest = Infinity;
      result = undefined;
      restore = restorePoint();
    },
    onTrainBatchBegin() {
      modelOf(where, callback).optimizer.learningRate = rateOf(losses.length);
    },
    onTrainBatchEnd(_batch, logs) {
      const model = modelOf(where, callback);
      const loss = model.batchLoss ?? logs.loss ?? Number.NaN;
      if (!Number.isFinite(loss)) {
        model.stopTraining = true;
        return;
      }
      learningRates.push(rateOf(losses.length));
      losses.push(loss);
      running = MEMORY * running + (1 - MEMORY) * loss;
      // Like Adam's moments, the mean begins at zero and is corrected for it.
      const mean = running / (1 - exp(log(MEMORY) * losses.length));
      smallest = Math.min(smallest, mean);
      if (losses.length === steps || mean > DIVERGENCE * smallest) model.stopTraining = true;
    },
    onTrainEnd() {
      restore?.();
      restore = undefined;
      result = conclude();
    },
  };
  return callback;
}
