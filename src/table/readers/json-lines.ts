import { DataError } from "../../errors.js";
import { finishTable } from "../finish-table.js";
import { type CellFormat, RawColumns } from "../raw-columns.js";
import { inSlices } from "../slices.js";
import { quote, type ReadTable, unknownColumn } from "../table.js";
import type { ByteSource } from "./byte-source.js";
import type { ReadCsvOptions } from "./csv-bytes.js";
import { textOf } from "./text-source.js";

const shown = (cell: unknown): string => {
  if (cell === undefined) return "a missing key";
  return typeof cell === "string" ? quote(cell) : JSON.stringify(cell).slice(0, 40);
};

/** Cells are JSON values; undefined for a missing key. */
const CELLS: CellFormat<unknown> = {
  counts: "line",
  header: "",
  number: (cell) => {
    if (cell === undefined || cell === null) return Number.NaN;
    // 1e999 is JSON, and Infinity once it is parsed.
    return typeof cell === "number" && Number.isFinite(cell) ? cell : undefined;
  },
  text: (cell) => (typeof cell === "string" || typeof cell === "number" ? String(cell) : ""),
  show: shown,
  numberHint: () => "Write numbers without quotes and null for a gap, or choose other columns.",
};

/** Turns objects into rows; a key that is seen late is a column whose rows so far are gaps. */
class ObjectReader {
  readonly #path: string;
  readonly #options: ReadCsvOptions;
  readonly #builder: RawColumns<unknown>;
  readonly #seen = new Set<string>();
  #rows = 0;

  constructor(path: string, options: ReadCsvOptions) {
    this.#path = path;
    this.#options = options;
    this.#builder = new RawColumns<unknown>(path, options, CELLS, undefined);
  }

  read(object: object, line: number): void {
    const { columns } = this.#options;
    for (const key of Object.keys(object)) {
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      if (this.#rows === 0 || columns === undefined) this.#builder.declare(key);
    }
    if (this.#rows === 0) {
      // The first row may have gaps; whether these names exist at all is known at the end.
      for (const name of columns ?? []) if (!this.#builder.header.includes(name)) this.#builder.declare(name);
    }
    const cells = new Map<string, unknown>(Object.entries(object));
    this.#builder.add(
      this.#builder.header.map((name) => cells.get(name)),
      line,
    );
    this.#rows++;
  }

  *finish(notes: readonly string[]): Generator<void, ReadTable> {
    if (this.#rows === 0) throw new DataError(`${this.#path}: is empty, expected one JSON object per line.`);
    const never = this.#options.columns?.find((name) => !this.#seen.has(name));
    if (never !== undefined) throw unknownColumn(this.#path, "", never, [...this.#seen]);
    if (this.#seen.size === 0) throw new DataError(`${this.#path}: has objects without any key.`);
    return yield* finishTable(this.#builder, { notes });
  }
}

/** Longer lines are no objects of a table. */
const LONGEST_LINE = 16_777_216;

/** Lines without their ends. Not node:readline, which also splits at U+2028, legal within a JSON text. */
async function* linesOf(path: string, chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    if (!chunk.includes("\n")) {
      rest += chunk;
      if (rest.length > LONGEST_LINE)
        throw new DataError(`${path}: has a line of more than ${LONGEST_LINE} characters.`);
      continue;
    }
    const lines = chunk.split("\n");
    lines[0] = rest + lines[0]!;
    rest = lines.pop()!;
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
  }
  yield rest;
}

function parseObject(path: string, text: string, line: number): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below, like any other line that holds no object.
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new DataError(
    `${path}, line ${line}: ${quote(text.trim())} is not a JSON object. Write one object per line, such as {"date": "2024-01-31", "value": 1.5}.`,
    { received: text },
  );
}

/**
 * Reads numbers from JSON lines, line by line as they stream: each line an object, each key a column.
 *
 * null and a missing key are gaps. Dates are texts as in `readCsv`, or numbers. Blank lines are allowed at the end only.
 *
 * @throws DataError, one line naming file, line, column and value, for what is not so.
 */
export async function readJsonLines(source: ByteSource, options: ReadCsvOptions): Promise<ReadTable> {
  const { signal } = options;
  const { path } = source;
  const reader = new ObjectReader(path, options);
  const { chunks, notes } = textOf(source, undefined);
  let line = 0;
  let blank: number | undefined;
  for await (const text of linesOf(path, chunks)) {
    line++;
    const json = line === 1 ? text.replace(/^\uFEFF/, "") : text;
    if (json.trim() === "") {
      blank ??= line;
      continue;
    }
    reader.read(parseObject(path, blank === undefined ? json : "", blank ?? line), line);
    if (line % 4096 === 0) signal?.throwIfAborted();
  }
  return inSlices(reader.finish(notes), signal);
}
