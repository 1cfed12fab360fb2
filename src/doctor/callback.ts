import { modelOf } from "../callbacks/monitor.js";
import type { Callback, History } from "../model/events.js";
import { Sequential } from "../model/sequential.js";
import { numberIn, refuseUnknown } from "../options.js";
import type { NamedTensor, TensorLike } from "../tensor.js";
import type { Picture } from "../viz/picture.js";
import { diagnose } from "./diagnose.js";
import { type Diagnosis, short } from "./diagnosis.js";
import { line, lines } from "./pictures.js";
import { median } from "./statistics.js";

export interface DoctorOptions {
  /** What is trained on: with it a stop is explained by a whole diagnosis, not only by what was watched. */
  readonly x?: TensorLike;
  readonly y?: TensorLike;
  readonly validationData?: readonly [TensorLike, TensorLike];
  /** 1 (default): one line on the console when training is stopped. 0: silent. */
  readonly verbose?: 0 | 1;
}

export interface Doctor extends Callback {
  /** Why training was stopped, worst first; empty while nothing is hopeless. */
  readonly diagnoses: readonly Diagnosis[];
  /** Batch, counted over all epochs from 0, after which training was stopped. */
  readonly stoppedAt: number | undefined;
}

/** A gradient this many times the median of those before it, and not one of them near: the recurrence has broken loose. */
const BURST = 1e6;
/** Batches a gradient must be exactly zero before it is given up: one may be an accident of rectified units. */
const ZERO_BATCHES = 8;
const REMEMBERED = 64;
const LEAP = 100;

/**
 * Watches a training and ends it where it is hopeless: a loss or gradient that is no number or breaks loose, a gradient
 * that is exactly zero. Weights are put back to the last ones of an epoch's beginning, so that the model is left with
 * numbers; `diagnoses` says why it was stopped.
 *
 * Looks at numbers `fit` has anyway (the batch's loss, the gradient's norm): no pass of its own before it stops.
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
  let diagnoses: readonly Diagnosis[] = [];
  let stoppedAt: number | undefined;
  let batches = 0;
  let epoch = 0;
  let zeros = 0;
  let norms: number[] = [];
  let good: NamedTensor[] | undefined;
  let history: History = { epoch: [], history: { loss: [] } };

  const stop = async (watched: Diagnosis): Promise<void> => {
    const model = modelOf(where, callback);
    model.stopTraining = true;
    stoppedAt = batches;
    if (watched.code !== "zero_gradient" && good !== undefined) model.setWeights(good);
    let found: Diagnosis[] = [];
    if (options.x !== undefined && options.y !== undefined && model instanceof Sequential) {
      const { x, y, validationData } = options;
      found = await diagnose(model, {
        x,
        y,
        ...(validationData === undefined ? {} : { validationData }),
        ...(history.epoch.length > 0 ? { history } : {}),
      });
    }
    diagnoses = found.some(({ code }) => code === watched.code) ? found : [...found, watched];
    const [worst] = diagnoses;
    if (isLoud)
      console.warn(
        `${where}: training stopped after batch ${batches} of epoch ${epoch + 1}: ${worst!.title}. ${worst!.remedy}`,
      );
  };

  const callback: Doctor = {
    get diagnoses() {
      return diagnoses;
    },
    get stoppedAt() {
      return stoppedAt;
    },
    onTrainBegin() {
      [diagnoses, stoppedAt, batches, zeros, norms, good] = [[], undefined, 0, 0, [], undefined];
      history = { epoch: [], history: { loss: [] } };
    },
    onEpochBegin(index) {
      epoch = index;
      const weights = modelOf(where, callback).getWeights();
      // A sum is finite where all are; one that overflows costs a restore point, no more.
      if (weights.every(({ data }) => isFiniteSum(data))) good = weights;
    },
    onEpochEnd(index, { loss }) {
      if (loss === undefined) return;
      history.epoch.push(index);
      history.history.loss!.push(loss);
    },
    onTrainBatchEnd(batch, logs) {
      batches++;
      const model = modelOf(where, callback);
      const loss = model.batchLoss ?? logs.loss ?? 0;
      const { optimizer } = model;
      const norm =
        "lastGradientNorm" in optimizer
          ? (optimizer as { lastGradientNorm: { before: number } }).lastGradientNorm.before
          : Number.NaN;
      const place = { epoch: epoch + 1, batch };
      if (!Number.isFinite(loss)) return stop(notFinite(loss, { norms, batches }, place));
      // Before the first update there is no norm yet.
      if (Number.isNaN(norm) && norms.length === 0) return;
      // The median costs more than all the rest: it is asked for where the norm has leapt.
      const hasLeapt = norms.length >= 4 && !(norm <= LEAP * norms.at(-1)!);
      const usual = hasLeapt ? median(norms) : Infinity;
      if (!Number.isFinite(norm) || norm > BURST * Math.max(usual, 1e-6))
        return stop(brokenLoose(norm, usual, { norms, batches }, place));
      zeros = norm === 0 ? zeros + 1 : 0;
      if (zeros >= ZERO_BATCHES) return stop(noGradient(loss, { norms, batches }, place));
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

type Place = { readonly epoch: number; readonly batch: number };

/** Gradient norms of the last batches before this one, and the number of batches over all epochs, this one included. */
type Seen = { readonly norms: readonly number[]; readonly batches: number };

