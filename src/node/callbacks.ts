import { constants } from "node:fs";
import { access, appendFile, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type BackupAndRestoreOptions, backupWith } from "../callbacks/backup-and-restore.js";
import { csvLogger as csvLoggerTo } from "../callbacks/csv-logger.js";
import {
  type ModelCheckpoint,
  type ModelCheckpointOptions,
  modelCheckpoint as modelCheckpointTo,
} from "../callbacks/model-checkpoint.js";
import { ConfigError, StateError, told } from "../errors.js";
import { nativeBackup, backupAndRestore as storedBackup } from "../formats/backup-and-restore.js";
import type { Callback } from "../model/events.js";
import { Model } from "../model/model.js";
import { flag, refuseUnknown } from "../options.js";
import { writeFileAtomic } from "./atomic-write.js";
import { checkModelPath, saveModel } from "./model-files.js";

/** Options of `modelCheckpoint` with a file. */
export interface FileCheckpointOptions extends Omit<ModelCheckpointOptions, "save" | "check"> {
  /** The weights alone, as `model.loadWeights` takes them: without layers, optimizer and state. Default false. */
  readonly saveWeightsOnly?: boolean;
}

/** @throws ConfigError naming a path that cannot be written to, and why. */
async function writable<Result>(
  where: string,
  path: string,
  attempt: () => Promise<Result>,
): Promise<Result> {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await attempt();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(
      `${where}: "${path}" cannot be written: ${why}. Give a path in a folder that can.`,
      {
        cause,
        received: path,
      },
    );
  }
}

/**
 * Saves the model to a file while it trains, with its optimizer, so that `loadModel(path)` and `fit({ initialEpoch })` go
 * on where it stopped. Options as the isomorphic `modelCheckpoint`, without `save`. Files are written atomically.
 * @throws ConfigError for bad options, and when training begins when the folder cannot be written to; FormatError for a
 *   path whose extension names no format.
 *
 * @example
 * const checkpoint = modelCheckpoint({ filepath: "best.safetensors", saveBestOnly: true });
 * await model.fit(x, y, { epochs: 3, validationSplit: 0.2, callbacks: [checkpoint] });
 */
export function modelCheckpoint(options: FileCheckpointOptions = {}): ModelCheckpoint {
  if (options === null) throw new ConfigError("modelCheckpoint(): expected an object of options, got null.");
  if (typeof options.filepath === "string") checkModelPath("modelCheckpoint()", options.filepath);
  const { saveWeightsOnly: only = false, ...rest } = options;
  const weightsOnly = flag("modelCheckpoint()", "saveWeightsOnly", only);
  return modelCheckpointTo({
    ...rest,
    check: (path) => writable("modelCheckpoint()", path, () => access(dirname(path), constants.W_OK)),
    async save(model, path) {
      if (!(model instanceof Model)) {
        throw new StateError("modelCheckpoint(): only a model made by sequential() or model() can be saved.");
      }
      if (weightsOnly) await writeFileAtomic(path, await model.saveWeights());
      else {
        // The other formats keep of an optimizer what they can without being asked.
        await saveModel(model, path, path.toLowerCase().endsWith(".safetensors") ? { optimizer: true } : {});
      }
    },
  });
}

/** Options of `backupAndRestore` with a file. */
export interface FileBackupOptions {
  /** The backup's file, such as `out/backup.safetensors`; its folder is made when it is missing. */
  readonly path: string;
  /** After every `epoch` (default), or after so many batches, counted across epochs. */
  readonly saveFreq?: "epoch" | number;
}

/**
 * Keeps a training's state in a file while it runs, written atomically; a fit whose process was killed goes on from there
 * by itself when the program is started again, to the byte. The file is removed when the fit ends. Source: Keras's
 * BackupAndRestore. A `store` in place of the path is taken as by the isomorphic `backupAndRestore`.
 * @throws ConfigError for bad options, and when training begins when the folder cannot be written to; FormatError when
 *   the file is of another model.
 *
 * @example
 * await model.fit(x, y, { epochs: 50, callbacks: [backupAndRestore({ path: "out/backup.safetensors" })] });
 */
export function backupAndRestore(options: FileBackupOptions | BackupAndRestoreOptions): Callback {
  const where = "backupAndRestore()";
  if (typeof options === "object" && options !== null && "store" in options) return storedBackup(options);
  refuseUnknown(where, options, ["path", "saveFreq"] satisfies (keyof FileBackupOptions)[]);
  const { path, saveFreq } = options;
  if (typeof path !== "string" || path === "") {
    throw new ConfigError(`${where}: \`path\` is ${told(path)}, expected the path of a file.`, {
      received: path,
    });
  }
  return backupWith(where, nativeBackup, {
    store: {
      async get() {
        await writable(where, path, () => access(dirname(path), constants.W_OK));
        return readFile(path).catch((cause: { code?: string }) => {
          if (cause.code === "ENOENT") return undefined;
          throw new ConfigError(`${where}: "${path}" cannot be read: ${String(cause)}.`, {
            cause,
            received: path,
          });
        });
      },
      set: (_key, bytes) => writable(where, path, () => writeFileAtomic(path, bytes)),
      delete: () => rm(path, { force: true }),
    },
    ...(saveFreq === undefined ? {} : { saveFreq }),
  });
}

/** Options of `csvLogger` with a file. */
export interface FileLoggerOptions {
  /** The file that is written. */
  readonly filename: string;
  /** Default a comma. */
  readonly separator?: string;
  /** Goes on behind what the file holds, without a second line of names. Default false: the file starts anew. */
  readonly append?: boolean;
}

/**
 * Writes one line an epoch to a file, as Keras's CSVLogger.
 * @throws ConfigError for bad options.
 *
 * @example
 * await model.fit(x, y, { epochs: 3, callbacks: [csvLogger({ filename: "log.csv" })] });
 */
export function csvLogger(options: FileLoggerOptions): Callback {
  const where = "csvLogger()";
  refuseUnknown(where, options, ["filename", "separator", "append"] satisfies (keyof FileLoggerOptions)[]);
  const { filename, separator } = options;
  if (typeof filename !== "string" || filename === "") {
    throw new ConfigError(`${where}: \`filename\` is ${told(filename)}, expected a path.`, {
      received: filename,
    });
  }
  const append = flag(where, "append", options.append ?? false);
  let skipsHeader = false;
  return csvLoggerTo({
    ...(separator === undefined ? {} : { separator }),
    sink: {
      async open() {
        await writable(where, filename, () => writeFile(filename, "", { flag: append ? "a" : "w" }));
        skipsHeader = append && (await stat(filename)).size > 0;
      },
      async write(line) {
        const isHeader = skipsHeader;
        skipsHeader = false;
        // Opened for each line: a fit that fails tells its callbacks nothing, and would leave the file open.
        if (!isHeader) await writable(where, filename, () => appendFile(filename, line));
      },
    },
  });
}
