import { DataError, type LayerRecipe, readNpz, readTableBytes } from "gateflow";
import type { OpenedAbout, OpenedFile } from "../protocol.ts";
import { readModel } from "./read-model.ts";

interface Opened {
  readonly file: OpenedFile;
  readonly about: OpenedAbout;
}

const modelEndings = /\.(safetensors|keras|h5|hdf5|pt|pth|onnx|json)$/i;

/** What somebody opened: a model, arrays, or a table. @throws with a message that names the file. */
export async function openFile(name: string, bytes: Uint8Array): Promise<Opened> {
  if (bytes.length === 0) throw new DataError(`${name}: is empty.`);
  if (/\.npz$/i.test(name)) return openArrays(name, bytes);
  if (modelEndings.test(name)) return openModel(name, bytes);
  return openTable(name, bytes);
}

async function openArrays(name: string, bytes: Uint8Array): Promise<Opened> {
  const arrays = await readNpz(bytes);
  const { x, y } = arrays;
  if (x === undefined || y === undefined) {
    throw new DataError(
      `${name}: holds ${Object.keys(arrays).join(", ") || "nothing"}; the studio needs the arrays x and y.`,
    );
  }
  if (x.shape.length !== 3)
    throw new DataError(`${name}: x is [${x.shape.join(", ")}], expected [examples, time steps, features].`);
  if (y.shape[0] !== x.shape[0])
    throw new DataError(`${name}: x has ${x.shape[0]} examples and y ${y.shape[0]}; each needs a target.`);
  if (x.shape[0]! < 10)
    throw new DataError(`${name}: ${x.shape[0]} examples are too few; at least 10 are needed.`);
  const targets = y.shape.length === 1 ? { ...y, shape: [y.shape[0]!, 1] } : y;
  const floats = (tensor: typeof x) => ({ shape: tensor.shape, data: Float32Array.from(tensor.data) });
  return {
    file: { name, x: floats(x), y: floats(targets) },
    about: {
      what: "examples",
      notes: [],
      outputs: targets.shape.at(-1)!,
      sequences: targets.shape.length === 3,
    },
  };
}

async function openModel(name: string, bytes: Uint8Array): Promise<Opened> {
  const kept = bytes.slice();
  const model = await readModel(name, bytes);
  try {
    const layers = model.layers.map(
      (layer) => ({ kind: layer.kind, ...layer.getConfig() }) as unknown as LayerRecipe,
    );
    const recurrent = model.layers.findLast(({ kind }) => /^(lstm|gru|simpleRNN|bidirectional)$/.test(kind));
    if (recurrent === undefined)
      throw new DataError(`${name}: the model has no recurrent layer, whose flow could be seen.`);
    const inputShape = (model.inputShape ?? [null, 1]) as readonly (number | null)[];
    if (inputShape.length !== 2)
      throw new DataError(
        `${name}: its input is [${inputShape.join(", ")}] a sample, the studio feeds [time steps, features].`,
      );
    const { outputs, sequences } = outputOf(layers);
    return {
      file: { name, model: kept },
      about: { what: "model", notes: [], layers, inputShape, outputs, sequences },
    };
  } finally {
    model.dispose();
  }
}

function outputOf(layers: readonly LayerRecipe[]): { outputs: number; sequences: boolean } {
  const sized = layers.findLast(({ units }) => typeof units === "number");
  const recurrent = layers.findLast(({ kind }) => /^(lstm|gru|simpleRNN)$/.test(kind));
  return { outputs: Number(sized?.units ?? 1), sequences: recurrent?.returnSequences === true };
}

/** Columns there are to choose from. */
const MOST_COLUMNS = 64;

async function openTable(name: string, bytes: Uint8Array): Promise<Opened> {
  const table = await readTableBytes(name, bytes);
  const names = Object.keys(table.columns);
  // The last column: tables begin with what says when, and end with what it comes to.
  const target = names.at(-1)!;
  if (target === undefined) throw new DataError(`${name}: has no column of numbers.`);
  const chosen = [target, ...names.filter((column) => column !== target)].slice(0, MOST_COLUMNS);
  if (table.rows < 30)
    throw new DataError(`${name}: has ${table.rows} rows; at least 30 are needed to train and to validate.`);
  const rows = Array.from({ length: table.rows }, (_, i) =>
    chosen.map((column) => table.columns[column]![i]!),
  );
  return { file: { name, rows, columns: chosen }, about: { what: "table", notes: table.notes } };
}
