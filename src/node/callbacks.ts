import { constants } from "node:fs";
import { access, type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { csvLogger as csvLoggerTo } from "../callbacks/csv-logger.js";
import {
  type ModelCheckpoint,
  type ModelCheckpointOptions,
  modelCheckpoint as modelCheckpointTo,
} from "../callbacks/model-checkpoint.js";
import { ConfigError, StateError } from "../errors.js";
import type { Callback } from "../model/events.js";
import { Sequential } from "../model/sequential.js";
import { flag, refuseUnknown } from "../options.js";
import { checkModelPath, saveModel } from "./model-files.js";

export type FileCheckpointOptions = Omit<ModelCheckpointOptions, "save" | "check">;

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
 */
export function modelCheckpoint(options: FileCheckpointOptions = {}): ModelCheckpoint {
  if (typeof options.filepath === "string") checkModelPath("modelCheckpoint()", options.filepath);
  return modelCheckpointTo({
    ...options,
    check: (path) => writable("modelCheckpoint()", path, () => access(dirname(path), constants.W_OK)),
    async save(model, path) {
      if (!(model instanceof Sequential)) {
        throw new StateError("modelCheckpoint(): only a model made by sequential() can be saved.");
      }
      await saveModel(model, path, { optimizer: true });
    },
  });
}

export interface FileLoggerOptions {
  readonly filename: string;
  /** Default a comma. */
  readonly separator?: string;
  /** Goes on behind what the file holds, without a second line of names. Default false: the file starts anew. */
  readonly append?: boolean;
}

/**
 * Writes one line an epoch to a file, as Keras's CSVLogger.
 * @throws ConfigError for bad options.
 */
export function csvLogger(options: FileLoggerOptions): Callback {
  const where = "csvLogger()";
  refuseUnknown(where, options, ["filename", "separator", "append"] satisfies (keyof FileLoggerOptions)[]);
  const { filename, separator } = options;
  if (typeof filename !== "string" || filename === "") {
    throw new ConfigError(`${where}: \`filename\` is ${JSON.stringify(filename)}, expected a path.`, {
      received: filename,
    });
  }
  const append = flag(where, "append", options.append ?? false);
  let file: FileHandle | undefined;
  let skipsHeader = false;
  return csvLoggerTo({
    ...(separator === undefined ? {} : { separator }),
    sink: {
      async open() {
        file = await writable(where, filename, () => open(filename, append ? "a" : "w"));
        skipsHeader = append && (await file.stat()).size > 0;
      },
      async write(line) {
        const isHeader = skipsHeader;
        skipsHeader = false;
        if (!isHeader) await file?.write(line);
      },
      async close() {
        await file?.close();
        file = undefined;
      },
    },
  });
}
