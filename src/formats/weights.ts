import { FormatError } from "../errors.js";
import type { Variable } from "../layers/variable.js";
import { describeShape, firstNonFinite, sameShape } from "../tensor.js";

/** A weight of a file, read once it is known where it belongs. */
export interface FileWeight {
  readonly name: string;
  readonly shape: readonly number[];
  read(): Float32Array;
}

/** What readers write into: a model, or a layer. */
interface Weighted {
  readonly layers: readonly {
    readonly weightNames: readonly string[];
    readonly variables: readonly Variable[];
  }[];
  setWeights(
    weights: readonly { shape: readonly number[]; data: Float32Array }[],
    options: { readonly allowNonFinite: boolean },
  ): void;
}

/** @throws FormatError unless the weight has the shape it is needed in, or for NaN and Infinity unless they are allowed. */
export function readWeight(
  where: string,
  weight: FileWeight,
  shape: readonly number[],
  allowNonFinite: boolean,
): Float32Array {
  const { name } = weight;
  if (!sameShape(weight.shape, shape)) {
    throw new FormatError(
      `${where}: \`${name}\` is ${describeShape(weight.shape)} in the file, the layer needs ${describeShape(shape)}.`,
      { received: weight.shape, expected: shape },
    );
  }
  const data = weight.read();
  const bad = allowNonFinite ? -1 : firstNonFinite(data);
  if (bad >= 0) {
    throw new FormatError(
      `${where}: \`${name}\` holds ${String(data[bad])} at place ${bad}. The model was stored after it broke; load it anyway with allowNonFinite: true.`,
      { received: data[bad], expected: "finite numbers" },
    );
  }
  return data;
}

/**
 * Gives a model its weights by their names. All shapes are compared before the first is read.
 * @throws FormatError for a weight that is missing, left over or of another shape.
 */
export function writeByName(
  where: string,
  model: Weighted,
  weights: readonly FileWeight[],
  allowNonFinite: boolean,
): void {
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  const seen = new Set<Variable>();
  const wanted = model.layers.flatMap(({ weightNames, variables }) =>
    variables.flatMap((variable, i) => {
      // What layers share stands in the file once.
      if (seen.has(variable)) return [];
      seen.add(variable);
      return [{ name: weightNames[i]!, shape: variable.shape }];
    }),
  );
  const names = new Set(wanted.map(({ name }) => name));
  const missing = wanted.find(({ name }) => !byName.has(name));
  if (missing !== undefined) {
    throw new FormatError(
      `${where}: the weight \`${missing.name}\` ${describeShape(missing.shape)} is missing from the file.`,
      { expected: missing.name },
    );
  }
  const extra = weights.find(({ name }) => !names.has(name));
  if (extra !== undefined) {
    throw new FormatError(`${where}: the file's weight \`${extra.name}\` belongs to no layer of the model.`, {
      received: extra.name,
    });
  }
  for (const { name, shape } of wanted) {
    const { shape: came } = byName.get(name)!;
    if (!sameShape(came, shape)) {
      throw new FormatError(
        `${where}: \`${name}\` is ${describeShape(came)} in the file, the layer needs ${describeShape(shape)}.`,
        { received: came, expected: shape },
      );
    }
  }
  model.setWeights(
    wanted.map(({ name, shape }) => ({
      shape,
      data: readWeight(where, byName.get(name)!, shape, allowNonFinite),
    })),
    { allowNonFinite },
  );
}
