import { ConfigError, DataError, ShapeError } from "../errors.js";
import { oneOf } from "../options.js";
import { describeShape, firstNonFinite, sizeOf } from "../tensor.js";
import { chrono } from "./chrono.js";
import { constant, identity, ones, zeros } from "./constant.js";
import type { Initializer, InitializerFunction } from "./initializer.js";
import { orthogonal, orthogonalPerGate } from "./orthogonal.js";
import { randomNormal, randomUniform, truncatedNormal } from "./random-distributions.js";
import {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  varianceScaling,
} from "./variance-scaling.js";

const factories = {
  glorotUniform,
  glorotNormal,
  heUniform,
  heNormal,
  lecunUniform,
  lecunNormal,
  varianceScaling,
  randomUniform,
  randomNormal,
  truncatedNormal,
  orthogonal,
  orthogonalPerGate,
  identity,
  zeros,
  ones,
  constant,
  chrono,
};

export type { Initializer };
export type InitializerName = keyof typeof factories;

/** What is accepted where a weight's initializer is asked for. */
export type InitializerLike =
  | InitializerName
  | Initializer
  | InitializerFunction
  | { readonly name: string; readonly config: Readonly<Record<string, unknown>> };

const names = Object.keys(factories) as InitializerName[];

const byName = (name: InitializerName, config: object): Initializer =>
  // Every factory checks its options itself, so that plain JSON may be given to it.
  (factories[name] as (options: object) => Initializer)(config);

/** Keeps a user's function honest: right length, finite numbers. */
function fromFunction(where: string, option: string, make: InitializerFunction): Initializer {
  return {
    name: make.name || "custom",
    config: {},
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
  if (typeof value === "string") return byName(oneOf(where, option, value, names), {});
  if (typeof value === "function") return fromFunction(where, option, value as InitializerFunction);
  if (typeof value === "object" && value !== null) {
    const { initialize, name, config } = value as Partial<Initializer>;
    if (typeof initialize === "function") return value as Initializer;
    if (typeof name === "string") return byName(oneOf(where, option, name, names), config ?? {});
  }
  throw new ConfigError(
    `${where}: \`${option}\` is ${String(value)}, expected a name (${names.join(", ")}), the result of such a factory, or a function (shape, random) => values.`,
    { received: value, expected: names },
  );
}
