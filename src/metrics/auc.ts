import { exp, log } from "../elementary.js";
import { ConfigError, told } from "../errors.js";
import { flag, numberIn, oneOf, refuseUnknown } from "../options.js";
import { forEachLabelled, nameIn } from "./confusion.js";
import type { Metric, MetricFactory } from "./metric.js";

const CURVES = ["ROC", "PR"] as const;
const SUMMATIONS = ["interpolation", "minoring", "majoring"] as const;

/** Options of `auc`. */
export interface AucOptions {
  /** Thresholds the curve is drawn with, 0 and 1 among them. Default 200. */
  readonly numThresholds?: number;
  /** `ROC` (default): recall over the false positive rate; `PR`: precision over recall. */
  readonly curve?: "ROC" | "PR";
  /** How the area between two points is taken: `interpolation` (default), from below, or from above. */
  readonly summationMethod?: "interpolation" | "minoring" | "majoring";
  /** Thresholds of one's own in [0, 1], instead of `numThresholds`. Default: evenly spaced. */
  readonly thresholds?: readonly number[];
  /** The mean of each label's own area instead of one area over all. Default false. */
  readonly multiLabel?: boolean;
  /** A weight for each label, with `multiLabel`. Default: all equal. */
  readonly labelWeights?: readonly number[];
  /** Predictions are logits, to be put through a sigmoid. Default false. */
  readonly fromLogits?: boolean;
  /** Key in the logs. Default `auc`. */
  readonly name?: string;
}

/** Weighted numbers of true and false rows above each threshold, and of all. */
interface Counts {
  hits: Float64Array;
  wrong: Float64Array;
  positives: number;
  negatives: number;
}

const quotient = (a: number, b: number): number => (b === 0 ? 0 : a / b);

/** Keras's interpolation between points of a precision-recall curve (Davis & Goadrich 2006). */
function interpolated({ hits, wrong, positives }: Counts): number {
  let area = 0;
  for (let i = 0; i + 1 < hits.length; i++) {
    const [above, below] = [hits[i]! + wrong[i]!, hits[i + 1]! + wrong[i + 1]!];
    const slope = quotient(hits[i]! - hits[i + 1]!, Math.max(above - below, 0));
    const intercept = hits[i + 1]! - slope * below;
    const ratio = above > 0 && below > 0 ? above / below : 1;
    area += quotient(slope * (hits[i]! - hits[i + 1]! + intercept * log(ratio)), positives);
  }
  return area;
}

/**
 * Area under a curve of a classifier of 0 and 1, by a Riemann sum over thresholds. Source: Keras's AUC, key `auc`, with
 * its thresholds and its sums. Predictions are probabilities; labels as wide, or class indices, taken as one-hot.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * model.compile({ loss: "binaryCrossentropy", metrics: [auc(), auc({ curve: "PR", name: "auc_pr" })] });
 */
