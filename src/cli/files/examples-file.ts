import { DataError, GateflowError } from "../../errors.js";
import type { Tensor } from "../../index.js";
import { readNpz } from "../../index.js";
import { readBytes } from "../../node/model-files.js";
import { readSamples } from "./array-file.js";

/** Arrays of a model's inputs or outputs: one, or several by their names. */
export type Arrays = Tensor | Readonly<Record<string, Tensor>>;

/** What an array of a part is called in an archive, the commonest first. */
const usual: Readonly<Record<string, readonly string[]>> = {
  "--x": ["x", "X", "x_train", "X_train", "inputs"],
  "--y": ["y", "Y", "y_train", "Y_train", "targets", "labels"],
  "--validation-x": ["x_val", "X_val", "x_validation", "x_test", "X_test", "x", "X"],
  "--validation-y": ["y_val", "Y_val", "y_validation", "y_test", "Y_test", "y", "Y"],
};

const ARCHIVE = /^(.*\.npz)(?::([^/\\]+))?$/i;

export const isArchive = (path: string): boolean => ARCHIVE.test(path);

/**
 * What an option such as `--x` names: a `.npy`, a `.csv` with a sample a row, or a `.npz`, of which `file.npz:name` takes
 * one array and `file.npz` the one called as the option is; all, where they are called as the model's inputs or outputs are.
 * @param names of the model's inputs or outputs.
 * @throws DataError, FormatError naming the file.
 */
export async function readArrays(
  option: string,
  path: string,
  shape: readonly (number | null)[] | undefined,
  names: readonly string[],
): Promise<Arrays> {
  const [, file, asked] = ARCHIVE.exec(path) ?? [];
  if (file === undefined) return readSamples(path, shape);
  let arrays: Record<string, Tensor>;
  const bytes = await readBytes(file);
  try {
    arrays = await readNpz(bytes);
  } catch (error) {
    if (error instanceof GateflowError) throw new DataError(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
  const known = Object.keys(arrays);
  const named = (name: string): Tensor | undefined =>
    Object.hasOwn(arrays, name) ? arrays[name] : undefined;
  if (asked === undefined && names.length > 1 && names.every((name) => named(name) !== undefined))
    return Object.fromEntries(names.map((name) => [name, arrays[name]!]));
  const candidates =
    asked !== undefined ? [asked] : [...(names.length === 1 ? names : []), ...usual[option]!];
  const found = candidates.map(named).find((array) => array !== undefined);
  if (found !== undefined) return found;
  if (asked === undefined && known.length === 1) return arrays[known[0]!]!;
  throw new DataError(
    `${option} ${path}: the archive holds ${known.map((name) => `\`${name}\``).join(", ") || "no array"}, none called ${candidates.map((name) => `\`${name}\``).join(" or ")}. Say which with ${file}:name.`,
    { received: known, expected: candidates },
  );
}
