import { FormatError } from "../../errors.js";
import type { FileWeight } from "../weights.js";
import { leavesOf } from "./describe-model.js";
import { folderOf } from "./dialect.js";
import { type AttributeValue, type Hdf5Dataset, Hdf5Group } from "./hdf5-file.js";
import { Folder } from "./hdf5-folder.js";
import type { ReadLayer, ReadModel } from "./read-model.js";

/** A dataset as a weight; one that lies in pieces is read now. */
async function weightOf(name: string, dataset: Hdf5Dataset): Promise<FileWeight> {
  const { shape } = dataset;
  const data = dataset.isChunked ? await dataset.readChunked() : undefined;
  return { name, shape, read: () => Float32Array.from(data ?? dataset.read()) };
}

/** `vars/0`, `vars/1` … of a folder, by number. */
async function varsOf(folder: Folder | undefined, path: string): Promise<FileWeight[]> {
  const vars = folder?.inside("vars")?.group;
  if (vars === undefined) return [];
  const names = vars.names.filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(a) - Number(b));
  const weights: FileWeight[] = [];
  for (const name of names) {
    const dataset = vars.dataset(name);
    if (dataset !== undefined) weights.push(await weightOf(`${path}/vars/${name}`, dataset));
  }
  return weights;
}

/** The optimizer's variables, by number; none where the file has none. */
export const optimizerVars = (root: Hdf5Group): Promise<FileWeight[]> =>
  varsOf(new Folder(root).inside("optimizer"), "optimizer");

/** The folder of a model's layers, by the names it has had. */
export const layersIn = (root: Folder): Folder | undefined =>
  root.inside("layers") ?? root.inside("_layer_checkpoint_dependencies");

/** Folders of a layer that hold weights, in Keras's order of weights. */
function foldersOf(layer: ReadLayer): readonly string[] {
  const own = layer.entry?.folders;
  return own === undefined ? [""] : own;
}

/**
 * Weights of Keras 3's `.weights.h5`, layer by layer: folders are numbered by class in the order of `model.layers`, the
 * layers' names are not used.
 */
export async function readNumbered(
  root: Folder,
  model: ReadModel,
  weights = new Map<ReadLayer, FileWeight[]>(),
): Promise<Map<ReadLayer, FileWeight[]>> {
  const layers = layersIn(root);
  if (layers === undefined) throw new FormatError("fromKeras(): the weights' file has no group `layers`.");
  const counts = new Map<string, number>();
  for (const layer of model.listed) {
    const folder = folderOf(layer.className);
    const count = counts.get(folder) ?? 0;
    counts.set(folder, count + 1);
    const path = count === 0 ? folder : `${folder}_${count}`;
    const group = layers.inside(path);
    if (layer.model !== undefined) {
      if (group !== undefined) await readNumbered(group, layer.model, weights);
      continue;
    }
    if (layer.inner?.model !== undefined) {
      const inside = group?.inside("layer");
      if (inside !== undefined) await readNumbered(inside, layer.inner.model, weights);
      continue;
    }
    const found: FileWeight[] = [];
    for (const inner of foldersOf(layer)) {
      const at =
        inner === ""
          ? group
          : inner
              .split("/")
              .reduce((folder, step) => folder?.inside(step) ?? folder?.inside(`_${step}`), group);
      found.push(...(await varsOf(at, `${path}/${inner}`)));
    }
    // Weights of the layer itself, where it has some beside those in its folders.
    if (found.length === 0) found.push(...(await varsOf(group, path)));
    weights.set(layer, found);
  }
  return weights;
}

/** Texts of an attribute that may be cut into several: `weight_names`, or `weight_names0`, `weight_names1` … */
export function texts(group: Hdf5Group, name: string): string[] {
  const list = (value: AttributeValue | undefined): string[] =>
    value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String);
  const whole = list(group.attributes.get(name));
  if (whole.length > 0) return whole;
  const parts: string[] = [];
  for (let i = 0; group.attributes.has(`${name}${i}`); i++)
    parts.push(...list(group.attributes.get(`${name}${i}`)));
  return parts;
}

/** Weights of one group of the older form, in the order its attribute names them. */
async function namedWeights(group: Hdf5Group): Promise<FileWeight[]> {
  const weights: FileWeight[] = [];
  for (const name of texts(group, "weight_names")) {
    const dataset = group.dataset(name);
    if (dataset === undefined)
      throw new FormatError(`fromKeras(): the weight \`${group.path}/${name}\` is missing.`);
    weights.push(await weightOf(name, dataset));
  }
  return weights;
}

