import { FormatError } from "../../errors.js";
import type { DescribedLayer, ModelDescription } from "../description/description.js";
import type { FileWeight } from "../weights.js";
import { cellsOf, modulesOf, type TorchCell, type TorchModule } from "./modules.js";
import { kerasWeights, turned } from "./recurrent-weights.js";
import { readStateDict } from "./state-dict.js";

/** A layer, and its weights. */
interface Part {
  readonly module: string;
  readonly isRecurrent: boolean;
  layer(returnSequences: boolean): DescribedLayer;
  readonly weights: readonly FileWeight[];
}

/** PyTorch's default, a hundredth of Keras's. */
const TORCH_EPSILON = 1e-5;

/** A layer's name from a module's path; none for the root, which has no name. */
const nameOf = (module: string, suffix = ""): { name?: string } => {
  const name = `${module.replaceAll(/[./\s]+/g, "_")}${suffix}`;
  return module === "" ? {} : { name };
};

function recurrentPart(module: string, cells: readonly TorchCell[], suffix: string): Part {
  const [{ kind, units, width, biasIh }] = cells as [TorchCell];
  const name = nameOf(module, suffix);
  return {
    module,
    isRecurrent: true,
    layer(returnSequences) {
      const config = {
        units,
        useBias: biasIh !== undefined,
        returnSequences,
        ...(kind === "lstm" && width < units ? { projectionUnits: width } : {}),
        // PyTorch adds no 1 to the forget gate's bias.
        ...(kind === "lstm" ? { unitForgetBias: false } : {}),
      };
      return cells.length === 1
        ? { kind, config: { ...config, ...name } }
        : { kind: "bidirectional", config: { layer: { kind, config }, ...name } };
    },
    weights: cells.flatMap((cell) => kerasWeights(module, cell)),
  };
}

function partsOf(module: TorchModule): Part[] {
  const { name, kind, tensors, input, output } = module;
  const weight = tensors.get("weight")!;
  const bias = tensors.get("bias");
  const named = nameOf(name);
  const part = (made: DescribedLayer): Part => ({
    module: name,
    isRecurrent: false,
    layer: () => ({ ...made, config: { ...made.config, ...named } }),
    weights: weightsOf(module),
  });
  switch (kind) {
    case "recurrent":
      return cellsOf(module).map((cells, i, all) =>
        recurrentPart(name, cells, all.length > 1 ? `_l${i}` : ""),
      );
    case "linear":
      return [part({ kind: "dense", config: { units: output, useBias: bias !== undefined } })];
    case "embedding":
      return [part({ kind: "embedding", config: { inputDim: weight.shape[0], outputDim: weight.shape[1] } })];
    case "layerNorm":
      return [
        part({ kind: "layerNormalization", config: { epsilon: TORCH_EPSILON, center: bias !== undefined } }),
      ];
    default:
      throw new FormatError(
        `fromTorch(): module \`${name}\` (${input} to ${output}) is a ${kind === "conv1d" ? "Conv1d" : "BatchNorm1d"}, whose padding and place a state dict does not tell. Give gateflow's layers with \`layers\`.`,
      );
  }
}

/** A module's weights in Keras's order and layout, whatever layer takes them. */
function weightsOf(module: TorchModule): FileWeight[] {
  const { name, kind, tensors } = module;
  if (kind === "recurrent")
    return cellsOf(module).flatMap((cells) => cells.flatMap((cell) => kerasWeights(name, cell)));
  const keys = ["weight", "bias", "running_mean", "running_var"].filter((key) => tensors.has(key));
  return keys.map((key) => {
    const tensor = tensors.get(key)!;
    const path = name === "" ? key : `${name}.${key}`;
    const isKernel = key === "weight" && (kind === "linear" || kind === "conv1d");
    return isKernel ? turned(path, tensor) : { name: path, shape: tensor.shape, read: () => tensor.read() };
  });
}

