import { ConfigError, told } from "../errors.js";
import type { Callback } from "../model/events.js";
import { refuseUnknown } from "../options.js";
import { announcer } from "./announce.js";
import { modelOf, setLearningRate } from "./monitor.js";

/** Options of `learningRateScheduler`. */
export interface LearningRateSchedulerOptions {
  /** The epoch, from 0, and the rate so far → the rate of this epoch. */
  readonly schedule: (epoch: number, learningRate: number) => number;
  /** 1 says on the console what it does; default 0. */
  readonly verbose?: 0 | 1;
}

const where = "learningRateScheduler()";

/**
 * Sets the learning rate at the begin of every epoch and logs it as `learning_rate`. Source: Keras's
 * LearningRateScheduler. (A schedule given as the optimizer's `learningRate` changes it with every update instead.)
 * @param schedule the epoch, from 0, and the rate so far → the rate of this epoch; or options that name it.
 *
 * @example
 * const halving = learningRateScheduler((epoch, rate) => (epoch > 0 && epoch % 10 === 0 ? rate / 2 : rate));
 * await model.fit(x, y, { epochs: 30, callbacks: [halving] });
 *
 * @throws ConfigError when `schedule` is no function or returns no rate, or when a schedule owns the optimizer's rate.
 */
export function learningRateScheduler(
  schedule: ((epoch: number, learningRate: number) => number) | LearningRateSchedulerOptions,
): Callback {
  if (typeof schedule === "object" && schedule !== null) {
    refuseUnknown(where, schedule, ["schedule", "verbose"] satisfies (keyof LearningRateSchedulerOptions)[]);
    return scheduler(schedule.schedule, announcer(where, schedule.verbose));
  }
  return scheduler(schedule, () => {});
}

function scheduler(
  schedule: (epoch: number, learningRate: number) => number,
  announce: (text: string) => void,
): Callback {
  if (typeof schedule !== "function") {
    throw new ConfigError(`${where}: expected a function (epoch, learningRate) => learningRate.`, {
      received: schedule,
    });
  }
  // A fit that goes on in the middle of an epoch has its rate already.
  let scheduled: number | undefined;
  const callback: Callback = {
    name: "learningRateScheduler",
    logNames: ["learning_rate"],
    getState: () => ({ counters: { scheduled: scheduled ?? null } }),
    setState({ counters }) {
      scheduled = typeof counters.scheduled === "number" ? counters.scheduled : undefined;
    },
    onTrainBegin() {
      scheduled = undefined;
    },
    onEpochBegin(epoch) {
      if (epoch === scheduled) return;
      const model = modelOf(where, callback);
      const rate: unknown = schedule(epoch, model.optimizer.learningRate);
      if (typeof rate !== "number" || !Number.isFinite(rate) || rate < 0) {
        throw new ConfigError(
          `${where}: the function returned ${told(rate)} for epoch ${epoch}, expected a finite rate of at least 0.`,
          { received: rate },
        );
      }
      setLearningRate(where, model, rate);
      scheduled = epoch;
      announce(`epoch ${epoch + 1}: learning rate ${rate}`);
    },
    onEpochEnd(_epoch, logs) {
      logs.learning_rate ??= modelOf(where, callback).optimizer.learningRate;
    },
  };
  return callback;
}
