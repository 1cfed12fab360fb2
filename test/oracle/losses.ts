import { logSoftmax } from "./activations.js";
import { constant, Variable } from "./autodiff.js";
import * as op from "./elementwise.js";
import { normalize } from "./regularizers.js";
import { gather, meanLast, reshape, sliceColumns, sum, sumLast } from "./structure.js";
import { type AnyTensor, shapeMismatch, sizeOf } from "./tensor64.js";

/** Keras's `epsilon()`: probabilities are clipped to [ε, 1 - ε] before a logarithm. */
const EPSILON = 1e-7;

export interface LossOptions {
  /** Cross-entropies: predictions are logits. */
  readonly fromLogits?: boolean;
  readonly labelSmoothing?: number;
  /** Huber: where the square turns into a line; default 1. */
  readonly delta?: number;
  /** Quantile loss: levels in (0, 1); the prediction's last axis holds, for each target, one value a level. */
  readonly quantiles?: readonly number[];
  /**
   * Gaussian likelihood: what the second half of the prediction's last axis holds. `softplus` (default): s with
   * σ² = softplus(s) + `varianceFloor`. `variance`: σ² itself, PyTorch's GaussianNLLLoss, which clamps it at the floor
   * for the value but not for the gradient.
   */
  readonly spread?: "softplus" | "variance";
  /** Default 1e-6. */
  readonly varianceFloor?: number;
}

/** One number a sample (and time step): shape `prediction.shape` without its last axis. */
type Loss = (y: Variable, p: Variable, options: LossOptions) => Variable;

const dropLast = (x: Variable): Variable => reshape(x, x.shape.slice(0, -1));
const averaged = (x: Variable): Variable => dropLast(meanLast(x));
const clipped = (p: Variable): Variable => op.clip(p, EPSILON, 1 - EPSILON);
const oneMinus = (x: Variable): Variable => op.sub(constant([], 1), x);

const huber: Loss = (y, p, { delta = 1 }) => {
  const e = op.abs(op.sub(y, p));
  const near = new Variable(
    e.shape,
    e.data.map((v) => (v <= delta ? 1 : 0)),
  );
  const far = op.addScalar(op.scale(e, delta), -0.5 * delta * delta);
  return averaged(op.select(near, op.scale(op.square(e), 0.5), far));
};

/** log cosh e = e + log(1 + exp(-2e)) - log 2, which does not overflow. */
const logCosh: Loss = (y, p) => {
  const e = op.sub(p, y);
  return averaged(op.addScalar(op.add(e, op.softplus(op.scale(e, -2))), -Math.LN2));
};

const meanAbsolutePercentageError: Loss = (y, p) => {
  const size = op.maximum(op.abs(y), constant([], EPSILON));
  return op.scale(averaged(op.abs(op.div(op.sub(y, p), size))), 100);
};

const binaryCrossentropy: Loss = (labels, p, { fromLogits = false, labelSmoothing = 0 }) => {
  const y = op.addScalar(op.scale(labels, 1 - labelSmoothing), 0.5 * labelSmoothing);
  // -y log σ(x) - (1 - y) log(1 - σ(x)) = log(1 + e^x) - x y
  if (fromLogits) return averaged(op.sub(op.softplus(p), op.mul(p, y)));
  const q = clipped(p);
  return averaged(op.negate(op.add(op.mul(y, op.log(q)), op.mul(oneMinus(y), op.log(oneMinus(q))))));
};

/** log of class probabilities: from logits, or from probabilities brought to sum 1 and clipped, as Keras does. */
const logProbabilities = (p: Variable, fromLogits: boolean): Variable =>
  fromLogits ? logSoftmax(p) : op.log(clipped(op.div(p, sumLast(p))));

const categoricalCrossentropy: Loss = (labels, p, { fromLogits = false, labelSmoothing = 0 }) => {
  const y = op.addScalar(op.scale(labels, 1 - labelSmoothing), labelSmoothing / p.extent(-1));
  return op.negate(dropLast(sumLast(op.mul(y, logProbabilities(p, fromLogits)))));
};

const sparseCategoricalCrossentropy: Loss = (y, p, { fromLogits = false }) => {
  const classes = p.extent(-1);
  const picked = Int32Array.from(y.data, (label, i) => {
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new RangeError(`oracle: label ${label} of ${classes} classes.`);
    }
    return i * classes + label;
  });
  return op.negate(gather(logProbabilities(p, fromLogits), p.shape.slice(0, -1), picked));
};

const poisson: Loss = (y, p) => averaged(op.sub(p, op.mul(y, op.log(op.addScalar(p, EPSILON)))));

const cosineSimilarity: Loss = (y, p) => op.negate(dropLast(sumLast(op.mul(normalize(y), normalize(p)))));

/** Koenker & Bassett 1978: max(q e, (q - 1) e) with e = y - p, averaged over targets and levels; flat at e = 0. */
const quantile: Loss = (y, p, { quantiles = [0.5] }) => {
  const levels = new Variable([quantiles.length], Float64Array.from(quantiles));
  const e = op.sub(reshape(y, [...y.shape, 1]), reshape(p, [...y.shape, quantiles.length]));
  const slope = (v: number, level: number): number => (v > 0 ? level : v < 0 ? level - 1 : 0);
  const pinball = op.binary(
    e,
    levels,
    (v, level) => v * slope(v, level),
    slope,
    (v) => v,
  );
  return averaged(reshape(pinball, p.shape));
};

