import { open, readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Writes a new file and waits until the disk has it: a rename after it cannot put an empty file in place. */
export async function writeDurable(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Waits until the disk knows the names in a folder. Where folders cannot be opened (Windows), the system sees to it. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  if (folder === undefined) return;
  try {
    await folder.sync().catch(() => {});
  } finally {
    await folder.close();
  }
}

/** A file somebody is still writing has changed within this time; another machine's processes cannot be asked. */
const ABANDONED_MS = 60_000;
const PART = /^(.+)\.(\d+)\.[0-9a-f-]{36}\.part$/;

/** Whether a process of this machine lives; one that may not be asked does. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The neighbour a file is written to before it is renamed over `path`. */
export const partOf = (path: string, mark: string): string => `${path}.${process.pid}.${mark}.part`;

/** Removes the parts of `path` that killed processes have left beside it. */
export async function removeDeadParts(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder).catch(() => [])) {
    const [, target, pid] = PART.exec(name) ?? [];
    if (target !== basename(path) || isAlive(Number(pid))) continue;
    const part = join(folder, name);
    const found = await stat(part).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(part, { force: true });
  }
}
