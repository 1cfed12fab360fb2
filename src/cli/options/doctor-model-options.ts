import { ConfigError } from "../../errors.js";

/** Whose words are spoken. */
export type Words = "gateflow" | "keras" | "pytorch";

/** What `gateflow doctor <model>` is told. */
export interface DoctorModelOptions {
  readonly x?: string;
  readonly y?: string;
  readonly validationX?: string;
  readonly validationY?: string;
  readonly history?: string;
  readonly compile?: string;
  /** The `.weights.h5` of a Keras configuration. */
  readonly weights?: string;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly seed?: number;
  readonly as?: Words;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Options that say something of a model file; all others are of tables. */
const ofModels: readonly string[] = [
  ...["x", "y", "validationX", "validationY", "history", "compile", "weights"],
  ...["epochs", "batchSize", "as", "quiet", "json"],
];
/** Options that a table has no use for. */
const ofModelsAlone: readonly string[] = ofModels.slice(0, 7);

const flagOf = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/**
 * Whether a model file is meant, not a table.
 * @param given names of the options that were given.
 * @throws ConfigError for options of the one beside those of the other, and for half of a pair.
 */
export function meansModel(given: readonly string[], options: DoctorModelOptions): boolean {
  const own = given.find((name) => ofModelsAlone.includes(name));
  if (own === undefined) return false;
  if (options.x === undefined)
    throw new ConfigError(
      `${flagOf(own)} belongs to a model file: say --x and --y, the arrays it is trained on.`,
    );
  const stray = given.find((name) => !ofModels.includes(name));
  if (stray !== undefined)
    throw new ConfigError(
      `${flagOf(stray)} belongs to a table; with --x the file is a model. Leave one of the two out.`,
    );
  if (options.y === undefined && !/\.npz$/i.test(options.x))
    throw new ConfigError("--y is missing: the targets that belong to --x.");
  if (options.validationX === undefined && options.validationY !== undefined)
    throw new ConfigError("--validation-x is missing: the inputs that belong to --validation-y.");
  if (
    options.validationY === undefined &&
    options.validationX !== undefined &&
    !/\.npz$/i.test(options.validationX)
  )
    throw new ConfigError("--validation-y is missing: the targets that belong to --validation-x.");
  return true;
}
