import { randomUUID } from "node:crypto";
import { access, constants, lstat, mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConfigError } from "../../errors.js";
import { partOf, removeDeadParts, syncFolder, writeDurable } from "../../node/durable.js";
import { withFolderLock } from "./folder-lock.js";

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

/** Says, while it is there, which parts make a set: written when all are on the disk, removed when all are in place. */
const RECORD = ".gateflow-set.json";

/** A record comes from a file: a name that leads elsewhere, or a part that is another's, is not moved. */
const isPart = (name: string, part: unknown): boolean =>
  typeof part === "string" && part.startsWith(`${name}.`) && part.endsWith(".part") && !/[\\/\0]/.test(part);

/**
 * Puts a set in place. Its old files go before the first new one comes, so that at no moment, a kill at any included,
 * files of two sets stand side by side.
 */
async function placeSet(folder: string, parts: Readonly<Record<string, string>>): Promise<void> {
  const waiting: string[] = [];
  for (const [name, part] of Object.entries(parts)) {
    if ((await stat(join(folder, part)).catch(() => undefined)) !== undefined) waiting.push(name);
  }
  // With one already in its place, the old ones are gone, and only the rest is to be moved.
  if (waiting.length === Object.keys(parts).length) {
    for (const name of waiting) await rm(join(folder, name), { force: true });
    await syncFolder(folder);
  }
  for (const name of waiting) await rename(join(folder, parts[name]!), join(folder, name));
  await syncFolder(folder);
  await rm(join(folder, RECORD), { force: true });
}

/** Ends what a killed process began: a set that was complete is put in place. */
async function finishSet(folder: string): Promise<void> {
  const text = await readFile(join(folder, RECORD), "utf8").catch(() => undefined);
  if (text === undefined) return;
  let parts: unknown;
  try {
    parts = JSON.parse(text);
  } catch {
    parts = undefined;
  }
  const isRecord =
    typeof parts === "object" &&
    parts !== null &&
    Object.entries(parts).every(([name, part]) => isPart(name, part));
  if (isRecord) await placeSet(folder, parts as Record<string, string>);
  else await rm(join(folder, RECORD), { force: true });
}

/** @throws ConfigError when a folder stands where a file is to be written. */
export async function checkPlaces(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const found = await lstat(join(folder, name)).catch(() => undefined);
    if (found?.isDirectory()) {
      throw new ConfigError(`${join(folder, name)} is a folder; a file of that name is to be written.`, {
        received: name,
      });
    }
  }
}

/**
 * Writes several files all or none: each beside its place first, and only when all are on the disk do they take their
 * places. One process at a time; what a killed one left is ended or removed first.
 * @returns the paths, in the order given.
 * @throws ConfigError when a folder has the name of a file, or another process does not let go of the folder.
 */
export async function writeTogether(
  folder: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const names = Object.keys(files);
  await checkPlaces(folder, names);
  return withFolderLock(folder, async () => {
    await finishSet(folder);
    const mark = randomUUID();
    const parts = Object.fromEntries(names.map((name) => [name, partOf(name, mark)]));
    const record = partOf(RECORD, mark);
    try {
      for (const name of [...names, RECORD]) await removeDeadParts(join(folder, name));
      for (const name of names) {
        await writeDurable(join(folder, parts[name]!), files[name]!);
      }
      await writeDurable(join(folder, record), JSON.stringify(parts));
      await checkPlaces(folder, names);
      await rename(join(folder, record), join(folder, RECORD));
    } catch (error) {
      for (const part of [...Object.values(parts), record]) await rm(join(folder, part), { force: true });
      throw error;
    }
    await placeSet(folder, parts);
    return names.map((name) => join(folder, name));
  });
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
