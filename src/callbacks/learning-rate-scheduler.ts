import { ConfigError } from "../errors.js";
import type { Callback } from "../model/events.js";
import { modelOf, setLearningRate } from "./monitor.js";

/**
 * Sets the learning rate at the begin of every epoch and logs it as `learning_rate`. Source: Keras's
 * LearningRateScheduler. (A schedule given as the optimizer's `learningRate` changes it with every update instead.)
 * @param schedule the epoch, from 0, and the rate so far → the rate of this epoch.
 * @throws ConfigError when `schedule` is no function or returns no rate, or when a schedule owns the optimizer's rate.
 */
export function learningRateScheduler(schedule: (epoch: number, learningRate: number) => number): Callback {
  const where = "learningRateScheduler()";
  if (typeof schedule !== "function") {
    throw new ConfigError(`${where}: expected a function (epoch, learningRate) => learningRate.`, {
      received: schedule,
    });
  }
  const callback: Callback = {
    onEpochBegin(epoch) {
      const model = modelOf(where, callback);
      const rate: unknown = schedule(epoch, model.optimizer.learningRate);
      if (typeof rate !== "number" || !Number.isFinite(rate) || rate < 0) {
        throw new ConfigError(
          `${where}: the function returned ${String(rate)} for epoch ${epoch}, expected a finite rate of at least 0.`,
          { received: rate },
        );
      }
      setLearningRate(where, model, rate);
    },
    onEpochEnd(_epoch, logs) {
      logs.learning_rate ??= modelOf(where, callback).optimizer.learningRate;
    },
  };
  return callback;
}
