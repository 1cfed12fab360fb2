import type { ByteReader } from "../bytes/byte-reader.js";
import { sizeOf } from "../bytes/elements.js";
import { type Message, readAddress, UNDEFINED } from "./hdf5-objects.js";

const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER = 3;

/** Numbers of the filters a chunk went through, in their order. */
function readFilters(reader: ByteReader, message: Message | undefined): number[] {
  if (message === undefined) return [];
  reader.seek(message.at);
  const version = reader.u8();
  const count = reader.u8();
  if (version === 1) reader.skip(6);
  const filters: number[] = [];
  for (let i = 0; i < count; i++) {
    const id = reader.u16();
    const nameLength = version === 1 || id > 255 ? reader.u16() : 0;
    reader.skip(2);
    const values = reader.u16();
    reader.skip(version === 1 ? Math.ceil(nameLength / 8) * 8 : nameLength);
    reader.skip(4 * values + (version === 1 && values % 2 === 1 ? 4 : 0));
    if (id !== DEFLATE && id !== SHUFFLE && id !== FLETCHER)
      reader.refuse(`filter ${id} is not read`, message.at);
    filters.push(id);
  }
  return filters;
}

/** Bytes of the same place in each element stand together: HDF5's shuffle, undone. */
function unshuffle(bytes: Uint8Array, width: number): Uint8Array {
  const count = Math.floor(bytes.length / width);
  const output = bytes.slice();
  for (let byte = 0; byte < width; byte++) {
    for (let i = 0; i < count; i++) output[i * width + byte] = bytes[byte * count + i]!;
  }
  return output;
}

interface Chunk {
  readonly size: number;
  readonly skipped: number;
  readonly offset: readonly number[];
  readonly at: number;
}

/** Where the chunks are: the leaves of a B-tree. */
function listChunks(reader: ByteReader, tree: number, rank: number): Chunk[] {
  const chunks: Chunk[] = [];
  const seen = new Set<number>();
  const waiting = [tree];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (seen.has(at)) reader.refuse("a tree of chunks goes in a circle", at);
    seen.add(at);
    if (reader.seek(at).text(4) !== "TREE" || reader.u8() !== 1)
      reader.refuse("a tree of chunks is none", at);
    const level = reader.u8();
    const count = reader.u16();
    reader.skip(16);
    for (let i = 0; i < count; i++) {
      const size = reader.u32();
      const skipped = reader.u32();
      const offset = Array.from({ length: rank }, () => reader.u64());
      reader.skip(8);
      const child = readAddress(reader);
      if (level === 0) chunks.push({ size, skipped, offset, at: child });
      else waiting.push(child);
    }
  }
  return chunks;
}

/**
 * The bytes of a dataset that lies in chunks, perhaps compressed, in row-major order.
 * @param at where the layout message goes on behind its class.
 */
export async function readChunks(
  reader: ByteReader,
  at: number,
  shape: readonly number[],
  width: number,
  filterMessage: Message | undefined,
): Promise<Uint8Array> {
  const rank = shape.length;
  reader.seek(at);
  if (reader.u8() !== rank + 1 || rank === 0)
    reader.refuse("chunks of another number of axes than their dataset", at);
  const tree = readAddress(reader);
  const extents = shape.map(() => reader.u32());
  const chunkBytes = sizeOf(extents) * width;
  // A chunk may reach beyond the dataset's end, but not by much.
  const isFair = extents.every((extent, axis) => extent >= 1 && extent <= Math.max(1024, 4 * shape[axis]!));
  if (!isFair || chunkBytes > 2 ** 30) reader.refuse(`chunks of [${extents.join(", ")}]`, at);
  const filters = readFilters(reader, filterMessage);
  const output = new Uint8Array(sizeOf(shape) * width);
  if (tree === UNDEFINED) return output;
  const { inflateChunk } = await import("../bytes/inflate.js");
  let copied = 0;
  for (const { size, skipped, offset, at: place } of listChunks(reader, tree, rank)) {
    if (offset.some((start, axis) => start >= shape[axis]!)) continue;
    let bytes = reader.seek(place).take(size);
    for (let i = filters.length - 1; i >= 0; i--) {
      if (skipped & (1 << i)) continue;
      if (filters[i] === FLETCHER) bytes = bytes.subarray(0, bytes.length - 4);
      else if (filters[i] === SHUFFLE) bytes = unshuffle(bytes, width);
      else
        bytes = await inflateChunk(bytes, chunkBytes + 8, "zlib", (what) =>
          reader.refuse(`a chunk ${what}`, place),
        );
    }
    if (bytes.length < chunkBytes) reader.refuse("a chunk is too short", place);
    copied += chunkBytes;
    if (copied > 8 * output.length + 2 ** 24)
      reader.refuse("there are more chunks than the dataset has room for", place);
    copyChunk(bytes, extents, offset, output, shape, width);
  }
  return output;
}

function copyChunk(
  chunk: Uint8Array,
  extents: readonly number[],
  offset: readonly number[],
  output: Uint8Array,
  shape: readonly number[],
  width: number,
): void {
  const last = shape.length - 1;
  const row = Math.min(extents[last]!, shape[last]! - offset[last]!) * width;
  const rows = sizeOf(extents.slice(0, last));
  const index = extents.slice(0, last).map(() => 0);
  for (let r = 0; r < rows; r++) {
    let to = 0;
    let isInside = true;
    for (let axis = 0; axis < last; axis++) {
      const place = offset[axis]! + index[axis]!;
      isInside &&= place < shape[axis]!;
      to = (to + place) * shape[axis + 1]!;
    }
    if (isInside) {
      const from = r * extents[last]! * width;
      output.set(chunk.subarray(from, from + row), (to + offset[last]!) * width);
    }
    for (let axis = last - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      if (index[axis]! < extents[axis]!) break;
      index[axis] = 0;
    }
  }
}
