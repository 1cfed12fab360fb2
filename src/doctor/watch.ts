import { modelOf } from "../callbacks/monitor.js";
import type { Callback, History, TrainingModel } from "../model/events.js";
import { type GradientFlow, isRecurrentFlow } from "../model/flow.js";
import { Model } from "../model/model.js";
import { Sequential } from "../model/sequential.js";
import { median } from "../numerics/statistics.js";
import { numberIn, refuseUnknown } from "../options.js";
import { openBlock } from "../recipe/open-block.js";
import type { NamedTensor, TensorLike } from "../tensor.js";
import { diagnose } from "./diagnose.js";
import type { Several } from "./diagnose-options.js";
import { type Diagnosis, worstFirst } from "./diagnosis.js";
import { findNonFinite, type NonFinitePlace, placeEvidence } from "./evidence/find-non-finite.js";
import { openWindows } from "./evidence/window-source.js";
import { Experiments } from "./trials/experiments.js";
import { fileOf } from "./trials/model-copy.js";
import { BURST, exploding, noGradient, notFinite, type Place, ZERO_BATCHES } from "./watched-faults.js";

/** Options of `doctor`. */
export interface DoctorOptions {
  /** What is trained on: with it a stop is explained by a whole diagnosis, not only by what was watched. Default: none. */
  readonly x?: TensorLike | Several;
  /** Labels of `x`. Default: none. */
  readonly y?: TensorLike | Several;
  /** `[x, y]` that is not trained on. Default: none. */
  readonly validationData?: readonly [TensorLike | Several, TensorLike | Several];
  /** 1 (default): one line on the console when training is stopped. 0: silent. */
  readonly verbose?: 0 | 1;
}

/** What `doctor` makes: a callback that watches a training. */
export interface Doctor extends Callback {
  /** Why training was stopped, worst first; empty while nothing is untrainable. */
  readonly diagnoses: readonly Diagnosis[];
  /** Index of the batch after which training was stopped, counted over all epochs from 0. */
  readonly stoppedAt: number | undefined;
}

const REMEMBERED = 64;
const LEAP = 100;
/** Weights are kept from before each of the first batches, and while the loss is so many times its lowest. */
const FIRST_BATCHES = 4;
const RESTLESS = 10;
/** At these batches one step's flow is recorded: whether any gradient reaches the recurrent layers. */
const LOOKS: readonly number[] = [8, 16, 24];
/** What is said of a result, which a training that was stopped and put back to an earlier place has not got. */
const ofResults: readonly string[] = ["beaten_by_baseline", "underfitting_stopped_early", "overfitting"];

/** Numbers of the training under way. */
class Watched {
  diagnoses: readonly Diagnosis[] = [];
  stoppedAt: number | undefined;
  batches = 0;
  epoch = 0;
  zeros = 0;
  /** Looks at which no gradient reached a recurrent layer. */
  unreached = 0;
  norms: number[] = [];
  lowest = Infinity;
  lastLoss = 0;
  /** Weights as an epoch began with them, and as a batch did, as long as they are kept. */
  good: NamedTensor[] | undefined;
  before: NamedTensor[] | undefined;
  endLook: (() => void) | undefined;
  readonly history: History = { epoch: [], history: { loss: [] } };

  get isRestless(): boolean {
    return this.batches < FIRST_BATCHES || this.lastLoss > RESTLESS * this.lowest;
  }
}

/** Whether some recurrent layer is in a flow, and no weight of any of them gets a gradient. */
function isUnreached({ layers }: GradientFlow): boolean {
  const recurrent = layers.filter(isRecurrentFlow);
  return (
    recurrent.length > 0 &&
    recurrent.every(({ weights }) => weights.every(({ gradientNorm }) => gradientNorm === 0))
  );
}

/**
 * Watches a training and ends it where it is untrainable: a loss or gradient that is no number or breaks loose, a gradient
 * that is exactly zero or never reaches a recurrent layer. Weights are put back to the last ones of an epoch's beginning,
 * so that the model is left with numbers; `diagnoses` says why it was stopped.
 *
 * Looks at numbers `fit` has anyway (the batch's loss, the gradient's norm), and at the gradient flow of three batches: no
 * pass of its own before it stops.
 *
 * @throws ConfigError for an unknown option.
 *
 * @example
 * const watch = doctor({ x, y });
 * await model.fit(x, y, { epochs: 50, callbacks: [watch] });
 * for (const { title, remedy } of watch.diagnoses) console.log(title, remedy);
 */
