import { ConfigError } from "../errors.js";
import { flag, numberIn, refuseUnknown } from "../options.js";

/** One of several values, none nearer to another. */
export interface ChoiceDistribution {
  readonly distribution: "choice";
  readonly options: readonly unknown[];
}

/** A real number between two bounds, both included; with `step`, low, low + step, … up to high. */
export interface UniformDistribution {
  readonly distribution: "uniform";
  readonly low: number;
  readonly high: number;
  readonly step?: number;
}

/** A real number whose logarithm is uniform. */
export interface LogUniformDistribution {
  readonly distribution: "logUniform";
  readonly low: number;
  readonly high: number;
}

/** A whole number between two bounds, both included; with `log`, small ones are as likely as large ones. */
export interface IntDistribution {
  readonly distribution: "int";
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
}

/** What a value of a search space may be drawn from: the result of `choice`, `uniform`, `logUniform` or `int`. */
export type Distribution =
  | ChoiceDistribution
  | UniformDistribution
  | LogUniformDistribution
  | IntDistribution;

/** Values chosen for one trial, by path: `{ "layers.0.units": 32 }`. */
export type Params = Readonly<Record<string, unknown>>;

/** One thing that is searched. */
export interface Dimension {
  /** Keys and indices from the space's root, with dots: `layers.0.units`. */
  readonly path: string;
  readonly distribution: Distribution;
}

const bounds = (
  where: string,
  low: unknown,
  high: unknown,
  range: { min?: number; integer?: true },
): [number, number] => {
  const from = numberIn(where, "low", low, range);
  const to = numberIn(where, "high", high, range);
  if (from < to) return [from, to];
  throw new ConfigError(`${where}: the bounds are ${from} and ${to}, expected the lower one first.`, {
    received: [from, to],
  });
};

/**
 * One of the values given.
 * @param options plain JSON values; at least one.
 * @throws ConfigError for an empty list, or what JSON cannot hold.
 * @example
 * const cells = choice(["lstm", "gru"]);
 */
export function choice(options: readonly unknown[]): ChoiceDistribution {
  if (!Array.isArray(options) || options.length === 0) {
    throw new ConfigError("choice(): expected an array of at least one value, such as choice([16, 32]).", {
      received: options,
    });
  }
  options.forEach((option, i) => {
    if (dimensionsOf(option, "choice()").length > 0) {
      throw new ConfigError(
        `choice(): option ${i} holds a distribution itself; a space is not nested. Write the combinations out.`,
      );
    }
  });
  return { distribution: "choice", options: [...options] };
}

/**
 * A real number from `low` to `high`.
 * @param options step: only low, low + step, … are drawn.
 * @throws ConfigError when the bounds or the step are no finite numbers in their order.
 * @example
 * const rate = uniform(0, 0.5, { step: 0.1 });
 */
export function uniform(
  low: number,
  high: number,
  options: { readonly step?: number } = {},
): UniformDistribution {
  const where = "uniform()";
  refuseUnknown(where, options, ["step"]);
  const [from, to] = bounds(where, low, high, {});
  if (options.step === undefined) return { distribution: "uniform", low: from, high: to };
  const step = numberIn(where, "step", options.step, {});
  if (!(step > 0 && step <= to - from)) {
    throw new ConfigError(
      `${where}: \`step\` is ${step}, expected a number above 0 and at most ${to - from}.`,
      {
        received: step,
      },
    );
  }
  return { distribution: "uniform", low: from, high: to, step };
}

/**
 * A real number whose logarithm is uniform: every factor of ten is as likely as the next.
 * @throws ConfigError unless 0 < low < high.
 * @example
 * const learningRate = logUniform(1e-4, 1e-1);
 */
export function logUniform(low: number, high: number): LogUniformDistribution {
  const [from, to] = bounds("logUniform()", low, high, { min: Number.MIN_VALUE });
  return { distribution: "logUniform", low: from, high: to };
}

/**
 * A whole number from `low` to `high`, both included.
 * @param options log: small numbers are drawn as often as large ones (default false); low is then at least 1.
 * @throws ConfigError when a bound is no whole number, or they are not in their order.
 * @example
 * const units = int(8, 128, { log: true });
 */
export function int(low: number, high: number, options: { readonly log?: boolean } = {}): IntDistribution {
  const where = "int()";
  refuseUnknown(where, options, ["log"]);
  const log = flag(where, "log", options.log ?? false);
  const [from, to] = bounds(where, low, high, { integer: true, ...(log ? { min: 1 } : {}) });
  return { distribution: "int", low: from, high: to, log };
}

const isDistribution = (value: unknown): value is Distribution =>
  typeof value === "object" && value !== null && Object.hasOwn(value, "distribution");

/** A distribution that came as plain data is held to the same rules as one that a function made. */
function checked(value: Distribution, path: string): Distribution {
  const { distribution: kind } = value;
  if (kind === "choice") return choice(value.options);
  if (kind === "uniform")
    return uniform(value.low, value.high, value.step === undefined ? {} : { step: value.step });
  if (kind === "logUniform") return logUniform(value.low, value.high);
  if (kind === "int") return int(value.low, value.high, { log: value.log ?? false });
  throw new ConfigError(
    `The search space has the distribution "${String(kind)}" at \`${path}\`, expected choice, uniform, logUniform or int.`,
    { received: kind },
  );
}

/** Deeper than any recipe; a value that contains itself would never end. */
const DEEPEST = 32;

/**
 * Every distribution of a space, in the order of its keys.
 * @throws ConfigError for what is no plain JSON, or a distribution that is none.
 */
export function dimensionsOf(space: unknown, where = "tune()"): Dimension[] {
  const found: Dimension[] = [];
  const visit = (value: unknown, path: string, depth: number): void => {
    if (depth > DEEPEST)
      throw new ConfigError(`${where}: the space is nested more than ${DEEPEST} deep at \`${path}\`.`);
    if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
      throw new ConfigError(
        `${where}: \`${path}\` is a ${typeof value}; a space is plain JSON with distributions in it.`,
      );
    }
    if (typeof value !== "object" || value === null) return;
    if (isDistribution(value)) {
      found.push({ path, distribution: checked(value, path) });
      return;
    }
    for (const [key, inner] of Object.entries(value))
      visit(inner, path === "" ? key : `${path}.${key}`, depth + 1);
  };
  visit(space, "", 0);
  return found;
}

/** The space with each distribution replaced by the value chosen for it. The space stays as it is. */
export function fillSpace(space: unknown, params: Params): unknown {
  const visit = (value: unknown, path: string): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (isDistribution(value)) return params[path];
    const inner = (key: string): string => (path === "" ? key : `${path}.${key}`);
    if (Array.isArray(value)) return value.map((item, i) => visit(item, inner(String(i))));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item, inner(key))]));
  };
  return visit(space, "");
}
