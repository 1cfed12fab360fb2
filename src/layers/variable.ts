import type { Constraint } from "../constraints/constraint.js";
import { type ConstraintLike, toConstraint } from "../constraints/to-constraint.js";
import { DataError, ShapeError } from "../errors.js";
import type { Initializer } from "../initializers/initializer.js";
import { refuseUnknown } from "../options.js";
import type { Random } from "../random.js";
import type { Regularizer } from "../regularizers/regularizer.js";
import { type RegularizerLike, toRegularizer } from "../regularizers/to-regularizer.js";
import { describeShape, firstNonFinite, sameShape, sizeOf, type TensorLike, toTensor } from "../tensor.js";
import { StoredArray } from "./stored-array.js";

export interface VariableOptions {
  /** Last part of the name in Keras's words: `kernel`, `recurrent_kernel`, `bias`, `gamma` … */
  readonly key: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  readonly regularizer?: Regularizer | undefined;
  readonly constraint?: Constraint | undefined;
  /** False for what a layer keeps itself, such as moving statistics: the optimizer leaves it alone. Default true. */
  readonly trainable?: boolean;
}

/** A weight: a resident array with a shape, a way to begin, and what training must respect. */
export class Variable extends StoredArray {
  /** @internal */
  readonly key: string;
  /** @internal */
  readonly shape: readonly number[];
  /** @internal */
  readonly initializer: Initializer;
  /** @internal */
  readonly regularizer: Regularizer | undefined;
  /** @internal */
  readonly constraint: Constraint | undefined;
  /** @internal */
  readonly trainable: boolean;

  /** @internal */
  constructor({ key, shape, initializer, regularizer, constraint, trainable = true }: VariableOptions) {
    super(sizeOf(shape));
    this.key = key;
    this.shape = shape;
    this.initializer = initializer;
    this.regularizer = regularizer;
    this.constraint = constraint;
    this.trainable = trainable;
  }

  /**
   * @internal Settles the first values. They are made when somebody asks for them: weights that come from a file take their place
   * before that. A user's own function is called at once, so that its errors come where it was given.
   */
  initialize(random: Random): void {
    const { initializer, shape } = this;
    if (initializer.isOwn === true) this.write(initializer.initialize(shape, random));
    else this.defer(() => initializer.initialize(shape, random));
  }
}

/** Options of `setWeights`. */
export interface SetWeightsOptions {
  /** Takes NaN and Infinity too, as for a look at a model that broke. Default false: refused, since no prediction survives them. */
  readonly allowNonFinite?: boolean;
}

/**
 * Writes tensors into variables, in their order: all or, when one does not fit, none.
 * @param nameOf how an error calls a variable.
 * @throws ShapeError when the number or a shape does not fit; DataError for NaN or Infinity that were not asked for.
 */
export function writeWeights(
  where: string,
  variables: readonly Variable[],
  weights: readonly TensorLike[],
  options: SetWeightsOptions = {},
  nameOf: (index: number) => string = (index) => variables[index]!.key,
): void {
  refuseUnknown(where, options, ["allowNonFinite"]);
  if (!Array.isArray(weights)) throw new ShapeError(`${where}: expected an array of tensors.`);
  if (weights.length !== variables.length) {
    throw new ShapeError(
      `${where}: expected ${variables.length} weights (${variables.map((_, i) => nameOf(i)).join(", ")}), got ${weights.length}.`,
      { received: weights.length, expected: variables.length },
    );
  }
  const tensors = weights.map(toTensor);
  variables.forEach((variable, i) => {
    const { shape, data } = tensors[i]!;
    if (!sameShape(shape, variable.shape)) {
      throw new ShapeError(
        `${where}: \`${nameOf(i)}\` has the shape ${describeShape(variable.shape)}, got ${describeShape(shape)}.`,
        { received: shape, expected: variable.shape },
      );
    }
    const bad = options.allowNonFinite === true ? -1 : firstNonFinite(data);
    if (bad < 0) return;
    throw new DataError(
      `${where}: \`${nameOf(i)}\` holds ${data[bad]} at ${bad}. Give { allowNonFinite: true } to keep it.`,
      { received: data[bad] },
    );
  });
  variables.forEach((variable, i) => {
    variable.write(tensors[i]!.data);
  });
}

/** What an option of a layer's begins with, such as `kernel` in kernelRegularizer. */
type Stem = "kernel" | "recurrent" | "bias";

/** Options that say what training has to respect in a weight. */
type WeightOptions = Readonly<
  Partial<Record<`${Stem}Regularizer`, RegularizerLike> & Record<`${Stem}Constraint`, ConstraintLike>>
>;

/**
 * A weight as a layer's options declare it.
 * @throws ConfigError for a regularizer or a constraint that is none, naming the option.
 */
export function declaredWeight(
  where: string,
  options: WeightOptions,
  stem: Stem,
  weight: { key: string; shape: readonly number[]; initializer: Initializer },
): Variable {
  const regularizer = `${stem}Regularizer` as const;
  const constraint = `${stem}Constraint` as const;
  return new Variable({
    ...weight,
    regularizer: toRegularizer(where, regularizer, options[regularizer]),
    constraint: toConstraint(where, constraint, options[constraint]),
  });
}
