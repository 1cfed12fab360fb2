import { type FileHandle, open } from "node:fs/promises";
import { DataError } from "../errors.js";
import { pathIn } from "../options.js";

/** What the operating system calls its errors, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  ELOOP: "the links in its path go round in circles",
  ENAMETOOLONG: "the name is too long",
  ENOTDIR: "part of the path is a file, not a folder",
  EMFILE: "too many files are open",
};

/** `-` is what comes in by standard input. */
export const isStandardInput = (path: string): boolean => path === "-";

/**
 * Opens a file to read.
 * @param expected what it should be, such as `a CSV file`.
 * @throws DataError for a path that is not there, may not be read, or is a directory.
 */
export async function openFile(path: string, expected: string): Promise<FileHandle> {
  const file = await open(pathIn(expected, path)).catch((cause: NodeJS.ErrnoException) => {
    throw new DataError(`${path}: ${REASONS[cause.code ?? ""] ?? cause.message}.`, { cause });
  });
  if (!(await file.stat()).isDirectory()) return file;
  await file.close();
  throw new DataError(`${path}: is a directory, expected ${expected}.`);
}
