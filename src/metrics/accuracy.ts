import { numberIn, refuseUnknown } from "../options.js";
import { logKey } from "./from-loss.js";
import { type MetricFactory, type MetricOptions, meanOfRows, type Row } from "./metric.js";

/** Index of the first largest value. */
function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** Whether fewer than k values are larger than the one at `index`, as in TensorFlow's in_top_k. */
function isInTop(values: Float32Array, index: number, k: number): boolean {
  const own = values[index];
  if (own === undefined || !Number.isFinite(own)) return false;
  let larger = 0;
  for (const value of values) if (value > own) larger += 1;
  return larger < k;
}

/** Options of `binaryAccuracy`. */
export interface BinaryAccuracyOptions extends MetricOptions {
  /** Above it a prediction means 1; between 0 and 1. Default 0.5. */
  readonly threshold?: number;
}

/** Options of `topKCategoricalAccuracy` and `sparseTopKCategoricalAccuracy`. */
export interface TopKOptions extends MetricOptions {
  /** How many of the largest predictions count. Default 5. */
  readonly k?: number;
}

const factory = (
  name: string,
  config: MetricOptions,
  targetWidth: (width: number) => number,
  value: (row: Row) => number,
): MetricFactory => ({
  name,
  config: { ...config },
  create: () => meanOfRows(config.name ?? logKey(name), targetWidth, value),
});

const same = (width: number): number => width;
const one = (): number => 1;

/**
 * Share of elements on the right side of `threshold` (default 0.5).
 * @throws ConfigError for a threshold outside (0, 1).
 *
 * @example
 * model.compile({ optimizer: "adam", loss: "binaryCrossentropy", metrics: [binaryAccuracy({ threshold: 0.6 })] });
 */
export function binaryAccuracy(options: BinaryAccuracyOptions = {}, name = "binaryAccuracy"): MetricFactory {
  refuseUnknown("binaryAccuracy()", options, ["threshold", "name"]);
  const threshold = numberIn("binaryAccuracy()", "threshold", options.threshold ?? 0.5, {
    above: 0,
    below: 1,
  });
  return factory(name, { ...options, threshold } as MetricOptions, same, ({ prediction, target }) => {
    let right = 0;
    for (let i = 0; i < prediction.length; i++) {
      if ((prediction[i]! > threshold ? 1 : 0) === target[i]!) right += 1;
    }
    return right / prediction.length;
  });
}

/**
 * Share of rows whose largest prediction stands where the one-hot target's one stands.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: "categoricalCrossentropy", metrics: [categoricalAccuracy()] });
 */
export const categoricalAccuracy = (
  options: MetricOptions = {},
  name = "categoricalAccuracy",
): MetricFactory => {
  refuseUnknown("categoricalAccuracy()", options, ["name"]);
  return factory(name, options, same, ({ prediction, target }) =>
    argmax(prediction) === argmax(target) ? 1 : 0,
  );
};

/**
 * Share of rows whose largest prediction stands at the target's class index.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: [sparseCategoricalAccuracy()] });
 */
export const sparseCategoricalAccuracy = (
  options: MetricOptions = {},
  name = "sparseCategoricalAccuracy",
): MetricFactory => {
  refuseUnknown("sparseCategoricalAccuracy()", options, ["name"]);
  return factory(name, options, one, ({ prediction, target }) => (argmax(prediction) === target[0] ? 1 : 0));
};

const topK = (where: string, options: TopKOptions): number => {
  refuseUnknown(where, options, ["k", "name"]);
  return numberIn(where, "k", options.k ?? 5, { min: 1, integer: true });
};

/**
 * Share of rows whose one-hot class is among the k largest predictions (default 5).
 * @throws ConfigError for an unknown option, or a k that is no whole number of at least 1.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: "categoricalCrossentropy", metrics: [topKCategoricalAccuracy({ k: 3 })] });
 */
export function topKCategoricalAccuracy(options: TopKOptions = {}): MetricFactory {
  const name = "topKCategoricalAccuracy";
  const k = topK(`${name}()`, options);
  return factory(name, { ...options, k } as MetricOptions, same, ({ prediction, target }) =>
    isInTop(prediction, argmax(target), k) ? 1 : 0,
  );
}

/**
 * Share of rows whose class index is among the k largest predictions (default 5).
 * @throws ConfigError for an unknown option, or a k that is no whole number of at least 1.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: [sparseTopKCategoricalAccuracy({ k: 3 })] });
 */
export function sparseTopKCategoricalAccuracy(options: TopKOptions = {}): MetricFactory {
  const name = "sparseTopKCategoricalAccuracy";
  const k = topK(`${name}()`, options);
  return factory(name, { ...options, k } as MetricOptions, one, ({ prediction, target }) =>
    isInTop(prediction, target[0]!, k) ? 1 : 0,
  );
}
