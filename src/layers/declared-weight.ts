import { type ConstraintLike, toConstraint } from "../constraints/to-constraint.js";
import type { Initializer } from "../initializers/initializer.js";
import { type RegularizerLike, toRegularizer } from "../regularizers/to-regularizer.js";
import { Variable } from "./variable.js";

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
