import type { Constraint } from "../constraints/constraint.js";
import type { Initializer } from "../initializers/initializer.js";
import type { Random } from "../random.js";
import type { Regularizer } from "../regularizers/regularizer.js";
import { sizeOf } from "../tensor.js";
import { Resident } from "./resident.js";

export interface VariableOptions {
  /** Last part of the name in Keras's words: `kernel`, `recurrent_kernel`, `bias`, `gamma` … */
  readonly key: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  readonly regularizer?: Regularizer | undefined;
  readonly constraint?: Constraint | undefined;
}

/** A weight: a resident array with a shape, a way to begin, and what training must respect. */
export class Variable extends Resident {
  readonly key: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  readonly regularizer: Regularizer | undefined;
  readonly constraint: Constraint | undefined;

  constructor({ key, shape, initializer, regularizer, constraint }: VariableOptions) {
    super(sizeOf(shape));
    this.key = key;
    this.shape = shape;
    this.initializer = initializer;
    this.regularizer = regularizer;
    this.constraint = constraint;
  }

  initialize(random: Random): void {
    this.write(this.initializer.initialize(this.shape, random));
  }
}
