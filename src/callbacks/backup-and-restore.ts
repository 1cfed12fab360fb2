import { ConfigError, told } from "../errors.js";
import type { Callback, TrainingModel } from "../model/events.js";
import { numberIn, refuseUnknown } from "../options.js";
import { modelOf } from "./monitor.js";

/** Where backups are kept: a `Map`, or anything with its three methods, which may be asynchronous. */
export interface BackupStore {
  get(key: string): Uint8Array | undefined | null | Promise<Uint8Array | undefined | null>;
  set(key: string, bytes: Uint8Array): unknown;
  delete(key: string): unknown;
}

/** Options of `backupAndRestore` with a store. */
export interface BackupAndRestoreOptions {
  /** Keeps the bytes: a `Map`, or an object with its `get`, `set` and `delete`, which may be asynchronous. */
  readonly store: BackupStore;
  /** Under what name. Default `gateflow-backup`. */
  readonly key?: string;
  /** After every `epoch` (default), or after so many batches, counted across epochs. */
  readonly saveFreq?: "epoch" | number;
}

/** How a training becomes bytes and comes back. */
export interface Backup {
  save(model: TrainingModel): Uint8Array;
  restore(model: TrainingModel, bytes: Uint8Array): void;
}

/** What `backupAndRestore` does, with the format given. */
export function backupWith(
  where: string,
  { save, restore }: Backup,
  options: BackupAndRestoreOptions,
): Callback {
  refuseUnknown(where, options, ["store", "key", "saveFreq"] satisfies (keyof BackupAndRestoreOptions)[]);
  const { store, key = "gateflow-backup", saveFreq = "epoch" } = options;
  if (["get", "set", "delete"].some((name) => typeof store?.[name as keyof BackupStore] !== "function")) {
    throw new ConfigError(
      `${where}: \`store\` is ${told(store)}, expected a Map, or an object with get(key), set(key, bytes) and delete(key). In Node, \`backupAndRestore\` of gateflow/node takes a path.`,
      { received: store },
    );
  }
  if (typeof key !== "string") throw new ConfigError(`${where}: \`key\` is ${told(key)}, expected a string.`);
  const every =
    saveFreq === "epoch" ? undefined : numberIn(where, "saveFreq", saveFreq, { min: 1, integer: true });
  let batches = 0;
  let ended: number | undefined;
  const put = async (): Promise<void> => {
    await store.set(key, save(modelOf(where, callback)));
  };
  const callback: Callback = {
    name: "backupAndRestore",
    logNames: [],
    getState: () => ({ counters: { batches } }),
    setState({ counters }) {
      batches = Number(counters.batches);
    },
    async onTrainBegin() {
      batches = 0;
      ended = undefined;
      const bytes = await store.get(key);
      if (bytes != null) restore(modelOf(where, callback), bytes);
    },
    onEpochBegin(epoch) {
      ended ??= epoch - 1;
    },
    onTrainBatchEnd() {
      if (every === undefined) return;
      batches += 1;
      return batches % every === 0 ? put() : undefined;
    },
    onEpochEnd(epoch) {
      ended = epoch;
      return every === undefined ? put() : undefined;
    },
    async onTrainEnd() {
      // A fit ended by its `signal` is not done, and goes on as one that was killed.
      const { epochs = 0 } = callback.params ?? {};
      if (ended === undefined || ended + 1 >= epochs || callback.model?.stopTraining === true)
        await store.delete(key);
    },
  };
  return callback;
}
