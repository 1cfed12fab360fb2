import { type FileHandle, open } from "node:fs/promises";
import { DataError } from "../errors.js";

/**
 * Opens a file to read.
 * @param expected what it should be, such as `a CSV file`.
 * @throws DataError for a path that is not there, may not be read, or is a directory.
 */
export async function openFile(path: string, expected: string): Promise<FileHandle> {
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new DataError(`${path}: ${cause.code === "ENOENT" ? "there is no such file" : cause.message}.`, {
      cause,
    });
  });
  if (!(await file.stat()).isDirectory()) return file;
  await file.close();
  throw new DataError(`${path}: is a directory, expected ${expected}.`);
}
