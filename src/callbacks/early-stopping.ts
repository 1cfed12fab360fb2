import type { Callback } from "../model/events.js";
import { flag, numberIn, refuseUnknown } from "../options.js";
import type { NamedTensor } from "../tensor.js";
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
} from "./monitor.js";

/** Options of `earlyStopping`. */
export interface EarlyStoppingOptions {
  /** Name in the logs of an epoch, default `val_loss`. */
  readonly monitor?: string;
  /** Less than this is no improvement; its size counts. Default 0. */
  readonly minDelta?: number;
  /** Epochs without improvement after which training stops; 0 and 1 mean the same. Default 0. */
  readonly patience?: number;
  /** Default `auto`. */
  readonly mode?: MonitorMode;
  /** A value to beat: until it is, improvements do not reset the patience. Default, and null: none. */
  readonly baseline?: number | null;
  /** At the end of training, whether it was stopped or not, go back to the best epoch's weights. Default false. */
  readonly restoreBestWeights?: boolean;
  /** Epochs before this one are not looked at. Default 0. */
  readonly startFromEpoch?: number;
  /** 1 says on the console what it does; default 0. */
  readonly verbose?: 0 | 1;
}

/** What `earlyStopping` makes: a callback that remembers when it stopped. */
export interface EarlyStopping extends Callback {
  /** The best value seen in the last fit. */
  readonly best: number | undefined;
  /** Its epoch, from 0. */
  readonly bestEpoch: number;
  /** The epoch training was stopped after, from 0; undefined when it was not. */
  readonly stoppedEpoch: number | undefined;
}

/**
 * Stops training when the monitored value no longer improves. Source: Keras 3's EarlyStopping, epoch for epoch, save
 * that NaN counts as the worst value instead of as an unbeatable one.
 * An epoch that is not validated (`validationFreq`) is not looked at, as in Keras.
 * @throws ConfigError for bad options, and when training begins when the logs will not hold `monitor`.
 *
 * @example
 * await model.fit(x, y, { epochs: 100, validationSplit: 0.2, callbacks: [earlyStopping({ patience: 5, restoreBestWeights: true })] });
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): EarlyStopping {
  const where = "earlyStopping()";
  refuseUnknown(where, options, [
    "monitor",
    "minDelta",
    "patience",
    "mode",
    "baseline",
    "restoreBestWeights",
    "startFromEpoch",
    "verbose",
  ] satisfies (keyof EarlyStoppingOptions)[]);
  const monitor = options.monitor ?? "val_loss";
  const direction = directionOf(where, monitor, options.mode ?? "auto");
  const minDelta = Math.abs(numberIn(where, "minDelta", options.minDelta ?? 0));
  const patience = numberIn(where, "patience", options.patience ?? 0, { min: 0, integer: true });
  const baseline = options.baseline == null ? undefined : numberIn(where, "baseline", options.baseline);
  const restoreBestWeights = flag(where, "restoreBestWeights", options.restoreBestWeights ?? false);
  const startFromEpoch = numberIn(where, "startFromEpoch", options.startFromEpoch ?? 0, {
    min: 0,
    integer: true,
  });

  const announce = announcer(where, options.verbose);

  let wait = 0;
  let best: number | undefined;
  let bestEpoch = 0;
  let stoppedEpoch: number | undefined;
  let bestWeights: NamedTensor[] | undefined;

  // A copy of its own, so that no further update can reach it.
  const snapshot = (): NamedTensor[] =>
    modelOf(where, callback)
      .getWeights()
      .map(({ name, shape, data }) => ({ name, shape, data: data.slice() }));

  const callback: EarlyStopping = {
    name: "earlyStopping",
    logNames: [],
    get best() {
      return best;
    },
    get bestEpoch() {
      return bestEpoch;
    },
    get stoppedEpoch() {
      return stoppedEpoch;
    },
    getState: () => ({
      counters: { monitor, wait, best: finiteOrNull(best), bestEpoch, stoppedEpoch: stoppedEpoch ?? null },
      ...(bestWeights === undefined ? {} : { weights: bestWeights }),
    }),
    setState({ counters, weights }) {
      if (counters.monitor !== monitor) return;
      wait = Number(counters.wait);
      best = fromNull(counters.best, direction);
      bestEpoch = Number(counters.bestEpoch);
      stoppedEpoch = counters.stoppedEpoch === null ? undefined : Number(counters.stoppedEpoch);
      bestWeights = weights === undefined ? undefined : [...weights];
    },
    onTrainBegin() {
      expectMonitor(where, monitor, callback.params);
      wait = 0;
      best = undefined;
      bestEpoch = 0;
      stoppedEpoch = undefined;
      bestWeights = undefined;
    },
    onEpochEnd(epoch, logs) {
      const current = monitored(where, monitor, direction, logs, callback.params);
      if (current === undefined || epoch < startFromEpoch) return;
      wait += 1;
      if (improves(direction, current, best, minDelta)) {
        best = current;
        bestEpoch = epoch;
        if (restoreBestWeights) bestWeights = snapshot();
        // Below the baseline the patience runs on, but an epoch that improved is never the last.
        if (improves(direction, current, baseline, minDelta)) wait = 0;
        return;
      }
      if (wait >= patience && epoch > 0) {
        stoppedEpoch = epoch;
        announce(`epoch ${epoch + 1}: stopping; ${monitor} was best, ${best}, in epoch ${bestEpoch + 1}`);
        modelOf(where, callback).stopTraining = true;
      }
    },
    onTrainEnd() {
      if (bestWeights !== undefined) {
        announce(`going back to the weights of epoch ${bestEpoch + 1}`);
        modelOf(where, callback).setWeights(bestWeights, { allowNonFinite: true });
      }
      bestWeights = undefined;
    },
  };
  return callback;
}
