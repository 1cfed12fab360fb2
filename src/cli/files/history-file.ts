import { extname } from "node:path";
import { FormatError } from "../../errors.js";
import { readBytes } from "../../node/model-files.js";

/** What a training logged: numbers by name, one an epoch. */
export type Logged = Readonly<Record<string, readonly number[]>>;

/** Rates under the name Keras 2 gave them. */
const renamed = (name: string): string => (name === "lr" ? "learning_rate" : name);

/** `NaN` and `Infinity` as Python's json writes them, which JSON itself has no words for. */
const pythonNumbers = (text: string): string =>
  text.replaceAll(/(?<=[[,\s:])(-?)(NaN|Infinity)(?=[\],\s}])/g, (_all, sign, name) => `"${sign}${name}"`);

function fromJson(path: string, text: string): Logged {
  let json: unknown;
  try {
    json = JSON.parse(pythonNumbers(text));
  } catch (cause) {
    throw new FormatError(`${path}: the file is no JSON: ${(cause as Error).message}`, { cause });
  }
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const given = isRecord(json) && isRecord(json.history) ? json.history : json;
  if (!isRecord(given))
    throw new FormatError(
      `${path}: expected what fit() returned, { "history": { "loss": [ … ] } }, or its history alone.`,
      { received: Array.isArray(json) ? "an array" : typeof json },
    );
  const entries = Object.entries(given).filter(([name]) => name !== "epoch");
  return Object.fromEntries(
    entries.map(([name, values]) => {
      // pandas' to_json writes { "0": 0.1, "1": 0.05 } for a column.
      const list = Array.isArray(values) ? values : isRecord(values) ? Object.values(values) : undefined;
      const numbers = list?.map((value) => (value === null ? Number.NaN : Number(value)));
      if (numbers === undefined || list!.some((value) => typeof value === "boolean" || Array.isArray(value)))
        throw new FormatError(`${path}: \`${name}\` is no list of numbers.`, { received: typeof values });
      return [renamed(name), numbers];
    }),
  );
}

function fromCsv(path: string, text: string): Logged {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  while (lines.at(-1)?.trim() === "") lines.pop();
  const [head = "", ...rows] = lines;
  const mark = head.includes(";") ? ";" : head.includes("\t") ? "\t" : ",";
  const names = head.split(mark).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  if (rows.length === 0) throw new FormatError(`${path}: expected a header and an epoch a row.`);
  const columns = names.map(() => [] as number[]);
  for (const [i, row] of rows.entries()) {
    const cells = row.split(mark);
    if (cells.length !== names.length)
      throw new FormatError(`${path}: line ${i + 2} has ${cells.length} cells, the header ${names.length}.`);
    for (const [k, cell] of cells.entries()) {
      const text = cell.trim();
      const value = /^[+-]?(nan|na)?$/i.test(text)
        ? Number.NaN
        : Number(text.replace(/inf(inity)?$/i, "Infinity"));
      if (Number.isNaN(value) && !/^[+-]?(nan|na)?$/i.test(text))
        throw new FormatError(
          `${path}: line ${i + 2}, column ${k + 1}: \`${text.slice(0, 40)}\` is no number.`,
        );
      columns[k]!.push(value);
    }
  }
  return Object.fromEntries(
    names.flatMap((name, k) => (name === "" || name === "epoch" ? [] : [[renamed(name), columns[k]!]])),
  );
}

/**
 * What a training logged, from JSON (of `fit`, or of Keras's `history.history`) or the CSV of a `csvLogger`.
 * @throws DataError for a path that cannot be read; FormatError that names line or field.
 */
export async function readHistory(path: string): Promise<Logged> {
  const text = new TextDecoder().decode(await readBytes(path));
  const logged = extname(path).toLowerCase() === ".csv" ? fromCsv(path, text) : fromJson(path, text);
  const epochs = logged.loss?.length ?? 0;
  if (epochs === 0)
    throw new FormatError(
      `${path}: holds no \`loss\`; it has ${
        Object.keys(logged)
          .map((name) => `\`${name}\``)
          .join(", ") || "nothing"
      }.`,
      { received: Object.keys(logged), expected: "loss" },
    );
  return logged;
}
