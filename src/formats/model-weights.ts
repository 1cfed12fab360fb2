import { FormatError } from "../errors.js";
import { Model } from "../model/model.js";
import { flag, refuseUnknown } from "../options.js";
import { describeShape, sameShape } from "../tensor.js";
import { type ListedTensor, listSafetensors, writeSafetensors } from "./safetensors-file.js";
import { readWeight, writeByName } from "./weights.js";

/** Options of `model.loadWeights`. */
export interface LoadWeightsOptions {
  /**
   * Takes the weights of those layers whose names are in the file, and leaves the others as they are. Default false: the
   * file has all weights, under the model's names or, where the names are others, in its order.
   */
  readonly byName?: boolean;
  /** Takes NaN and Infinity among the weights. Default false. */
  readonly allowNonFinite?: boolean;
}

// What the native format adds to every model: `gateflow` brings it along, `gateflow/core` does without.
declare module "../model/model.js" {
  interface Model {
    /**
     * The weights alone, as safetensors bytes, under the names of `getWeights()`: Keras's `save_weights`.
     * @throws StateError before the input's shape is known.
     *
     * @example
     * const bytes = model.saveWeights();
     * twin.loadWeights(bytes);
     */
    saveWeights(): Uint8Array;
    /**
     * Takes weights that `saveWeights` or `toSafetensors` wrote: Keras's `load_weights`.
     * @throws FormatError for damaged bytes, NaN, and weights that are missing, left over or of another shape, by name; no
     *   weight is changed then.
     */
    loadWeights(bytes: Uint8Array, options?: LoadWeightsOptions): void;
  }
}

const ORDER = "gateflow.weights";
const WHERE = "loadWeights()";
/** What `toSafetensors(model, { optimizer: true })` keeps beside the weights. */
const ofTraining = /^(optimizer|states|callbacks)\//;

/** The weights of a file in the order they were written in, whatever a tool has sorted them by. */
function weightsIn(bytes: Uint8Array): ListedTensor[] {
  const { tensors, metadata } = listSafetensors(bytes);
  const own = tensors.filter(({ name }) => !ofTraining.test(name));
  const order = metadata[ORDER]?.split("\n");
  if (order === undefined) return own;
  return own.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

const layerOf = (name: string): string => name.slice(0, name.indexOf("/"));

function loadByName(model: Model, weights: readonly ListedTensor[], allowNonFinite: boolean): void {
  const inFile = new Map(weights.map((weight) => [weight.name, weight]));
  const layers = new Set(weights.map(({ name }) => layerOf(name)));
  const now = model.getWeights();
  const taken = now.filter(({ name }) => layers.has(layerOf(name)));
  if (taken.length === 0) {
    throw new FormatError(
      `${WHERE}: no layer of the file has the name of one of the model's. File: ${[...layers].join(", ")}; model: ${[...new Set(now.map(({ name }) => layerOf(name)))].join(", ")}.`,
    );
  }
  for (const name of layers) {
    const [own, given] = [now, weights].map(
      (list) => list.filter((one) => layerOf(one.name) === name).length,
    );
    if (own === 0 || own === given) continue;
    throw new FormatError(
      `${WHERE}: the layer \`${name}\` has ${given} weights in the file, and ${own} here.`,
      {
        received: given,
        expected: own,
      },
    );
  }
  model.setWeights(
    now.map((weight) => {
      if (!taken.includes(weight)) return weight;
      const { name, shape } = weight;
      const found = inFile.get(name);
      if (found !== undefined) return { shape, data: readWeight(WHERE, found, shape, allowNonFinite) };
      throw new FormatError(`${WHERE}: the weight \`${name}\` is missing from the file.`, { expected: name });
    }),
    // What this model holds already stays as it is; what comes in was looked at.
    { allowNonFinite: true },
  );
}

function loadAll(model: Model, weights: readonly ListedTensor[], allowNonFinite: boolean): void {
  const now = model.getWeights();
  const names = new Set(weights.map(({ name }) => name));
  if (weights.length !== now.length || now.every(({ name }) => names.has(name))) {
    writeByName(WHERE, model, weights, allowNonFinite);
    return;
  }
  const wrong = now.findIndex(({ shape }, i) => !sameShape(shape, weights[i]!.shape));
  if (wrong >= 0) {
    const [own, given] = [now[wrong]!, weights[wrong]!];
    throw new FormatError(
      `${WHERE}: the names are not the model's, so the order counts, and weight ${wrong} is \`${given.name}\` ${describeShape(given.shape)} in the file, \`${own.name}\` ${describeShape(own.shape)} here.`,
      { received: given.shape, expected: own.shape },
    );
  }
  model.setWeights(
    weights.map((weight) => ({
      shape: weight.shape,
      data: readWeight(WHERE, weight, weight.shape, allowNonFinite),
    })),
    { allowNonFinite },
  );
}

/** Gives every model `saveWeights` and `loadWeights`. */
export function registerWeightFiles(): void {
  Object.defineProperties(Model.prototype, {
    saveWeights: {
      value(this: Model): Uint8Array {
        const tensors = this.getWeights();
        const order = tensors.map(({ name }) => name).join("\n");
        return writeSafetensors({ tensors, metadata: { [ORDER]: order } });
      },
    },
    loadWeights: {
      value(this: Model, bytes: Uint8Array, options: LoadWeightsOptions = {}): void {
        refuseUnknown(WHERE, options, ["byName", "allowNonFinite"]);
        const byName = flag(WHERE, "byName", options.byName ?? false);
        const allowNonFinite = flag(WHERE, "allowNonFinite", options.allowNonFinite ?? false);
        (byName ? loadByName : loadAll)(this, weightsIn(bytes), allowNonFinite);
      },
    },
  });
}
