import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { ConfigError, DataError } from "../errors.js";
import { flag, numberIn, pathIn, refuseUnknown } from "../options.js";
import type { Tensor } from "../tensor.js";

/** Options of `readWordVectors`. */
export interface ReadWordVectorsOptions {
  /**
   * The words wanted, and where: word i of an array gets the i-th row, a `Map` says the row of each word. Words the file
   * does not have keep a row of zeros. Default: every word of the file, in its order.
   */
  readonly vocabulary?: readonly string[] | ReadonlyMap<string, number>;
  /** Reads the first so many words only; such files begin with the most frequent. Default: all. */
  readonly limit?: number;
  /**
   * Keeps row 0 free, for padding and `maskZero`. Default true, but with a `Map`, which says itself where every word
   * stands, it is refused.
   */
  readonly reservePadding?: boolean;
}

/** Vectors of words as `embedding` takes them. */
export interface WordVectors {
  /** The word of each row; `""` for a row that has none. */
  readonly words: string[];
  /** The row of each word: what a text's words are turned into. */
  readonly index: Map<string, number>;
  /** `[rows, dimension]`: `embedding({ inputDim: rows, outputDim: dimension, weights })`. */
  readonly weights: Tensor;
  /** Words of the vocabulary that the file does not have. */
  readonly missing: string[];
}

/** The vectors that come with the words, gathered until their number is known. */
class Rows {
  #values = new Float32Array(1 << 16);
  #length = 0;

  push(values: Float32Array): void {
    if (this.#length + values.length > this.#values.length) {
      const larger = new Float32Array(2 * this.#values.length + values.length);
      larger.set(this.#values.subarray(0, this.#length));
      this.#values = larger;
    }
    this.#values.set(values, this.#length);
    this.#length += values.length;
  }

  row(i: number, width: number): Float32Array {
    return this.#values.subarray(i * width, (i + 1) * width);
  }
}

/** Where wanted words stand, and how many rows that makes. */
interface Places {
  readonly index: Map<string, number>;
  readonly rows: number;
}

function placesOf(vocabulary: readonly string[] | ReadonlyMap<string, number>, first: number): Places {
  const where = "readWordVectors()";
  const index = new Map<string, number>();
  if (!Array.isArray(vocabulary)) {
    let rows = 0;
    for (const [word, row] of vocabulary as ReadonlyMap<string, number>) {
      index.set(word, numberIn(where, `vocabulary "${word}"`, row, { min: 0, integer: true }));
      rows = Math.max(rows, row + 1);
    }
    return { index, rows };
  }
  for (const [i, word] of (vocabulary as readonly string[]).entries()) {
    if (index.has(word)) {
      throw new ConfigError(`${where}: \`vocabulary\` has the word ${JSON.stringify(word)} twice.`, {
        received: word,
      });
    }
    index.set(word, first + i);
  }
  return { index, rows: first + index.size };
}

/** word2vec's text format begins with «words dimension»; GloVe's files begin with the first word. */
const isHeader = (parts: readonly string[]): boolean =>
  parts.length === 2 && parts.every((part) => /^\d+$/.test(part));

/**
 * Splits a line into its word and its numbers. A word may hold spaces (GloVe's 840B file has such), so the numbers are
 * counted from the end once their number is known.
 */
function readLine(
  place: string,
  line: string,
  dimension: number | null,
): { word: string; values: Float32Array } {
  const parts = line.split(" ");
  const count = dimension ?? parts.length - 1;
  const found = parts.length - 1;
  if (found < count || count < 1) {
    throw new DataError(
      `${place}: ${found} numbers behind the word ${JSON.stringify(parts[0]!.slice(0, 40))}, expected ${Math.max(1, count)}, each after one space. Is the file cut off?`,
      { received: found, expected: count },
    );
  }
  const word = parts.slice(0, parts.length - count).join(" ");
  const values = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    const text = parts[parts.length - count + k]!;
    // As it will be stored: 1e39 is a number, but no float32.
    const value = text === "" ? Number.NaN : Math.fround(Number(text));
    if (!Number.isFinite(value)) {
      throw new DataError(
        `${place}: number ${k + 1} of the word ${JSON.stringify(word.slice(0, 40))} is ${JSON.stringify(text.slice(0, 40))}, expected a finite number that float32 holds.`,
        { received: text, expected: "a finite number" },
      );
    }
    values[k] = value;
  }
  return { word, values };
}

/** Letters of a line: some 100,000 numbers. */
const LONGEST_LINE = 2 ** 20;

/** Words and vectors of a file, line by line as it streams. */
async function* readVectors(path: string): AsyncGenerator<{ word: string; values: Float32Array }> {
  const source = createReadStream(path, "utf8");
  const lines = createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY });
  // Where a stream's error comes out of the loop below differs between versions of Node; here it always does.
  let failure: NodeJS.ErrnoException | undefined;
  source.on("error", (error) => {
    failure = error;
    lines.close();
  });
  // A line is kept until its end comes, which a file of zeros, or a device, has none of.
  let unended = 0;
  source.on("data", (chunk) => {
    const text = String(chunk);
    const end = text.lastIndexOf("\n");
    unended = end < 0 ? unended + text.length : text.length - end - 1;
    if (unended > LONGEST_LINE)
      source.destroy(
        new Error(`a line is longer than ${LONGEST_LINE} letters: is it a file of word vectors?`),
      );
  });
  let number = 0;
  let dimension: number | null = null;
  try {
    for await (const given of lines) {
      number += 1;
      // word2vec's own program leaves a space at the end of each line.
      const line = given.trimEnd();
      if (line === "") continue;
      if (number === 1 && isHeader(line.split(" "))) {
        dimension = Number(line.split(" ")[1]);
        continue;
      }
      const entry = readLine(`${path}, line ${number}`, line, dimension);
      dimension ??= entry.values.length;
      yield entry;
    }
  } catch (error) {
    if (failure === undefined) throw error;
  } finally {
    lines.close();
    source.destroy();
  }
  if (failure === undefined) return;
  const problem = failure.code === "ENOENT" ? "there is no such file" : failure.message;
  throw new DataError(`${path}: ${problem}.`, { cause: failure });
}