/** The gradient's norm up to the batch that ended the training, that one included. */
const normsPicture = ({ norms, batches }: Seen, norm: number, what: string): Picture =>
  lines(
    "Gradient norm while training",
    [line("norm before clipping", [...norms, norm], { first: batches - norms.length })],
    {
      x: "batch, over all epochs",
      y: "‖dL/dw‖",
      log: norm !== 0 && norms.every((before) => before > 0),
      marks: [{ label: `${what}: batch ${batches}`, x: batches }],
    },
  );

const notFinite = (loss: number, seen: Seen, place: Place): Diagnosis => ({
  code: "nan_in_loss",
  severity: "error",
  title: `the loss is ${loss} in batch ${place.batch} of epoch ${place.epoch}`,
  evidence: {
    ...place,
    loss: String(loss),
    lastGradientNorm: short(seen.norms.at(-1) ?? Number.NaN),
    bound: "finite",
  },
  why: "Something grew without bound; one update with it makes every weight NaN.",
  remedy:
    "globalClipnorm: 1 in the optimizer and a learning rate ten times smaller. The weights are those this epoch began with.",
  fix: { compile: { optimizer: { globalClipnorm: 1 } } },
  picture: normsPicture(seen, Number.NaN, "the loss is no number"),
});

const brokenLoose = (norm: number, usual: number, seen: Seen, place: Place): Diagnosis => ({
  code: "exploding_gradients",
  severity: "error",
  title: `the gradient's norm is ${short(norm)} in batch ${place.batch} of epoch ${place.epoch}, ${short(usual)} before`,
  evidence: { ...place, gradientNorm: short(norm), medianBefore: short(usual), bound: BURST },
  why: "The recurrence multiplies the gradient at every step back; past the edge of stability it grows as a power of the sequence's length (Pascanu et al. 2013).",
  remedy: "globalClipnorm: 1 in the optimizer; tanh and orthogonal recurrent weights in the layer.",
  fix: { compile: { optimizer: { globalClipnorm: 1 } } },
  picture: normsPicture(seen, norm, "broken loose"),
});

const noGradient = (loss: number, seen: Seen, place: Place): Diagnosis => ({
  code: "zero_gradient",
  severity: "error",
  title: `the gradient has been exactly zero for ${ZERO_BATCHES} batches`,
  evidence: { ...place, gradientNorm: 0, batches: ZERO_BATCHES, loss: short(loss), bound: 0 },
  why: "No weight changes any more: the loss does not depend on them, as behind a softmax over one unit, rectified units that are all off, or weights that are all zero.",
  remedy: "diagnose(model, { x, y }) names the layer.",
  picture: normsPicture(seen, 0, "given up"),
});
