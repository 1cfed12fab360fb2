import { DataError, ShapeError } from "../errors.js";
import { type Described, Registry } from "../registry.js";
import { describeShape, firstNonFinite, sizeOf } from "../tensor.js";
import { ones, zeros } from "./constant.js";
import type { Initializer, InitializerFunction } from "./initializer.js";
import { orthogonal } from "./orthogonal.js";
import { glorotUniform } from "./variance-scaling.js";

export type { Initializer };
/** Names of initializers, in Keras's words. */
export type InitializerName =
  | "glorotUniform"
  | "glorotNormal"
  | "heUniform"
  | "heNormal"
  | "lecunUniform"
  | "lecunNormal"
  | "varianceScaling"
  | "randomUniform"
  | "randomNormal"
  | "truncatedNormal"
  | "orthogonal"
  | "orthogonalPerGate"
  | "identity"
  | "zeros"
  | "ones"
  | "constant"
  | "chrono";

/** What is accepted where a weight's initializer is asked for. */
export type InitializerLike = InitializerName | Initializer | InitializerFunction | Described;

/** Initializers by name; from the start those that layers have by default. */
export const initializers = new Registry<Initializer>(
  "an initializer such as heNormal(), or a function (shape, random) => values",
  { glorotUniform, orthogonal, zeros, ones },
);

/** Keeps a user's function honest: right length, finite numbers. */
function fromFunction(where: string, option: string, make: InitializerFunction): Initializer {
  return {
    name: make.name || "custom",
    config: {},
    isOwn: true,
    initialize(shape, random) {
      const values = make(shape, random);
      const expected = sizeOf(shape);
      const length = (values as ArrayLike<number> | undefined)?.length;
      if (length !== expected) {
        throw new ShapeError(
          `${where}: the function given as \`${option}\` returned ${length === undefined ? String(values) : `${length} values`}, but the weight ${describeShape(shape)} has ${expected}.`,
          { received: length, expected },
        );
      }
      const bad = firstNonFinite(values);
      if (bad >= 0) {
        throw new DataError(
          `${where}: the function given as \`${option}\` returned ${String(values[bad])} at place ${bad}; weights must be finite numbers.`,
          { received: values[bad], expected: "a finite number" },
        );
      }
      return Float32Array.from(values);
    },
  };
}

/**
 * The initializer meant by a name, a factory's result, its `{ name, config }` as JSON, or a function
 * `(shape, random) => values`.
 * @param where the call as the user wrote it, such as `lstm()`; `option` the option's name.
 * @throws ConfigError for anything else, naming the nearest known name.
 */
export function toInitializer(where: string, option: string, value: unknown): Initializer {
  if (typeof value === "function") return fromFunction(where, option, value as InitializerFunction);
  if (typeof (value as Initializer | null | undefined)?.initialize === "function")
    return value as Initializer;
  return initializers.make(where, option, value) ?? initializers.refuse(where, `\`${option}\``, value);
}
