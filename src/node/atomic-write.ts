import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { partOf, removeDeadParts, syncFolder, writeDurable } from "./durable.js";

/**
 * Writes a file whole or not at all, a loss of power included: into a neighbour first, then renamed over the target,
 * which the file system does in one step. Missing folders are made, neighbours of killed processes removed.
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await removeDeadParts(path);
  const neighbour = partOf(path, randomUUID());
  try {
    await writeDurable(neighbour, content);
    await rename(neighbour, path);
  } catch (error) {
    await rm(neighbour, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}