/** Refuses a chain a state dict leaves in doubt. */
function checkChain(modules: readonly TorchModule[], isTold: boolean): void {
  for (const [i, module] of modules.entries()) {
    const before = modules[i - 1];
    if (before === undefined) continue;
    const advice =
      "Say with `layers` which modules make the model, in their order, or take one part with `prefix`.";
    if (module.input === null) {
      throw new FormatError(
        `fromTorch(): \`${module.name}\` takes indices, so it cannot follow \`${before.name}\`. ${advice}`,
      );
    }
    if (module.input !== before.output) {
      throw new FormatError(
        `fromTorch(): \`${module.name}\` takes ${module.input} features, \`${before.name}\` before it gives ${before.output}. ${advice}`,
        { received: before.output, expected: module.input },
      );
    }
    if (!isTold && module.kind === "linear" && before.kind === "linear") {
      throw new FormatError(
        `fromTorch(): a state dict does not tell what stands between \`${before.name}\` and \`${module.name}\`. Say it with layers, such as ["${before.name}", activation({ activation: "relu" }), "${module.name}"].`,
      );
    }
  }
}

const inputOf = ({ input }: TorchModule): readonly (number | null)[] =>
  input === null ? [null] : [null, input];

/** Whether sequences go on behind part `i`: another recurrent layer follows, or nothing does. */
function keepsSequence(parts: readonly Part[], i: number): boolean {
  const behind = parts.slice(i + 1);
  return (
    behind.some(({ isRecurrent }) => isRecurrent) || behind.every(({ module }) => module === parts[i]!.module)
  );
}

function fromModules(modules: readonly TorchModule[], count: number | undefined): ModelDescription {
  const all = modules.flatMap(partsOf);
  const recurrent = all.filter(({ isRecurrent }) => isRecurrent);
  if (count !== undefined && !(Number.isInteger(count) && count >= 1 && count <= recurrent.length)) {
    throw new FormatError(
      `fromTorch(): \`layers\` is ${count}, the stack has ${recurrent.length} recurrent layers.`,
      { received: count, expected: recurrent.length },
    );
  }
  const parts =
    count === undefined || count === recurrent.length
      ? all
      : all.slice(0, all.indexOf(recurrent[count - 1]!) + 1);
  return {
    layers: parts.map((part, i) => part.layer(keepsSequence(parts, i))),
    inputShape: inputOf(modules[0]!),
    weights: parts.flatMap(({ weights }) => weights),
  };
}

/** What the user says the model is made of: names of modules, and layers. */
export type TorchLayers<UserLayer extends object> = readonly (string | UserLayer)[];

/** The user's own order: names make layers, layers stand for themselves and take the weights where there are no names. */
function fromList(
  list: TorchLayers<object>,
  named: readonly TorchModule[],
  unnamed: readonly TorchModule[],
): ModelDescription {
  const next = [...named];
  const weights = unnamed.flatMap(weightsOf);
  const layers: object[] = [];
  for (const [index, entry] of list.entries()) {
    if (typeof entry !== "string") {
      layers.push(entry);
      continue;
    }
    const own = partsOf(next.shift()!);
    const behind = next.flatMap(partsOf);
    const recurrentFollows = list
      .slice(index + 1)
      .some((other) => typeof other === "object" && "returnSequences" in other);
    for (const [i, part] of own.entries()) {
      const follows = [...own.slice(i + 1), ...behind];
      const keeps =
        recurrentFollows || follows.length === 0 || follows.some(({ isRecurrent }) => isRecurrent);
      layers.push(part.layer(keeps));
      weights.push(...part.weights);
    }
  }
  const isNamed = typeof list[0] === "string";
  return { layers, weights, ...(isNamed ? { inputShape: inputOf(named[0]!) } : {}) };
}

/** What a file of PyTorch's holds, as layers; see `fromTorch` in formats/index.ts. */
export async function readTorch(
  bytes: Uint8Array,
  prefix: string,
  layers: TorchLayers<object> | number | undefined,
): Promise<ModelDescription> {
  const dict = await readStateDict(bytes);
  if (typeof layers === "number" || layers === undefined) {
    const modules = modulesOf(dict, prefix);
    checkChain(modules, false);
    return fromModules(modules, layers);
  }
  const names = layers.filter((entry): entry is string => typeof entry === "string");
  const named = modulesOf(dict, prefix, names);
  checkChain(named, true);
  return fromList(layers, named, names.length === 0 ? modulesOf(dict, prefix) : []);
}
