import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { DataError, told } from "../errors.js";
import { pathIn } from "../options.js";
import { partOf, removeDeadParts, syncFolder, writeDurable } from "./durable.js";

/**
 * Writes a file whole or not at all, a loss of power included: into a neighbour first, then renamed over the target,
 * which the file system does in one step. Missing folders are made, neighbours of killed processes removed.
 * @throws ConfigError for what is no path, DataError for what is neither text nor bytes; what the system says of the disk.
 *
 * @example
 * await writeFileAtomic("out/numbers.json", JSON.stringify([1, 2, 3]));
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const where = "writeFileAtomic()";
  pathIn(where, path);
  if (typeof content !== "string" && !(content instanceof Uint8Array)) {
    throw new DataError(`${where}: the content is ${told(content)}, expected text or bytes.`, {
      received: content,
    });
  }
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
