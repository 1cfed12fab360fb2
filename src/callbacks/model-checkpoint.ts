import { ConfigError, told } from "../errors.js";
import type { Callback, Logs, TrainingModel } from "../model/events.js";
import { flag, numberIn, refuseUnknown } from "../options.js";
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
  worst,
} from "./monitor.js";
import { pathTemplate } from "./path-template.js";

/** Puts the model away under the filled path; training waits for it. */
export type SaveFunction = (model: TrainingModel, path: string, logs: Logs) => void | Promise<void>;

/** Options of `modelCheckpoint`. */
export interface ModelCheckpointOptions {
  /** Asked before the first epoch whether the filled path can be written; it throws where not. Default: nobody asks. */
  readonly check?: (path: string) => void | Promise<void>;
  /** Puts the model away. `gateflow/node` has a `modelCheckpoint` that writes files and needs none. */
  readonly save: SaveFunction;
  /**
   * Path given to `save`, default `model.safetensors`. `{epoch}` (from 1, as in Keras), `{batch}` and the names in the
   * logs are filled in, with formats of Python's kind: `model-{epoch:02d}-{val_loss:.4f}.safetensors`.
   */
  readonly filepath?: string;
  /** Name in the logs, default `val_loss`; read only with `saveBestOnly`. */
  readonly monitor?: string;
  /** Save only when the monitored value is better than ever, over all fits of this instance. Default false. */
  readonly saveBestOnly?: boolean;
  /** Default `auto`. */
  readonly mode?: MonitorMode;
  /** After every `epoch`, or after so many batches, counted across epochs. Default `epoch`. */
  readonly saveFreq?: "epoch" | number;
  /** A value to be better than before anything is saved. Default, and null: none. */
  readonly initialValueThreshold?: number | null;
  /** 1 says on the console what it does; default 0. */
  readonly verbose?: 0 | 1;
}

/** What `modelCheckpoint` makes. */
export interface ModelCheckpoint extends Callback {
  /** The best monitored value so far; undefined before the first and without `saveBestOnly`. */
  readonly best: number | undefined;
  /** The path saved last. */
  readonly lastPath: string | undefined;
}

/**
 * Saves the model while it trains. Source: Keras's ModelCheckpoint: strictly better, no `minDelta`, the best is kept
 * from fit to fit.
 * An epoch that is not validated (`validationFreq`) is not saved where `val_…` is monitored.
 * @throws ConfigError for bad options, and when training begins when the path or `monitor` names what the logs will not
 *   hold.
 *
 * @example
 * let best: Uint8Array | undefined;
 * const checkpoint = modelCheckpoint({ saveBestOnly: true, save: (model) => { best = toSafetensors(model as Sequential); } });
 * await model.fit(x, y, { epochs: 20, validationSplit: 0.2, callbacks: [checkpoint] });
 */
export function modelCheckpoint(options: ModelCheckpointOptions): ModelCheckpoint {
  const where = "modelCheckpoint()";
  refuseUnknown(where, options, [
    "save",
    "check",
    "filepath",
    "monitor",
    "saveBestOnly",
    "mode",
    "saveFreq",
    "initialValueThreshold",
    "verbose",
  ] satisfies (keyof ModelCheckpointOptions)[]);
  const { save, saveFreq = "epoch", filepath = "model.safetensors" } = options;
  if (typeof save !== "function") {
    throw new ConfigError(
      `${where}: \`save\` is missing: a function (model, path, logs) that puts the model away. In Node, \`modelCheckpoint\` of gateflow/node writes files.`,
      { received: save },
    );
  }
  if (typeof filepath !== "string") {
    throw new ConfigError(`${where}: \`filepath\` is ${told(filepath)}, expected a string.`, {
      received: filepath,
    });
  }
  const monitor = options.monitor ?? "val_loss";
  const saveBestOnly = flag(where, "saveBestOnly", options.saveBestOnly ?? false);
  // Of a metric nobody reads, the direction need not be known.
  const direction = saveBestOnly ? directionOf(where, monitor, options.mode ?? "auto") : "min";
  const every =
    saveFreq === "epoch" ? undefined : numberIn(where, "saveFreq", saveFreq, { min: 1, integer: true });
  const announce = announcer(where, options.verbose);
  const fill = pathTemplate(where, filepath);

  let best =
    options.initialValueThreshold == null
      ? undefined
      : numberIn(where, "initialValueThreshold", options.initialValueThreshold);
  let lastPath: string | undefined;
  let currentEpoch = 0;
  let batchesSinceSaving = 0;

  async function saveNow(position: { epoch: number; batch?: number }, logs: Logs): Promise<void> {
    if (saveBestOnly) {
      const current = monitored(where, monitor, direction, logs, callback.params);
      if (current === undefined || !improves(direction, current, best ?? worst(direction), 0)) return;
      best = current;
    }
    lastPath = fill({ ...logs, ...position });
    await save(modelOf(where, callback), lastPath, logs);
    announce(`epoch ${position.epoch}: saved ${lastPath}`);
  }

  const callback: ModelCheckpoint = {
    name: "modelCheckpoint",
    logNames: [],
    get best() {
      return best;
    },
    get lastPath() {
      return lastPath;
    },
    getState: () => ({ counters: { filepath, best: finiteOrNull(best), batchesSinceSaving } }),
    setState({ counters }) {
      if (counters.filepath !== filepath) return;
      best = fromNull(counters.best, direction);
      batchesSinceSaving = Number(counters.batchesSinceSaving);
    },
    async onTrainBegin() {
      const { params } = callback;
      const inBatches = every !== undefined;
      if (saveBestOnly) expectMonitor(where, monitor, params, inBatches);
      if (params === undefined || params.mayLogMore === true) return;
      const names = params.metrics.filter((name) => !inBatches || !/^(val_|learning_rate$)/.test(name));
      const logs = Object.fromEntries(names.map((name) => [name, 0]));
      const path = fill({ ...logs, epoch: 1, ...(inBatches ? { batch: 1 } : {}) });
      await options.check?.(path);
    },
    onEpochBegin(epoch) {
      currentEpoch = epoch;
    },
    onTrainBatchEnd(batch, logs) {
      if (every === undefined) return;
      batchesSinceSaving += 1;
      if (batchesSinceSaving < every) return;
      batchesSinceSaving = 0;
      return saveNow({ epoch: currentEpoch + 1, batch: batch + 1 }, logs);
    },
    onEpochEnd(epoch, logs) {
      return every === undefined ? saveNow({ epoch: epoch + 1 }, logs) : undefined;
    },
  };
  return callback;
}
