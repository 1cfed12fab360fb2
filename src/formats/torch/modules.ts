import { FormatError } from "../../errors.js";
import type { StateDict, StoredTensor } from "./state-dict.js";

/** A module of PyTorch's, recognized by the names and shapes of its tensors. */
export interface TorchModule {
  /** Its path, such as `encoder.lstm`. */
  readonly name: string;
  readonly kind: "recurrent" | "linear" | "embedding" | "layerNorm" | "conv1d" | "batchNorm";
  /** Tensors by the last part of their names. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Features it takes; null: it takes indices. */
  readonly input: number | null;
  readonly output: number;
}

export type CellKind = "lstm" | "gru" | "simpleRNN";

/** One layer of a recurrent module, in one direction. */
export interface TorchCell {
  readonly kind: CellKind;
  readonly units: number;
  /** Width of h: less than `units` behind a projection. */
  readonly width: number;
  readonly input: number;
  readonly weightIh: StoredTensor;
  readonly weightHh: StoredTensor;
  readonly biasIh: StoredTensor | undefined;
  readonly biasHh: StoredTensor | undefined;
  readonly projection: StoredTensor | undefined;
}

const refuse = (what: string): never => {
  throw new FormatError(`fromTorch(): ${what}`);
};

const rank = (tensor: StoredTensor | undefined): number => tensor?.shape.length ?? -1;

/** The cell whose tensors end in `suffix`, such as `_l0_reverse`; undefined when there is none. */
function cellOf(
  name: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  suffix: string,
): TorchCell | undefined {
  const weightIh = tensors.get(`weight_ih${suffix}`);
  const weightHh = tensors.get(`weight_hh${suffix}`);
  if (weightIh === undefined && weightHh === undefined) return undefined;
  const biasIh = tensors.get(`bias_ih${suffix}`);
  const biasHh = tensors.get(`bias_hh${suffix}`);
  const projection = tensors.get(`weight_hr${suffix}`);
  const what = `\`${name}\`, weights \`…${suffix || "_ih, _hh"}\``;
  if (weightIh === undefined || weightHh === undefined || rank(weightIh) !== 2 || rank(weightHh) !== 2) {
    return refuse(`${what}: weight_ih and weight_hh are needed, both matrices.`);
  }
  const [rows, input] = weightIh.shape as [number, number];
  const [sameRows, width] = weightHh.shape as [number, number];
  const units = projection === undefined ? width : projection.shape[1]!;
  const gates = rows / units;
  const kind = ({ 4: "lstm", 3: "gru", 1: "simpleRNN" } as const)[gates];
  const isBias = (bias: StoredTensor | undefined): boolean =>
    bias === undefined || (rank(bias) === 1 && bias.shape[0] === rows);
  const fits =
    kind !== undefined &&
    units >= 1 &&
    input >= 1 &&
    rows === sameRows &&
    isBias(biasIh) &&
    isBias(biasHh) &&
    (biasIh === undefined) === (biasHh === undefined) &&
    (projection === undefined ||
      (kind === "lstm" && rank(projection) === 2 && projection.shape[0] === width));
  if (!fits) {
    return refuse(
      `${what}: weight_ih [${weightIh.shape.join(", ")}] and weight_hh [${weightHh.shape.join(", ")}] are those of no LSTM (4 gates), GRU (3) or RNN (1).`,
    );
  }
  return { kind: kind!, units, width, input, weightIh, weightHh, biasIh, biasHh, projection };
}

/** The layers of a recurrent module: each forward, then, where it is bidirectional, backward. */
export function cellsOf({ name, tensors }: Pick<TorchModule, "name" | "tensors">): (readonly TorchCell[])[] {
  const single = cellOf(name, tensors, "");
  if (single !== undefined) return [[single]];
  const layers: (readonly TorchCell[])[] = [];
  let used = 0;
  for (let index = 0; ; index++) {
    const forward = cellOf(name, tensors, `_l${index}`);
    const backward = cellOf(name, tensors, `_l${index}_reverse`);
    if (forward === undefined) {
      if (backward !== undefined) refuse(`\`${name}\`, layer ${index}: the forward direction is missing.`);
      break;
    }
    const cells = backward === undefined ? [forward] : [forward, backward];
    const before = layers.at(-1);
    const expected = before === undefined ? forward.input : before.length * before[0]!.width;
    const fits = cells.every(
      (cell) =>
        cell.kind === forward.kind &&
        cell.units === forward.units &&
        cell.width === forward.width &&
        cell.input === expected &&
        (cell.biasIh === undefined) === (forward.biasIh === undefined),
    );
    if (!fits || (before !== undefined && before.length !== cells.length)) {
      refuse(`\`${name}\`, layer ${index}: its shapes do not follow from those of the layer before.`);
    }
    layers.push(cells);
    used +=
      cells.length *
      (2 + (forward.biasIh === undefined ? 0 : 2) + (forward.projection === undefined ? 0 : 1));
  }
  const known = [...tensors.keys()];
  if (used !== known.length) {
    refuse(`\`${name}\`: not all of its tensors belong to a recurrent stack: ${known.join(", ")}.`);
  }
  return layers;
}