export function auc(options: AucOptions = {}): MetricFactory {
  const where = "auc()";
  refuseUnknown(where, options, [
    "numThresholds",
    "curve",
    "summationMethod",
    "thresholds",
    "multiLabel",
    "labelWeights",
    "fromLogits",
    "name",
  ] satisfies (keyof AucOptions)[]);
  const { thresholds: own, labelWeights } = options;
  const number = numberIn(where, "numThresholds", options.numThresholds ?? 200, { min: 2, integer: true });
  const curve = oneOf(where, "curve", options.curve ?? "ROC", CURVES);
  const summation = oneOf(where, "summationMethod", options.summationMethod ?? "interpolation", SUMMATIONS);
  const fromLogits = flag(where, "fromLogits", options.fromLogits ?? false);
  const multiLabel = flag(where, "multiLabel", options.multiLabel ?? false);
  if (own !== undefined && !Array.isArray(own)) {
    throw new ConfigError(`${where}: \`thresholds\` is ${told(own)}, expected numbers from 0 to 1.`, {
      received: own,
    });
  }
  if (own !== undefined && options.numThresholds !== undefined) {
    throw new ConfigError(`${where}: \`thresholds\` and \`numThresholds\` exclude each other. Give one.`);
  }
  if (labelWeights !== undefined && !multiLabel) {
    throw new ConfigError(`${where}: \`labelWeights\` needs multiLabel: true.`, { received: labelWeights });
  }
  for (const weight of labelWeights ?? []) numberIn(where, "labelWeights", weight, { min: 0 });
  const inner =
    own === undefined
      ? Array.from({ length: number - 2 }, (_, i) => (i + 1) / (number - 1))
      : own
          .map((threshold) => numberIn(where, "thresholds", threshold, { min: 0, max: 1 }))
          .sort((a, b) => a - b);
  // Keras's ends: above all predictions and below all, by its epsilon.
  const thresholds = Float32Array.from([-1e-7, ...inner, 1 + 1e-7]);
  const name = nameIn(where, options.name, "auc");

  const areaOf = (counts: Counts): number => {
    if (curve === "PR" && summation === "interpolation") return interpolated(counts);
    const { hits, wrong, positives, negatives } = counts;
    const point = (i: number): [x: number, y: number] => {
      const found = quotient(hits[i]!, positives);
      return curve === "ROC"
        ? [quotient(wrong[i]!, negatives), found]
        : [found, quotient(hits[i]!, hits[i]! + wrong[i]!)];
    };
    let area = 0;
    let [x, y] = point(0);
    for (let i = 1; i < thresholds.length; i++) {
      const [nextX, nextY] = point(i);
      const height =
        summation === "interpolation"
          ? (y + nextY) / 2
          : summation === "minoring"
            ? Math.min(y, nextY)
            : Math.max(y, nextY);
      area += (x - nextX) * height;
      [x, y] = [nextX, nextY];
    }
    return area;
  };

  const create = (): Metric => {
    let labels: Counts[] = [];
    const countsOf = (label: number): Counts => {
      labels[label] ??= {
        hits: new Float64Array(thresholds.length),
        wrong: new Float64Array(thresholds.length),
        positives: 0,
        negatives: 0,
      };
      return labels[label];
    };
    return {
      name,
      begin() {
        labels = [];
      },
      update(batch) {
        if (labelWeights !== undefined && labelWeights.length !== batch.width) {
          throw new ConfigError(
            `${where}: \`labelWeights\` has ${labelWeights.length} weights, the model predicts ${batch.width} labels.`,
            { received: labelWeights.length, expected: batch.width },
          );
        }
        forEachLabelled(where, batch, (prediction, truth, weight) => {
          for (let k = 0; k < prediction.length; k++) {
            const counts = countsOf(multiLabel ? k : 0);
            const raw = prediction[k]!;
            const value = Math.min(Math.max(fromLogits ? Math.fround(1 / (1 + exp(-raw))) : raw, 0), 1);
            const is = truth[k] !== 0;
            const above = is ? counts.hits : counts.wrong;
            if (is) counts.positives += weight;
            else counts.negatives += weight;
            for (let i = 0; i < thresholds.length && value > thresholds[i]!; i++) above[i]! += weight;
          }
        });
      },
      result() {
        if (labels.length === 0) return 0;
        const weights = labels.map((_, k) => labelWeights?.[k] ?? 1);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        return labels.reduce((sum, counts, k) => sum + quotient(weights[k]! * areaOf(counts), total), 0);
      },
      save: () =>
        labels.flatMap(({ hits, wrong, positives, negatives }) => [...hits, ...wrong, positives, negatives]),
      load(saved) {
        const n = thresholds.length;
        labels = Array.from({ length: saved.length / (2 * n + 2) }, (_, k) => {
          const at = k * (2 * n + 2);
          return {
            hits: Float64Array.from(saved.slice(at, at + n)),
            wrong: Float64Array.from(saved.slice(at + n, at + 2 * n)),
            positives: saved[at + 2 * n]!,
            negatives: saved[at + 2 * n + 1]!,
          };
        });
      },
    };
  };
  return { name: "auc", config: { ...options }, create };
}
