import { type Backup, type BackupAndRestoreOptions, backupWith } from "../callbacks/backup-and-restore.js";
import { StateError } from "../errors.js";
import type { Callback, TrainingModel } from "../model/events.js";
import { Model } from "../model/model.js";
import { restoreInto, toSafetensors } from "./safetensors.js";

function whole(model: TrainingModel): Model {
  if (model instanceof Model) return model;
  throw new StateError("backupAndRestore(): only a model made by sequential() or model() can be backed up.");
}

/** The native format, in which a training goes on to the byte. */
export const nativeBackup: Backup = {
  save: (model) => toSafetensors(whole(model), { optimizer: true }),
  restore: (model, bytes) => restoreInto(whole(model), bytes),
};

/**
 * Keeps a training's state while it runs; a fit that was killed goes on from there by itself when it is started again
 * with the same model, data and options, to the byte. The backup is removed when the fit ends. Source: Keras's
 * BackupAndRestore.
 * @throws ConfigError for bad options; FormatError when training begins when the backup is of another model.
 *
 * @example
 * const store = new Map<string, Uint8Array>();
 * await model.fit(x, y, { epochs: 50, callbacks: [backupAndRestore({ store, saveFreq: 100 })] });
 */
export const backupAndRestore = (options: BackupAndRestoreOptions): Callback =>
  backupWith("backupAndRestore()", nativeBackup, options);