const looksLikeTable = (name: string): boolean => /emb|lookup|\bwte\b|vocab/i.test(name.split(".").at(-1)!);

function moduleOf(name: string, tensors: ReadonlyMap<string, StoredTensor>): TorchModule {
  const weight = tensors.get("weight");
  const bias = tensors.get("bias");
  const keys = [...tensors.keys()].filter((key) => key !== "num_batches_tracked");
  const only = (...allowed: readonly string[]): boolean => keys.every((key) => allowed.includes(key));
  if (keys.some((key) => /^weight_(ih|hh)/.test(key))) {
    const layers = cellsOf({ name, tensors });
    if (layers.length === 0) refuse(`\`${name}\`: its recurrent layers do not begin with _l0.`);
    const last = layers.at(-1)!;
    return {
      name,
      kind: "recurrent",
      tensors,
      input: layers[0]![0]!.input,
      output: last.length * last[0]!.width,
    };
  }
  const biasFits = (size: number): boolean =>
    bias === undefined || (rank(bias) === 1 && bias.shape[0] === size);
  if (weight !== undefined && only("weight", "bias")) {
    const [first = 0, second = 0] = weight.shape;
    if (rank(weight) === 2 && bias === undefined && looksLikeTable(name)) {
      return { name, kind: "embedding", tensors, input: null, output: second };
    }
    if (rank(weight) === 2 && biasFits(first))
      return { name, kind: "linear", tensors, input: second, output: first };
    if (rank(weight) === 1 && biasFits(first)) {
      return { name, kind: "layerNorm", tensors, input: first, output: first };
    }
    if (rank(weight) === 3 && biasFits(first))
      return { name, kind: "conv1d", tensors, input: second, output: first };
  }
  if (keys.includes("running_mean") && only("weight", "bias", "running_mean", "running_var")) {
    const size = tensors.get("running_mean")!.shape[0] ?? 0;
    return { name, kind: "batchNorm", tensors, input: size, output: size };
  }
  return refuse(
    `module \`${name || "(root)"}\` with ${keys.join(", ")} is none that is known here: LSTM, GRU, RNN, Linear, Embedding, LayerNorm, Conv1d, BatchNorm1d. Leave it out with \`prefix\` or \`layers\`.`,
  );
}

/**
 * The modules below `prefix`, in the order of the file.
 * @param names which are meant, in the order they run; default: all.
 * @throws FormatError for a module that is not known, a name that is not there.
 */
export function modulesOf(dict: StateDict, prefix: string, names?: readonly string[]): TorchModule[] {
  const below = prefix === "" || prefix.endsWith(".") ? prefix : `${prefix}.`;
  const groups = new Map<string, Map<string, StoredTensor>>();
  for (const [path, tensor] of dict) {
    if (!path.startsWith(below)) continue;
    const cut = path.lastIndexOf(".");
    const name = path.slice(0, Math.max(0, cut));
    const group = groups.get(name) ?? new Map<string, StoredTensor>();
    group.set(path.slice(cut + 1), tensor);
    groups.set(name, group);
  }
  if (groups.size === 0) {
    refuse(
      `no tensor's name begins with \`${below}\`. There are: ${[...dict.keys()].slice(0, 20).join(", ")}${dict.size > 20 ? ", …" : ""}.`,
    );
  }
  if (names === undefined) return [...groups].map(([name, tensors]) => moduleOf(name, tensors));
  return names.map((name) => {
    const path = groups.has(`${below}${name}`) ? `${below}${name}` : name;
    const group = groups.get(path);
    if (group === undefined)
      refuse(`there is no module \`${name}\`. There are: ${[...groups.keys()].join(", ")}.`);
    return moduleOf(path, group!);
  });
}
