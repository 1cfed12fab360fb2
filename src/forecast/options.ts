import { ConfigError, told } from "../errors.js";
import { flag, numberIn, oneOf, refuseUnknown } from "../options.js";
import type {
  CarrierKind,
  Differencing,
  ForecasterOptions,
  Imputation,
  IntervalKind,
  ModelKind,
  Scaling,
  Strategy,
} from "./types.js";

/** The options checked; undefined where the data will choose. */
export interface Settings {
  readonly horizon: number;
  /** null: none. */
  readonly season: number | null | undefined;
  /** Lengths the step of the series suggests, in steps. */
  readonly seasonCandidates: readonly number[];
  readonly window: number | undefined;
  readonly target: number;
  readonly impute: Imputation;
  readonly log: boolean | undefined;
  readonly difference: Required<Differencing> | undefined;
  readonly scale: Scaling | undefined;
  readonly strategy: Strategy | undefined;
  readonly model: ModelKind;
  readonly carrier: CarrierKind;
  readonly units: readonly number[] | undefined;
  readonly layers: number;
  readonly epochs: number | undefined;
  readonly batchSize: number | undefined;
  readonly learningRate: number | undefined;
  readonly patience: number | undefined;
  /** Of a panel alone. */
  readonly members: number | undefined;
  readonly known: readonly string[];
  readonly validation: number;
  readonly seed: number;
  readonly quantiles: readonly number[];
  readonly intervals: IntervalKind;
}

const KNOWN = [
  "horizon",
  "season",
  "seasonCandidates",
  "window",
  "target",
  "impute",
  "log",
  "difference",
  "scale",
  "strategy",
  "model",
  "carrier",
  "layers",
  "units",
  "epochs",
  "batchSize",
  "learningRate",
  "patience",
  "members",
  "known",
  "validation",
  "seed",
  "quantiles",
  "intervals",
] as const satisfies readonly (keyof ForecasterOptions)[];

const whole = { min: 1, integer: true };

/** Steps ahead: memory and time grow with them, and no series says anything of what is so far off. */
export const HORIZON = { min: 1, max: 100_000, integer: true };

function readDifference(
  where: string,
  value: ForecasterOptions["difference"],
): Required<Differencing> | undefined {
  if (value === undefined || value === "auto") return undefined;
  if (value === false) return { order: 0, lag: 1 };
  refuseUnknown(`${where} difference`, value, ["order", "lag"]);
  return {
    order: numberIn(where, "difference.order", value.order, { min: 0, max: 4, integer: true }),
    lag: numberIn(where, "difference.lag", value.lag ?? 1, whole),
  };
}

/** Units of each layer, as far as the options say. */
function readLayers(where: string, options: ForecasterOptions): Pick<Settings, "layers" | "units"> {
  const { layers = 1, units } = options;
  if (typeof layers !== "number") {
    if (!Array.isArray(layers) || layers.length === 0) {
      throw new ConfigError(
        `${where}: \`layers\` is ${told(layers)}, expected a number or [{ units: 32 }].`,
        {
          received: layers,
        },
      );
    }
    if (units !== undefined) {
      throw new ConfigError(
        `${where}: \`layers\` brings its own units; leave \`units\` out, or give a number of layers.`,
      );
    }
    const list = layers.map((layer, i) => {
      refuseUnknown(`${where} layers[${i}]`, layer, ["kind", "units"]);
      oneOf(where, `layers[${i}].kind`, layer.kind ?? "lstm", ["lstm"]);
      return numberIn(where, `layers[${i}].units`, layer.units, whole);
    });
    return { layers: list.length, units: list };
  }
  if (units === undefined || typeof units === "number") {
    const count = numberIn(where, "layers", layers, whole);
    const each = units === undefined ? undefined : numberIn(where, "units", units, whole);
    return { layers: count, units: each === undefined ? undefined : new Array<number>(count).fill(each) };
  }
  if (!Array.isArray(units)) {
    throw new ConfigError(
      `${where}: \`units\` is ${told(units)}, expected a number or numbers, such as [32, 16].`,
      {
        received: units,
      },
    );
  }
  const list = units.map((value: unknown, i) => numberIn(where, `units[${i}]`, value, whole));
  if (list.length === 0 || (options.layers !== undefined && list.length !== layers)) {
    throw new ConfigError(
      `${where}: \`units\` names ${list.length} layers, \`layers\` ${layers}. Leave one of them out.`,
    );
  }
  return { layers: list.length, units: list };
}