export function doctor(options: DoctorOptions = {}): Doctor {
  const where = "doctor()";
  refuseUnknown(where, options, ["x", "y", "validationData", "verbose"]);
  const isLoud = numberIn(where, "verbose", options.verbose ?? 1, { min: 0, max: 1, integer: true }) === 1;
  let at = new Watched();

  /** What the data and short trainings of copies say of the cause; nothing where no data were given. */
  const causes = async (model: TrainingModel): Promise<Diagnosis[]> => {
    const { x, y, validationData } = options;
    if (x === undefined || y === undefined || !(model instanceof Model)) return [];
    const found = await diagnose(model, {
      x,
      y,
      ...(validationData === undefined ? {} : { validationData }),
      ...(at.history.epoch.length > 0 ? { history: at.history } : {}),
    });
    return found.filter(({ code }) => !ofResults.includes(code));
  };

  const stop = async (seen: Diagnosis, { epoch, batch }: Place): Promise<void> => {
    const model = modelOf(where, callback);
    model.stopTraining = true;
    at.stoppedAt = at.batches - 1;
    const isBroken = seen.code === "nan_in_loss" || seen.code === "exploding_gradients";
    const { x, y } = options;
    const place =
      seen.code === "nan_in_loss" && at.before !== undefined && x !== undefined && y !== undefined
        ? // Of a chain alone, which takes one x and one y.
          await placeOfBreak(model, at.before, x as TensorLike, y as TensorLike)
        : null;
    const backTo = at.good ?? at.before;
    if (isBroken && backTo !== undefined) model.setWeights(backTo, { allowNonFinite: true });
    const found = await causes(model);
    const own = place === null ? seen : { ...seen, evidence: { ...seen.evidence, ...placeEvidence(place) } };
    // Of a gradient that is zero only the symptom was seen; the data tell the cause.
    const isTold = found.some(({ code }) => code === own.code) || (!isBroken && found.length > 0);
    at.diagnoses = worstFirst(isTold ? found : [...found, own]);
    const [worst] = at.diagnoses;
    if (isLoud)
      console.warn(
        `${where}: training stopped after batch ${batch} of epoch ${epoch}: ${worst!.title}. ${worst!.remedy}`,
      );
  };

  const callback: Doctor = {
    get diagnoses() {
      return at.diagnoses;
    },
    get stoppedAt() {
      return at.stoppedAt;
    },
    onTrainBegin() {
      at.endLook?.();
      at = new Watched();
    },
    onTrainEnd() {
      at.endLook?.();
    },
    onEpochBegin(index) {
      at.epoch = index;
      const weights = modelOf(where, callback).getWeights();
      // A sum is finite where all are; one that overflows costs a restore point, no more.
      if (weights.every(({ data }) => isFiniteSum(data))) at.good = weights;
    },
    logNames: [],
    onEpochEnd(index, { loss }) {
      if (loss === undefined) return;
      at.history.epoch.push(index);
      at.history.history.loss!.push(loss);
    },
    onTrainBatchBegin() {
      const model = modelOf(where, callback);
      if (at.isRestless) at.before = model.getWeights();
      if (!LOOKS.includes(at.batches)) return;
      const training = at;
      training.endLook = model.watchFlow?.((flow) => {
        if (isUnreached(flow)) training.unreached++;
      });
    },
    onTrainBatchEnd(batch, logs) {
      at.endLook?.();
      at.endLook = undefined;
      at.batches++;
      const model = modelOf(where, callback);
      const loss = model.batchLoss ?? logs.loss ?? 0;
      const { optimizer } = model;
      const norm =
        "lastGradientNorm" in optimizer
          ? (optimizer as { lastGradientNorm: { before: number } }).lastGradientNorm.before
          : Number.NaN;
      const { norms, batches } = at;
      const place = { epoch: at.epoch + 1, batch: batch + 1 };
      const seen = { norms, batches };
      if (!Number.isFinite(loss)) return stop(notFinite(loss, seen, place), place);
      at.lastLoss = loss;
      at.lowest = Math.min(at.lowest, loss);
      // Before the first update there is no norm yet.
      if (Number.isNaN(norm) && norms.length === 0) return;
      // The median costs more than all the rest: it is asked for where the norm has leapt.
      const hasLeapt = norms.length >= 4 && !(norm <= LEAP * norms.at(-1)!);
      const usual = hasLeapt ? median(norms) : Infinity;
      if (!Number.isFinite(norm) || norm > BURST * Math.max(usual, 1e-6))
        return stop(exploding(norm, usual, seen, place), place);
      at.zeros = norm === 0 ? at.zeros + 1 : 0;
      if (at.zeros >= ZERO_BATCHES || at.unreached >= LOOKS.length)
        return stop(noGradient(model, norm, loss, seen, place), place);
      norms.push(norm);
      if (norms.length > REMEMBERED) norms.shift();
      return undefined;
    },
  };
  return callback;
}

function isFiniteSum(data: ArrayLike<number>): boolean {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]!;
  return Number.isFinite(sum);
}

/** Where the loss first is no number with these weights. null where it is one. */
async function placeOfBreak(
  model: TrainingModel,
  weights: readonly NamedTensor[],
  x: TensorLike,
  y: TensorLike,
): Promise<NonFinitePlace | null> {
  if (!(model instanceof Sequential)) return null;
  const [inputs, labels] = [openBlock(x), openBlock(y)];
  const file = { ...fileOf(model, inputs.shape.slice(1)), weights };
  const experiments = new Experiments(file, inputs, labels, openWindows(x, y), null);
  try {
    return await findNonFinite(experiments);
  } finally {
    experiments.dispose();
  }
}
