import { extname } from "node:path";
import { DataError, GateflowError } from "../../errors.js";
import type { Tensor } from "../../index.js";
import { readNpy } from "../../index.js";
import { readInput } from "./read-input.js";

/** Numbers of a CSV: a header, then a sample a row. @throws DataError by line and column. */
function rowsOf(path: string, text: string): { width: number; values: number[] } {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  while (lines.at(-1)?.trim() === "") lines.pop();
  const width = lines[0]?.split(",").length ?? 0;
  if (lines.length < 2) throw new DataError(`${path}: expected a header and a sample a row.`);
  const values: number[] = [];
  for (const [i, line] of lines.slice(1).entries()) {
    const cells = line.split(",");
    if (cells.length !== width) {
      throw new DataError(`${path}: line ${i + 2} has ${cells.length} cells, the header ${width}.`);
    }
    for (const [column, cell] of cells.entries()) {
      const value = Number(cell.trim().replace(/^"(.*)"$/, "$1"));
      if (cell.trim() === "" || !Number.isFinite(value)) {
        throw new DataError(
          `${path}: line ${i + 2}, column ${column + 1}: \`${cell.slice(0, 40)}\` is no number.`,
        );
      }
      values.push(value);
    }
  }
  return { width, values };
}

/** What begins a file of NumPy, a ZIP such as `.npz`, and one of HDF5: none of them is text. */
const MAGIC: readonly (readonly number[])[] = [
  [0x93, 0x4e, 0x55, 0x4d],
  [0x50, 0x4b, 0x03, 0x04],
  [0x89, 0x48, 0x44, 0x46],
];

/** A pipe has no name that tells: what is no array of NumPy by its first bytes or its name is a table. */
const isTable = (path: string, bytes: Uint8Array): boolean =>
  extname(path.replace(/\.gz$/i, "")).toLowerCase() !== ".npy" &&
  !MAGIC.some((magic) => magic.every((byte, i) => bytes[i] === byte));

/**
 * Samples of a `.npy`, or of a `.csv` with T · F numbers a row for a model of `[T, F]`; packed with gzip or not, from a file,
 * a pipe or, for `-`, standard input.
 * @throws DataError, FormatError naming the file.
 */
export async function readSamples(
  path: string,
  shape: readonly (number | null)[] | undefined,
): Promise<Tensor> {
  const bytes = await readInput(path, "samples as .npy or .csv");
  if (!isTable(path, bytes)) {
    try {
      return readNpy(bytes);
    } catch (error) {
      if (error instanceof GateflowError) throw new DataError(`${path}: ${error.message}`, { cause: error });
      throw error;
    }
  }
  const { width, values } = rowsOf(path, new TextDecoder().decode(bytes));
  const samples = values.length / width;
  const known = (shape ?? [null]).filter((extent): extent is number => extent !== null);
  const each = known.reduce((product, extent) => product * extent, 1);
  const isFree = shape !== undefined && known.length < shape.length;
  if (shape !== undefined && (isFree ? width % each !== 0 : width !== each)) {
    throw new DataError(
      `${path}: a row has ${width} numbers, a sample of the model [${shape.map((extent) => extent ?? "?").join(", ")}].`,
      {
        received: width,
        expected: each,
      },
    );
  }
  const extents = shape === undefined ? [width] : shape.map((extent) => extent ?? width / each);
  return { shape: [samples, ...extents], data: Float32Array.from(values) };
}