/** @throws ConfigError unless they are levels between 0 and 1. @returns them ascending, each once. */
export function readQuantiles(where: string, value: unknown): number[] {
  if (!Array.isArray(value)) {
    throw new ConfigError(
      `${where}: \`quantiles\` is ${told(value)}, expected levels such as [0.1, 0.5, 0.9].`,
      {
        received: value,
      },
    );
  }
  const levels = value.map((level) => numberIn(where, "quantiles", level, { above: 0, below: 1 }));
  return [...new Set(levels)].sort((a, b) => a - b);
}

const maybe = (
  where: string,
  options: ForecasterOptions,
  option: "window" | "epochs" | "batchSize" | "patience" | "members",
): number | undefined =>
  options[option] === undefined ? undefined : numberIn(where, option, options[option], whole);

/** @throws ConfigError unless they are names of columns, each once. */
function readKnown(where: string, value: unknown): readonly string[] {
  const isNames =
    Array.isArray(value) &&
    value.every((name) => typeof name === "string") &&
    new Set(value).size === value.length;
  if (isNames) return value;
  throw new ConfigError(
    `${where}: \`known\` is ${JSON.stringify(value)}, expected names of columns, such as ["price", "holiday"].`,
    { received: value },
  );
}

/** @throws ConfigError for unknown options and values out of range. */
export function readOptions(options: ForecasterOptions): Settings {
  const where = "forecaster()";
  refuseUnknown(where, options, KNOWN);
  const { season = "auto", log = "auto", learningRate, scale, strategy } = options;
  return {
    horizon: numberIn(where, "horizon", options.horizon ?? 1, HORIZON),
    season:
      season === "auto"
        ? undefined
        : season === null
          ? null
          : numberIn(where, "season", season, { min: 2, integer: true }),
    seasonCandidates: (options.seasonCandidates ?? []).map((season) =>
      numberIn(where, "seasonCandidates", season, { min: 2, integer: true }),
    ),
    window: maybe(where, options, "window"),
    target: numberIn(where, "target", options.target ?? 0, { min: 0, integer: true }),
    impute: oneOf(where, "impute", options.impute ?? "linear", ["linear", "forwardFill", "knn"]),
    log: log === "auto" ? undefined : flag(where, "log", log),
    difference: readDifference(where, options.difference),
    scale:
      scale === undefined
        ? undefined
        : oneOf<Scaling>(where, "scale", scale, ["standard", "minMax", "robust"]),
    strategy:
      strategy === undefined
        ? undefined
        : oneOf<Strategy>(where, "strategy", strategy, ["direct", "recursive", "seq2seq"]),
    model: oneOf(where, "model", options.model ?? "auto", ["auto", "lstm", "hybrid", "blend"]),
    carrier: oneOf(where, "carrier", options.carrier ?? "auto", [
      "auto",
      "smoothing",
      "autoregression",
      "both",
    ]),
    ...readLayers(where, options),
    epochs: maybe(where, options, "epochs"),
    batchSize: maybe(where, options, "batchSize"),
    learningRate:
      learningRate === undefined ? undefined : numberIn(where, "learningRate", learningRate, { above: 0 }),
    patience: maybe(where, options, "patience"),
    members: maybe(where, options, "members"),
    known: readKnown(where, options.known ?? []),
    validation: numberIn(where, "validation", options.validation ?? 0.2, { min: 0.05, max: 0.5 }),
    seed: numberIn(where, "seed", options.seed ?? 0, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true }),
    quantiles: readQuantiles(where, options.quantiles ?? []),
    intervals: oneOf(where, "intervals", options.intervals ?? "conformal", [
      "conformal",
      "quantile",
      "gaussian",
    ]),
  };
}
