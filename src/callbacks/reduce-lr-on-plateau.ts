import type { Callback } from "../model/events.js";
import { numberIn, refuseUnknown } from "../options.js";
import { announcer } from "./announce.js";
import {
  directionOf,
  expectMonitor,
  finiteOrNull,
  fromNull,
  improves,
  type MonitorMode,
  modelOf,
  monitored,
  setLearningRate,
  worst,
} from "./monitor.js";

/** Options of `reduceLROnPlateau`. */
export interface ReduceLROnPlateauOptions {
  /** Name in the logs of an epoch, default `val_loss`. */
  readonly monitor?: string;
  /** The rate is multiplied by it, in (0, 1); default 0.1. */
  readonly factor?: number;
  /** Epochs without improvement after which the rate is reduced, default 10. */
  readonly patience?: number;
  /** Default `auto`. */
  readonly mode?: MonitorMode;
  /** Less than this, absolutely, is no improvement. Default 0.0001. */
  readonly minDelta?: number;
  /** Epochs after a reduction in which the patience does not run, default 0. */
  readonly cooldown?: number;
  /** The rate is not reduced below it, default 0. */
  readonly minLr?: number;
  /** 1 says on the console what it does; default 0. */
  readonly verbose?: 0 | 1;
}

/**
 * Reduces the learning rate when the monitored value no longer improves, and logs `learning_rate`, the rate the epoch
 * was trained with. Source: Keras 3's ReduceLROnPlateau, epoch for epoch, save that NaN counts as the worst value.
 * @throws ConfigError for bad options; at the begin of training when a schedule owns the rate, or when the logs will
 *   not hold `monitor`.
 *
 * @example
 * await model.fit(x, y, { epochs: 50, validationSplit: 0.2, callbacks: [reduceLROnPlateau({ factor: 0.5, patience: 3 })] });
 */
export function reduceLROnPlateau(options: ReduceLROnPlateauOptions = {}): Callback {
  const where = "reduceLROnPlateau()";
  refuseUnknown(where, options, [
    "monitor",
    "factor",
    "patience",
    "mode",
    "minDelta",
    "cooldown",
    "minLr",
    "verbose",
  ] satisfies (keyof ReduceLROnPlateauOptions)[]);
  const monitor = options.monitor ?? "val_loss";
  const direction = directionOf(where, monitor, options.mode ?? "auto");
  const factor = numberIn(where, "factor", options.factor ?? 0.1, { above: 0, below: 1 });
  const patience = numberIn(where, "patience", options.patience ?? 10, { min: 0, integer: true });
  const minDelta = numberIn(where, "minDelta", options.minDelta ?? 1e-4, { min: 0 });
  const cooldown = numberIn(where, "cooldown", options.cooldown ?? 0, { min: 0, integer: true });
  const minLr = numberIn(where, "minLr", options.minLr ?? 0, { min: 0 });

  const announce = announcer(where, options.verbose);

  let best = worst(direction);
  let wait = 0;
  let cooling = 0;

  const callback: Callback = {
    name: "reduceLROnPlateau",
    logNames: ["learning_rate"],
    getState: () => ({ counters: { monitor, best: finiteOrNull(best), wait, cooling } }),
    setState({ counters }) {
      if (counters.monitor !== monitor) return;
      best = fromNull(counters.best, direction);
      wait = Number(counters.wait);
      cooling = Number(counters.cooling);
    },
    onTrainBegin() {
      expectMonitor(where, monitor, callback.params);
      best = worst(direction);
      wait = 0;
      cooling = 0;
      // Setting the rate to itself asks the model now, not after `patience` epochs, whether a schedule owns it.
      const model = modelOf(where, callback);
      const rate = model.optimizer.learningRate;
      setLearningRate(where, model, rate);
    },
    onEpochEnd(epoch, logs) {
      const model = modelOf(where, callback);
      const rate = model.optimizer.learningRate;
      logs.learning_rate ??= rate;
      const current = monitored(where, monitor, direction, logs, callback.params);
      if (current === undefined) return;
      if (cooling > 0) {
        cooling -= 1;
        wait = 0;
      }
      if (improves(direction, current, best, minDelta)) {
        best = current;
        wait = 0;
        return;
      }
      if (cooling > 0) return;
      wait += 1;
      // The rate lives in a float32 variable in Keras; without rounding minLr alike it would be reduced to itself.
      if (wait < patience || Math.fround(rate) <= Math.fround(minLr)) return;
      const reduced = Math.max(rate * factor, minLr);
      setLearningRate(where, model, reduced);
      announce(`epoch ${epoch + 1}: the learning rate is now ${reduced}`);
      cooling = cooldown;
      wait = 0;
    },
  };
  return callback;
}