/**
 * Reads word vectors in the text form of GloVe and word2vec (with or without its header line): a word, then its numbers,
 * separated by single spaces. The file streams; only the rows wanted are kept.
 *
 * @returns words, their rows, and the table for `embedding`.
 * @throws DataError naming file and line for a line of too few numbers or something that is no number, and for a file
 *   that cannot be read or holds no wanted word; ConfigError for options.
 *
 * @example
 * const { index, weights } = await readWordVectors("glove.6B.50d.txt", { limit: 20_000 });
 * const [inputDim, outputDim] = weights.shape;
 * const model = sequential([embedding({ inputDim, outputDim, weights, maskZero: true, trainable: false }), lstm({ units: 32 })]);
 */
export async function readWordVectors(
  path: string,
  options: ReadWordVectorsOptions = {},
): Promise<WordVectors> {
  const where = "readWordVectors()";
  refuseUnknown(where, options, ["vocabulary", "limit", "reservePadding"]);
  pathIn("readWordVectors()", path);
  const { vocabulary } = options;
  const limit =
    options.limit === undefined
      ? Number.POSITIVE_INFINITY
      : numberIn(where, "limit", options.limit, { min: 1, integer: true });
  const isMap = vocabulary !== undefined && !Array.isArray(vocabulary);
  if (isMap && options.reservePadding !== undefined) {
    throw new ConfigError(
      `${where}: a Map as \`vocabulary\` says where every word stands; leave out \`reservePadding\` and leave row 0 out of the Map to keep it free.`,
    );
  }
  const first = flag(where, "reservePadding", options.reservePadding ?? true) ? 1 : 0;
  const wanted = vocabulary === undefined ? null : placesOf(vocabulary, first);
  const found = new Map<string, number>();
  const rows = new Rows();
  let width = 0;
  let read = 0;
  for await (const { word, values } of readVectors(path)) {
    read += 1;
    // The first of equal words counts, as in gensim.
    if ((wanted === null || wanted.index.has(word)) && !found.has(word)) {
      found.set(word, found.size);
      rows.push(values);
      width = values.length;
    }
    if (read >= limit || found.size === wanted?.index.size) break;
  }
  if (found.size === 0) {
    throw new DataError(
      `${path}: ${read === 0 ? "holds no word vectors" : `none of the ${wanted?.index.size} words of the vocabulary is among the ${read} words read`}.`,
    );
  }
  const index = wanted?.index ?? new Map([...found].map(([word, i]) => [word, first + i]));
  const count = wanted?.rows ?? first + found.size;
  const words = new Array<string>(count).fill("");
  const data = new Float32Array(count * width);
  for (const [word, row] of index) {
    words[row] = word;
    const place = found.get(word);
    if (place !== undefined) data.set(rows.row(place, width), row * width);
  }
  const missing = [...index.keys()].filter((word) => !found.has(word));
  return { words, index, weights: { shape: [count, width], data }, missing };
}
