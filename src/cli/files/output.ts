import { randomUUID } from "node:crypto";
import { access, constants, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConfigError } from "../../errors.js";

/**
 * Whether files can be written to a folder, there or still to be made: better known before the training than after it.
 * @throws ConfigError when it, or a folder on the way, is a file, or nobody may write there.
 */
export async function checkFolder(option: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    const parent = dirname(path);
    if (parent !== path) await checkFolder(option, parent);
    return;
  }
  if (!found.isDirectory()) {
    throw new ConfigError(`${option}: ${path} is a file, expected a folder.`, { received: path });
  }
  await access(path, constants.W_OK).catch(() => {
    throw new ConfigError(`${option}: nothing can be written to the folder ${path}: permission denied.`, {
      received: path,
    });
  });
}

/**
 * Writes several files all or none: each beside its place first, and only when all are on the disk are they renamed.
 * @returns the paths, in the order given.
 */
export async function writeTogether(
  folder: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const mark = randomUUID();
  const staged = Object.entries(files).map(([name, content]) => {
    const path = join(folder, name);
    return { path, part: `${path}.${mark}.part`, content };
  });
  try {
    for (const { part, content } of staged) await writeFile(part, content);
    for (const { part, path } of staged) await rename(part, path);
  } catch (error) {
    for (const { part } of staged) await rm(part, { force: true });
    throw error;
  }
  return staged.map(({ path }) => path);
}

/**
 * Whether a file can be written, before any work is done for it.
 * @throws ConfigError when a folder is there, when the name is a folder's, or when part of the path is a file.
 */
export async function checkFile(option: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) {
    throw new ConfigError(`${option}: ${path} is a folder, expected the name of a file.`, { received: path });
  }
  if (/[\\/]$/.test(path)) {
    throw new ConfigError(`${option}: ${path} ends like a folder, expected the name of a file in it.`, {
      received: path,
    });
  }
  await checkFolder(option, dirname(path));
}
