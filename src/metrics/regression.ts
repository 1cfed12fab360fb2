import { meanSquaredError } from "../losses/regression.js";
import { numberIn, refuseUnknown } from "../options.js";
import { logKey, lossMetric } from "./from-loss.js";
import { forEachRow, type MetricFactory, type MetricOptions, meanOfRows } from "./metric.js";

/**
 * √ of the mean squared error over the epoch.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: "mse", metrics: [rootMeanSquaredError()] });
 */
export const rootMeanSquaredError = (options: MetricOptions = {}): MetricFactory =>
  rootOfMeanSquares("rootMeanSquaredError", options);

/** The same under its short name. */
export const rmse = (options: MetricOptions = {}): MetricFactory => rootOfMeanSquares("rmse", options);

function rootOfMeanSquares(name: string, options: MetricOptions): MetricFactory {
  refuseUnknown(`${name}()`, options, ["name"]);
  return {
    name,
    config: { ...options },
    create: () => lossMetric(options.name ?? logKey(name), meanSquaredError(), Math.sqrt),
  };
}

/** Cosine of the angle between target and prediction, mean over rows: 1 is best (the loss of this name has its sign turned). */
export function cosineSimilarityMetric(): MetricFactory {
  const name = "cosineSimilarity";
  return {
    name,
    config: {},
    create: () =>
      meanOfRows(
        logKey(name),
        (width) => width,
        ({ prediction, target }) => {
          let product = 0;
          let a = 0;
          let b = 0;
          for (let i = 0; i < prediction.length; i++) {
            product += prediction[i]! * target[i]!;
            a += prediction[i]! ** 2;
            b += target[i]! ** 2;
          }
          return product / Math.sqrt(Math.max(a * b, 1e-24));
        },
      ),
  };
}

/**
 * Coefficient of determination 1 - SS_res / SS_tot, mean over outputs, as Keras's R2Score. A constant target gives 0,
 * or 1 where it is predicted exactly.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: "mse", metrics: [r2()] });
 */
export function r2(options: MetricOptions = {}): MetricFactory {
  refuseUnknown("r2()", options, ["name"]);
  const { name = "r2" } = options;
  return {
    name: "r2",
    config: { ...options },
    create() {
      let count = 0;
      let outputs: { sum: number; squares: number; residual: number }[] = [];
      return {
        name,
        begin() {
          count = 0;
          outputs = [];
        },
        update(batch) {
          forEachRow(batch, batch.width, ({ prediction, target, weight }) => {
            count += weight;
            for (let i = 0; i < batch.width; i++) {
              outputs[i] ??= { sum: 0, squares: 0, residual: 0 };
              const own = outputs[i]!;
              own.sum += weight * target[i]!;
              own.squares += weight * target[i]! ** 2;
              own.residual += weight * (target[i]! - prediction[i]!) ** 2;
            }
          });
        },
        save: () => [count, ...outputs.flatMap(({ sum, squares, residual }) => [sum, squares, residual])],
        load([first = 0, ...rest]) {
          count = first;
          outputs = Array.from({ length: rest.length / 3 }, (_, i) => ({
            sum: rest[3 * i]!,
            squares: rest[3 * i + 1]!,
            residual: rest[3 * i + 2]!,
          }));
        },
        result() {
          if (count === 0) return 0;
          const scores = outputs.map(({ sum, squares, residual }) => {
            const total = squares - (sum * sum) / count;
            if (total > 0) return 1 - residual / total;
            return residual === 0 ? 1 : 0;
          });
          return scores.reduce((sum, score) => sum + score, 0) / scores.length;
        },
      };
    },
  };
}

/** Options of the metric `mase`. */
export interface MaseMetricOptions extends MetricOptions {
  /** Steps after which the series repeats. Default 1, the naive forecast. */
  readonly season?: number;
}

/**
 * Mean absolute scaled error (Hyndman & Koehler 2006): the mean absolute error over that of the seasonal naive forecast
 * on the same targets, taken in the order in which they come (so evaluate in the order of time).
 * @throws ConfigError for an unknown option or a value out of range.
 */
export function mase(options: MaseMetricOptions = {}): MetricFactory {
  refuseUnknown("mase()", options, ["season", "name"]);
  const season = numberIn("mase()", "season", options.season ?? 1, { min: 1, integer: true });
  const { name = "mase" } = options;
  return {
    name: "mase",
    config: { ...options, season },
    create() {
      let error = 0;
      let count = 0;
      let naive = 0;
      let naiveCount = 0;
      let recent: number[] = [];
      return {
        name,
        begin() {
          error = 0;
          count = 0;
          naive = 0;
          naiveCount = 0;
          recent = [];
        },
        update(batch) {
          forEachRow(batch, batch.width, ({ prediction, target, weight }) => {
            for (let i = 0; i < batch.width; i++) error += weight * Math.abs(target[i]! - prediction[i]!);
            count += weight * batch.width;
            if (recent.length === season) {
              naive += Math.abs(target[0]! - recent.shift()!);
              naiveCount += 1;
            }
            recent.push(target[0]!);
          });
        },
        save: () => [error, count, naive, naiveCount, ...recent],
        load(saved) {
          [error, count, naive, naiveCount] = saved as unknown as [number, number, number, number];
          recent = saved.slice(4);
        },
        result: () =>
          count === 0 ? 0 : naiveCount === 0 ? Number.NaN : error / count / (naive / naiveCount),
      };
    },
  };
}
