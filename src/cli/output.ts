import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConfigError } from "../errors.js";

/** @throws ConfigError when `path` exists and is no folder: better before the training than after it. */
export async function checkFolder(option: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && !found.isDirectory()) {
    throw new ConfigError(`${option}: ${path} is a file, expected a folder.`, { received: path });
  }
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

/** @throws ConfigError when a file cannot be written at `path` because a folder is there, or its own folder is a file. */
export async function checkFile(option: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) {
    throw new ConfigError(`${option}: ${path} is a folder, expected the name of a file.`, { received: path });
  }
  await checkFolder(option, dirname(path));
}
