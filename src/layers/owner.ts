import type { Regularizer } from "../regularizers/regularizer.js";
import type { Variable } from "./variable.js";

/** What a stage, a region of memory or a record has to know of the layer it serves. */
export interface Owner {
  readonly name: string;
  /** The factory's name, such as `lstm`. */
  readonly kind: string;
  readonly variables: readonly Variable[];
  readonly activityRegularizer: Regularizer | undefined;
  /** Whence its random masks are drawn; undefined: from the model's seed. */
  readonly seed?: number | undefined;
}
