import { ConfigError, DataError, told } from "../errors.js";
import { numberIn, oneOf, refuseUnknown } from "../options.js";
import { forEachRow, type Metric, type MetricBatch, type MetricFactory } from "./metric.js";

/** Visits each row with labels as wide as its predictions: class indices become the one-hot labels they stand for. */
export function forEachLabelled(
  where: string,
  batch: MetricBatch,
  visit: (prediction: Float32Array, labels: ArrayLike<number>, weight: number) => void,
): void {
  const { width, targetWidth } = batch;
  const areIndices = targetWidth === 1 && width > 1;
  if (!areIndices && targetWidth !== width) {
    throw new ConfigError(
      `${where} counts labels one by one, and there are ${targetWidth} of them for ${width} predictions. Leave it out with this loss.`,
      { received: targetWidth, expected: width },
    );
  }
  const oneHot = new Float32Array(width);
  forEachRow(batch, targetWidth, ({ prediction, target, weight }) => {
    if (!areIndices) return visit(prediction, target, weight);
    const label = target[0]!;
    if (!Number.isInteger(label) || label < 0 || label >= width) {
      throw new DataError(`${where}: the label ${label} is no class index from 0 to ${width - 1}.`, {
        received: label,
      });
    }
    oneHot.fill(0);
    oneHot[label] = 1;
    visit(prediction, oneHot, weight);
  });
}

/** Options of `precision`. */
export interface PrecisionOptions {
  /** A prediction above it says yes. Default 0.5; with `topK` alone: any. In [0, 1]. */
  readonly threshold?: number;
  /** Only the k largest predictions of a row can say yes. Default: all of them. */
  readonly topK?: number;
  /** Counts this class alone, by its index. Default: all classes together. */
  readonly classId?: number;
  /** Key in the logs. Default `precision`, or `recall`. */
  readonly name?: string;
}

/** Options of `recall`. */
export type RecallOptions = PrecisionOptions;

/** Whether the prediction at `index` is one of the k largest; the first of equals are, as in TensorFlow's top_k. */
function isAmongTop(values: Float32Array, index: number, k: number): boolean {
  const own = values[index]!;
  let before = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i]! > own || (values[i] === own && i < index)) before += 1;
  }
  return before < k;
}

/** The name of a metric in the logs, where a user may give one. */
export function nameIn(where: string, given: unknown, usual: string): string {
  if (given === undefined) return usual;
  if (typeof given === "string" && given !== "") return given;
  throw new ConfigError(`${where}: \`name\` is ${told(given)}, expected a word.`, {
    received: given,
  });
}

/** True positives over those and false ones (precision), or over those and what was missed (recall). */
function share(kind: "precision" | "recall", options: PrecisionOptions): MetricFactory {
  const where = `${kind}()`;
  refuseUnknown(where, options, [
    "threshold",
    "topK",
    "classId",
    "name",
  ] satisfies (keyof PrecisionOptions)[]);
  const { topK, classId } = options;
  if (topK !== undefined) numberIn(where, "topK", topK, { min: 1, integer: true });
  if (classId !== undefined) numberIn(where, "classId", classId, { min: 0, integer: true });
  const threshold =
    options.threshold === undefined
      ? topK === undefined
        ? 0.5
        : -Infinity
      : numberIn(where, "threshold", options.threshold, { min: 0, max: 1 });
  const name = nameIn(where, options.name, kind);
  const create = (): Metric => {
    let hits = 0;
    let others = 0;
    return {
      name,
      begin() {
        hits = others = 0;
      },
      update(batch) {
        if (classId !== undefined && classId >= batch.width) {
          throw new ConfigError(
            `${where}: \`classId\` is ${classId}, but the model predicts ${batch.width} classes.`,
            {
              received: classId,
            },
          );
        }
        forEachLabelled(where, batch, (prediction, labels, weight) => {
          const [from, to] = classId === undefined ? [0, prediction.length] : [classId, classId + 1];
          for (let i = from; i < to; i++) {
            const says =
              prediction[i]! > threshold && (topK === undefined || isAmongTop(prediction, i, topK));
            const is = labels[i] !== 0;
            if (says && is) hits += weight;
            else if (kind === "precision" ? says : is) others += weight;
          }
        });
      },
      result: () => (hits === 0 ? 0 : hits / (hits + others)),
      save: () => [hits, others],
      load: (saved) => {
        [hits, others] = saved as [number, number];
      },
    };
  };
  return { name: kind, config: { ...options }, create };
}