/** ½ (log σ² + (y - μ)² / σ²), without the constant ½ log 2π. */
const gaussianNegativeLogLikelihood: Loss = (y, p, { spread = "softplus", varianceFloor = 1e-6 }) => {
  const targets = y.extent(-1);
  const half = (from: number): Variable => {
    const start = from * targets;
    return sliceColumns(p, start, start + targets);
  };
  const variance =
    spread === "softplus"
      ? op.addScalar(op.softplus(half(1)), varianceFloor)
      : op.unary(
          half(1),
          (v) => Math.max(v, varianceFloor),
          () => 1,
        );
  const surprise = op.div(op.square(op.sub(y, half(0))), variance);
  return averaged(op.scale(op.add(op.log(variance), surprise), 0.5));
};

const meanSquaredError: Loss = (y, p) => averaged(op.square(op.sub(y, p)));
const meanAbsoluteError: Loss = (y, p) => averaged(op.abs(op.sub(y, p)));

const logAbove = (x: Variable): Variable => op.log(op.addScalar(op.maximum(x, constant([], EPSILON)), 1));
const meanSquaredLogarithmicError: Loss = (y, p) => averaged(op.square(op.sub(logAbove(y), logAbove(p))));

/** Keras: labels that are all 0 or 1 count as -1 and 1. */
const slack = (y: Variable, p: Variable): Variable => {
  const binary = y.data.every((label) => label === 0 || label === 1);
  const signs = binary ? op.addScalar(op.scale(y, 2), -1) : y;
  return op.maximum(op.sub(constant([], 1), op.mul(signs, p)), constant([], 0));
};
const hinge: Loss = (y, p) => averaged(slack(y, p));
const squaredHinge: Loss = (y, p) => averaged(op.square(slack(y, p)));

const klDivergence: Loss = (labels, p) => {
  const y = op.clip(labels, EPSILON, 1);
  return dropLast(sumLast(op.mul(y, op.sub(op.log(y), op.log(op.clip(p, EPSILON, 1))))));
};

const LOSSES = {
  meanSquaredError,
  mse: meanSquaredError,
  meanAbsoluteError,
  mae: meanAbsoluteError,
  huber,
  logCosh,
  meanAbsolutePercentageError,
  mape: meanAbsolutePercentageError,
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
  poisson,
  cosineSimilarity,
  meanSquaredLogarithmicError,
  hinge,
  squaredHinge,
  klDivergence,
  quantile,
  gaussianNegativeLogLikelihood,
} satisfies Record<string, Loss>;

export type LossName = keyof typeof LOSSES;
export const LOSS_NAMES = Object.keys(LOSSES) as LossName[];

/** Elements in the label for each element of the prediction's last axis; null: one label a sample. */
function labelShape(name: LossName, prediction: readonly number[], options: LossOptions): number[] {
  const lead = prediction.slice(0, -1);
  const width = prediction.at(-1) ?? 1;
  if (name === "sparseCategoricalCrossentropy") return lead;
  if (name === "quantile") return [...lead, width / (options.quantiles?.length ?? 1)];
  if (name === "gaussianNegativeLogLikelihood") return [...lead, width / 2];
  return [...prediction];
}

/**
 * The loss of each sample (and time step), not yet reduced.
 * @param y labels; `[N]` serves where `[N, 1]` is expected and the reverse, since only the count is looked at.
 */
export function lossValues(
  name: LossName,
  y: AnyTensor,
  prediction: Variable,
  options: LossOptions = {},
): Variable {
  const shape = labelShape(name, prediction.shape, options);
  if (sizeOf(shape) !== y.data.length) throw shapeMismatch(`labels for ${name}`, y.shape, prediction.shape);
  return LOSSES[name](new Variable(shape, Float64Array.from(y.data)), prediction, options);
}

export interface Reduction {
  /** One weight a sample, or one a sample and time step. */
  readonly sampleWeight?: ArrayLike<number> | undefined;
  /** `[B, T]`, as many elements as there are losses. */
  readonly mask?: ArrayLike<number> | null | undefined;
}

/**
 * Keras's `sum_over_batch_size`: Σ w l / N, where N counts all losses, and not Σ w. With a mask, Σ m w l / Σ m; zero
 * when everything is masked.
 */
export function reduceLoss(values: Variable, { sampleWeight, mask }: Reduction = {}): Variable {
  const count = values.data.length;
  const weights = new Float64Array(count).fill(1);
  if (sampleWeight !== undefined) {
    const repeat = count / sampleWeight.length;
    if (!Number.isInteger(repeat)) {
      throw new RangeError(`oracle: ${sampleWeight.length} sample weights for ${count} losses.`);
    }
    for (let i = 0; i < count; i++) weights[i] = sampleWeight[Math.floor(i / repeat)]!;
  }
  if (!mask) return op.scale(sum(op.mul(values, new Variable(values.shape, weights))), 1 / count);
  if (mask.length !== count) throw new RangeError(`oracle: a mask of ${mask.length} for ${count} losses.`);
  let counted = 0;
  for (let i = 0; i < count; i++) {
    weights[i]! *= mask[i]!;
    counted += mask[i]!;
  }
  return op.scale(sum(op.mul(values, new Variable(values.shape, weights))), counted === 0 ? 0 : 1 / counted);
}
