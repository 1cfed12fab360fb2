import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { DataError, FormatError } from "../errors.js";
import { fromSafetensors, type SafetensorsOptions, toSafetensors } from "../formats/safetensors.js";
import type { Sequential } from "../model/sequential.js";
import { writeFileAtomic } from "./atomic-write.js";

const extensions = [".safetensors"] as const;

/** @throws FormatError unless the path's extension names a format of models. */
export function checkModelPath(where: string, path: string): void {
  const extension = extname(path).toLowerCase();
  if ((extensions as readonly string[]).includes(extension)) return;
  throw new FormatError(
    `${where}: ${path} ends in \`${extension || "nothing"}\`; models are stored as ${extensions.join(", ")}.`,
    { received: extension, expected: extensions },
  );
}

/** The bytes of a file. @throws DataError that says in one line what is wrong with the path. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code } = cause as { code?: string };
    const reason =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EISDIR"
          ? "that is a folder"
          : (cause as Error).message;
    throw new DataError(`${path}: ${reason}.`, { received: path, cause });
  }
}

/**
 * Stores a model in the format its path's extension names, atomically.
 * @throws FormatError for an unknown extension.
 */
export async function saveModel(
  model: Sequential,
  path: string,
  options: SafetensorsOptions = {},
): Promise<void> {
  checkModelPath("saveModel()", path);
  await writeFileAtomic(path, toSafetensors(model, options));
}

/** The model stored at `path`. @throws DataError for a path that cannot be read; FormatError for what is no model. */
export async function loadModel(path: string): Promise<Sequential> {
  checkModelPath("loadModel()", path);
  const bytes = await readBytes(path);
  try {
    return fromSafetensors(bytes);
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}