/**
 * Precision: of what was predicted to be true, the share that is; 0 where nothing was. Source: Keras's Precision, key
 * `precision`. Labels are 0 and 1, as wide as the predictions, or class indices, taken as one-hot.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * model.compile({ loss: "binaryCrossentropy", metrics: [precision({ threshold: 0.7 }), recall()] });
 */
export const precision = (options: PrecisionOptions = {}): MetricFactory => share("precision", options);

/**
 * Recall: of what is true, the share that was predicted to be; 0 where nothing is. Source: Keras's Recall, key `recall`.
 * Labels as for `precision`.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * model.compile({ loss: "categoricalCrossentropy", metrics: [recall({ classId: 2, name: "recall_of_faults" })] });
 */
export const recall = (options: RecallOptions = {}): MetricFactory => share("recall", options);

const AVERAGES = ["macro", "micro", "weighted"] as const;

/** Options of `f1Score`. */
export interface F1ScoreOptions {
  /**
   * `macro` (default): the mean over classes; `micro`: all classes counted together; `weighted`: the mean by the number
   * of each class's true rows. (Keras's default is one number a class, which no log can hold.)
   */
  readonly average?: "macro" | "micro" | "weighted";
  /** A prediction above it says yes, in (0, 1]. Default: the largest prediction of a row says yes. */
  readonly threshold?: number;
  /** Key in the logs. Default `f1_score`. */
  readonly name?: string;
}

/** Keras's epsilon(), which keeps its quotients finite. */
const EPSILON = 1e-7;

/**
 * F1: the harmonic mean of precision and recall. Source: Keras's F1Score, key `f1_score`, its epsilons included. For one
 * output give a `threshold`: without, its only prediction is always the largest, and says yes.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * model.compile({ loss: "categoricalCrossentropy", metrics: [f1Score({ average: "weighted" })] });
 */
export function f1Score(options: F1ScoreOptions = {}): MetricFactory {
  const where = "f1Score()";
  refuseUnknown(where, options, ["average", "threshold", "name"] satisfies (keyof F1ScoreOptions)[]);
  const average = oneOf(where, "average", options.average ?? "macro", AVERAGES);
  const { threshold } = options;
  if (threshold !== undefined) numberIn(where, "threshold", threshold, { above: 0, max: 1 });
  const name = nameIn(where, options.name, "f1_score");
  const create = (): Metric => {
    /** Of each class: true positives, false positives, what was missed, true rows. */
    let counts: number[][] = [];
    return {
      name,
      begin() {
        counts = [];
      },
      update(batch) {
        forEachLabelled(where, batch, (prediction, labels, weight) => {
          let largest = -Infinity;
          for (const value of prediction) largest = Math.max(largest, value);
          for (let k = 0; k < prediction.length; k++) {
            counts[k] ??= [0, 0, 0, 0];
            const own = counts[k]!;
            const value = prediction[k]!;
            // Keras: [0, 0, 0] must not become [1, 1, 1].
            const says =
              threshold === undefined ? value >= largest && Math.abs(value) > 1e-9 : value > threshold;
            const is = labels[k]!;
            own[0]! += says ? is * weight : 0;
            own[1]! += says ? (1 - is) * weight : 0;
            own[2]! += says ? 0 : is * weight;
            own[3]! += is * weight;
          }
        });
      },
      result() {
        if (counts.length === 0) return 0;
        const sums = [0, 1, 2, 3].map((i) => counts.reduce((sum, own) => sum + own[i]!, 0));
        const scores = (average === "micro" ? [sums] : counts).map(([hits, wrong, missed]) => {
          const p = hits! / (hits! + wrong! + EPSILON);
          const r = hits! / (hits! + missed! + EPSILON);
          return (2 * p * r) / (p + r + EPSILON);
        });
        if (average !== "weighted") return scores.reduce((sum, score) => sum + score, 0) / scores.length;
        return scores.reduce((sum, score, k) => sum + (score * counts[k]![3]!) / (sums[3]! + EPSILON), 0);
      },
      save: () => counts.flat(),
      load(saved) {
        counts = Array.from({ length: saved.length / 4 }, (_, k) => saved.slice(4 * k, 4 * k + 4));
      },
    };
  };
  return { name: "f1Score", config: { ...options }, create };
}
