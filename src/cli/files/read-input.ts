import { stat } from "node:fs/promises";
import { DataError } from "../../errors.js";
import { openBytes } from "../../node/byte-source.js";
import { isStandardInput } from "../../node/open-file.js";

/**
 * All bytes of a file, a pipe or, for `-`, standard input; unpacked where gzip packed them.
 * @param expected what it should be, such as `samples as .npy or .csv`.
 * @throws DataError for a path that is not there or may not be read, a folder, and a device, which has no end.
 */
export async function readInput(path: string, expected: string): Promise<Uint8Array> {
  if (!isStandardInput(path)) {
    // What is not there, openBytes says.
    const found = await stat(path).catch(() => undefined);
    if (found?.isCharacterDevice() === true || found?.isBlockDevice() === true)
      throw new DataError(`${path}: is a device, expected ${expected}.`, { received: path });
  }
  const { chunks } = await openBytes(path, expected);
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}
