import { inSlices } from "../slices.js";
import type { ReadTable } from "../table.js";
import { TextTable, type TextTableOptions } from "../text-table.js";
import type { ByteSource } from "./byte-source.js";
import { textOf } from "./text-source.js";

/** Options of `readCsv`. */
export interface ReadCsvOptions extends TextTableOptions {
  /** Such as `"latin1"` or `"utf-16le"`. Default: UTF-8, UTF-16, Shift JIS, Windows-1251 or Latin-1, whichever the bytes are. */
  readonly encoding?: string;
  /** Stops the reading. Default: nothing stops it. */
  readonly signal?: AbortSignal;
}

/** Reads a text with delimiters from bytes. */
export async function readCsvBytes(source: ByteSource, options: ReadCsvOptions): Promise<ReadTable> {
  const { encoding, signal, ...rest } = options;
  const { chunks, notes } = textOf(source, encoding);
  const table = new TextTable(source.path, rest);
  for await (const text of chunks) {
    signal?.throwIfAborted();
    table.push(text);
  }
  for (const note of notes) table.note(note);
  return inSlices(table.finish(), signal);
}
