import type { TrainingModel } from "../model/events.js";
import { Model } from "../model/model.js";
import type { Picture } from "../viz/picture.js";
import type { Code } from "./causes.js";
import { type Diagnosis, short } from "./diagnosis.js";
import { allLayers } from "./model-case.js";
import { line, lines } from "./pictures/pictures.js";
import { prospects } from "./prospects.js";
import { fileOf } from "./trials/model-copy.js";

/** What doctor() sees in the numbers of a training: one diagnosis for each way in which it is untrainableCodes. */

/** A gradient this many times the median of those before it, and not one of them near: the recurrence has broken loose. */
export const BURST = 1e6;
/** Batches a gradient must be exactly zero before it is given up: one may be an accident of rectified units. */
export const ZERO_BATCHES = 8;

/** Epoch and batch, counted from 1. */
export type Place = { readonly epoch: number; readonly batch: number };

/** Gradient norms of the last batches before this one, and the number of batches over all epochs, this one included. */
export type Seen = { readonly norms: readonly number[]; readonly batches: number };

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

export const notFinite = (loss: number, seen: Seen, place: Place): Diagnosis => ({
  ...prospects.nan_in_loss,
  code: "nan_in_loss",
  severity: "error",
  title: `the loss is ${loss} in batch ${place.batch} of epoch ${place.epoch}`,
  evidence: {
    ...place,
    loss: String(loss),
    ...(seen.norms.length === 0 ? {} : { lastGradientNorm: short(seen.norms.at(-1)!) }),
    bound: "finite",
  },
  why: "Something grew without bound; one update with it makes every weight NaN.",
  remedy:
    "globalClipnorm: 1 in the optimizer and a learning rate ten times smaller. The weights are those this epoch began with.",
  fix: { compile: { optimizer: { globalClipnorm: 1 } } },
  picture: normsPicture(seen, Number.NaN, "the loss is no number"),
});

export const exploding = (norm: number, usual: number, seen: Seen, place: Place): Diagnosis => ({
  ...prospects.exploding_gradients,
  code: "exploding_gradients",
  severity: "error",
  title: `the gradient's norm is ${short(norm)} in batch ${place.batch} of epoch ${place.epoch}${Number.isFinite(usual) ? `, ${short(usual)} before` : ""}`,
  evidence: {
    ...place,
    gradientNorm: Number.isFinite(norm) ? short(norm) : String(norm),
    ...(Number.isFinite(usual) ? { medianBefore: short(usual) } : {}),
    bound: BURST,
  },
  why: "The recurrence multiplies the gradient at every step back; past the edge of stability it grows as a power of the sequence's length (Pascanu et al. 2013).",
  remedy: "globalClipnorm: 1 in the optimizer; tanh and orthogonal recurrent weights in the layer.",
  fix: { compile: { optimizer: { globalClipnorm: 1 } } },
  picture: normsPicture(seen, norm, "broken loose"),
});

/** Why there may be no gradient, by what the model is made of. */
function codeOfNoGradient(model: TrainingModel): Code {
  if (!(model instanceof Model)) return "vanishing_gradients";
  const layers = allLayers(fileOf(model, model.inputShape ?? []));
  const last = layers.at(-1)?.config;
  if (last?.activation === "softmax" && last.units === 1) return "softmax_with_one_unit";
  const kernels = model.getWeights().filter(({ name }) => name.endsWith("kernel"));
  if (kernels.some(({ data }) => data.every((weight) => weight === 0)))
    return "symmetric_or_zero_initialisation";
  const isRectified = layers.some(({ kind, config }) => kind === "dense" && config.activation === "relu");
  return isRectified ? "dying_relu" : "vanishing_gradients";
}

export const noGradient = (
  model: TrainingModel,
  norm: number,
  loss: number,
  seen: Seen,
  place: Place,
): Diagnosis => ({
  ...prospects[codeOfNoGradient(model)],
  code: codeOfNoGradient(model),
  severity: "error",
  title:
    norm === 0
      ? `the gradient has been exactly zero for ${ZERO_BATCHES} batches`
      : `no gradient has reached a recurrent layer by batch ${seen.batches}`,
  evidence: { ...place, gradientNorm: short(norm), batches: seen.batches, loss: short(loss), bound: 0 },
  why: "Weights without a gradient do not change: the loss does not depend on them, as behind a softmax over one unit, rectified units that are all off, or weights that are all zero.",
  remedy: "diagnose(model, { x, y }) names the layer.",
  picture: normsPicture(seen, norm, "given up"),
});