/** Keras 3 calls the weights of both directions by the layers inside, without the one around them. */
function joinDirections(groups: Map<string, FileWeight[]>, { kind, name, inner }: ReadLayer): void {
  if (kind !== "bidirectional" || inner === undefined || groups.has(name)) return;
  const base = inner.name.replace(/^forward_/, "");
  const [forward, backward] = [`forward_${base}`, `backward_${base}`];
  const both = [groups.get(forward), groups.get(backward)];
  if (both.includes(undefined)) return;
  groups.delete(forward);
  groups.delete(backward);
  groups.set(
    name,
    both.flatMap((own) => own!),
  );
}

/**
 * Shares weights out among layers by the first part of their names, which is the layer's; where the names are others, in
 * order. Weights that do not learn may stand behind those of all layers.
 * @returns undefined where the numbers of layers differ.
 */
export function shareOut(
  weights: readonly FileWeight[],
  layers: readonly ReadLayer[],
): Map<ReadLayer, FileWeight[]> | undefined {
  const groups = new Map<string, FileWeight[]>();
  for (const weight of weights) {
    const layer = weight.name.split("/")[0]!;
    const group = groups.get(layer) ?? [];
    group.push(weight);
    groups.set(layer, group);
  }
  const own = layers.filter(hasWeights);
  for (const layer of own) joinDirections(groups, layer);
  if (groups.size !== own.length) return undefined;
  const inOrder = [...groups.values()];
  const isNamed = own.every(({ name }) => groups.has(name));
  return new Map(own.map((layer, i) => [layer, isNamed ? groups.get(layer.name)! : inOrder[i]!]));
}

/** Weights of an `.h5` of Keras 1 and 2 (and of Keras 3 in that form): a group a layer, by the layer's name, else by order. */
export async function readNamed(root: Hdf5Group, model: ReadModel): Promise<Map<ReadLayer, FileWeight[]>> {
  const { kerasNames } = model;
  const group = root.group("model_weights") ?? root;
  const names = texts(group, "layer_names");
  const listed = names.length > 0 ? names : group.names;
  const groups = new Map<string, FileWeight[]>();
  for (const name of listed) {
    const found = group.get(name);
    if (found instanceof Hdf5Group) groups.set(name, await namedWeights(found));
  }
  const weights = new Map<ReadLayer, FileWeight[]>();
  const give = (layer: ReadLayer, own: FileWeight[]): void => {
    const inside = layer.model ?? layer.inner?.model;
    if (inside === undefined) {
      weights.set(layer, own);
      return;
    }
    const shares = shareOut(own, leavesOf(inside));
    if (shares === undefined) {
      throw new FormatError(
        `fromKeras(): the weights of the model \`${layer.name}\` inside are not told apart by its layers: ${own
          .map(({ name }) => name)
          .slice(0, 20)
          .join(", ")}.`,
      );
    }
    for (const [leaf, share] of shares) weights.set(leaf, share);
  };
  const byName = kerasNames.every((name) => groups.has(name));
  const withWeights = [...groups.values()].filter((own) => own.length > 0);
  let next = 0;
  for (const [i, layer] of model.listed.entries()) {
    if (byName) give(layer, groups.get(kerasNames[i]!)!);
    else if (hasWeights(layer)) give(layer, withWeights[next++] ?? []);
  }
  if (!byName && next !== withWeights.length) {
    throw new FormatError(
      `fromKeras(): the file has weights of ${withWeights.length} layers, the model ${next} layers with weights.`,
    );
  }
  return weights;
}

const weightless: readonly string[] = [
  "inputLayer",
  "maskOperator",
  "activation",
  "dropout",
  "masking",
  "repeatVector",
  "flatten",
  "maxPooling1D",
  "averagePooling1D",
  "globalMaxPooling1D",
  "globalAveragePooling1D",
  "upSampling1D",
  "zeroPadding1D",
  "cropping1D",
  "reshape",
  "permute",
  "spatialDropout1D",
  "gaussianNoise",
  "gaussianDropout",
  "leakyReLU",
  "elu",
  "softmax",
  "rescaling",
  "concatenate",
  "add",
  "subtract",
  "multiply",
  "average",
  "maximum",
  "minimum",
  "dot",
];

/** Whether a layer has weights in a file. */
export function hasWeights(layer: ReadLayer): boolean {
  const inside = layer.model ?? layer.inner?.model;
  if (inside !== undefined) return leavesOf(inside).some(hasWeights);
  const { kind, config } = layer.inner ?? layer;
  if (kind === "attention") return config.useScale === true || config.scoreMode === "concat";
  if (kind === "additiveAttention") return config.useScale !== false;
  return !weightless.includes(kind);
}
