import { createGunzip } from "node:zlib";
import { DataError } from "../errors.js";
import type { ByteSource } from "../table/readers/byte-source.js";
import { breathe } from "../table/slices.js";
import { isStandardInput, openFile } from "./open-file.js";

const HEAD = 4096;

async function* fileChunks(path: string, expected: string): AsyncGenerator<Uint8Array> {
  if (isStandardInput(path)) {
    for await (const chunk of process.stdin)
      yield typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array);
    return;
  }
  const file = await openFile(path, expected);
  // Read in order and never from a position: a pipe has none.
  const stream = file.createReadStream({ highWaterMark: 65_536 });
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (cause) {
    throw new DataError(`${path}: cannot be read: ${(cause as Error).message}.`, { cause });
  } finally {
    stream.destroy();
  }
}

async function* gunzipped(path: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const feed = (async () => {
    try {
      for await (const chunk of chunks)
        if (!gunzip.write(chunk)) await new Promise((resolve) => gunzip.once("drain", resolve));
      gunzip.end();
    } catch (error) {
      gunzip.destroy(error as Error);
    }
  })();
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array;
    await feed;
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(`${path}: cannot be unpacked: ${(cause as Error).message}.`, { cause });
  } finally {
    gunzip.destroy();
  }
}

/** The same chunks, and the first bytes of them. */
async function peek(
  chunks: AsyncGenerator<Uint8Array>,
  bytes: number,
): Promise<{ head: Uint8Array; all: AsyncGenerator<Uint8Array> }> {
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < bytes) {
    const { done, value } = await chunks.next();
    if (done === true) break;
    first.push(value);
    length += value.length;
  }
  const head = Buffer.concat(first);
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield head;
      for await (const chunk of chunks) {
        yield chunk;
        await breathe();
      }
    } finally {
      await chunks.return(undefined);
    }
  }
  return { head, all: all() };
}

/**
 * The bytes of a file, a pipe or, for `-`, standard input; unpacked where they are packed by gzip, whatever the name.
 * @throws DataError for a path that is not there, may not be read, or is a directory.
 */
export async function openBytes(path: string, expected: string): Promise<ByteSource> {
  const { head, all } = await peek(fileChunks(path, expected), HEAD);
  const isPacked = head[0] === 0x1f && head[1] === 0x8b;
  if (!isPacked) return { path, head: head.subarray(0, HEAD), chunks: all, isPacked };
  const unpacked = await peek(gunzipped(path, all), HEAD);
  return { path, head: unpacked.head.subarray(0, HEAD), chunks: unpacked.all, isPacked };
}
