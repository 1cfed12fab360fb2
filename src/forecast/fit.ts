import { DataError } from "../errors.js";
import type { History } from "../model/events.js";
import type { Sequential } from "../model/sequential.js";
import { mean } from "../numerics/statistics.js";
import { minMaxScaler } from "../series/prepare/min-max-scaler.js";
import { robustScaler } from "../series/prepare/robust-scaler.js";
import type { Scaler } from "../series/prepare/scaler.js";
import { standardScaler } from "../series/prepare/standard-scaler.js";
import { differenceCarrier } from "./chain/carriers.js";
import {
  type Chain,
  featuresOf,
  type Inputs,
  lastDifference,
  type Prepared,
  prepare,
} from "./chain/chain.js";
import type { Head } from "./chain/head.js";
import type { RawSeries } from "./chain/raw-series.js";
import { type Calibration, calibrate } from "./choose/calibration.js";
import {
  arenaOf,
  type Candidate,
  carrierErrors,
  errorsAt,
  oneStepScale,
  retrain,
  scoreOf,
  type Training,
  trainCandidate,
  untrainedChain,
  type ValidationTail,
} from "./choose/candidate.js";
import {
  type ChosenCarrier,
  carrierOf,
  describeCarrier,
  type FittedCarriers,
  fitCarriers,
} from "./choose/carrier-choice.js";
import {
  type Calendar,
  decideDifference,
  decideEffort,
  decideLog,
  decideScale,
  decideSeason,
  decideWindow,
} from "./choose/decide.js";
import { rawError, summarize } from "./choose/describe-choice.js";
import { Choices, readable } from "./choose/explanation.js";
import { refuseTooFew, splitRows, teachingNeeded } from "./choose/split.js";
import { refuseAborted } from "./network.js";
import type { Settings } from "./options.js";
import { predictCursors } from "./predict.js";
import type { Differencing, FitOptions, ModelKind, Scaling, Strategy } from "./types.js";

/** What `fit` leaves: all a forecast is made of. */
export interface Fit {
  readonly chain: Chain;
  readonly head: Head;
  readonly network: Sequential;
  readonly history: History | undefined;
  readonly calibrations: readonly Calibration[];
  readonly choices: Choices;
}

/** @throws DataError for a column without values, a constant target, or rows too few for the horizon. */
function refuseUseless(where: string, raw: RawSeries): void {
  raw.columns.forEach((values, f) => {
    if (values.some((value) => !Number.isNaN(value))) return;
    throw new DataError(`${where}: column \`${raw.names[f]}\` holds nothing but gaps.`, {
      code: "missing_values",
      received: raw.rows,
    });
  });
  const present = raw.columns[raw.target]!.filter((value) => !Number.isNaN(value));
  if (present.every((value) => value === present[0])) {
    throw new DataError(
      `${where}: \`${raw.names[raw.target]}\` is constant (${present[0]}), so there is nothing to learn. Is it the column you mean?`,
      { code: "constant_target", received: present[0] },
    );
  }
}

const scalers: Record<Scaling, () => Scaler> = {
  standard: standardScaler,
  minMax: () => minMaxScaler({ featureRange: [-1, 1] }),
  robust: robustScaler,
};

/** Differences of rows `[0, rows)`, from the first that has one. */
function changesOf(values: Float64Array, rows: number, difference: Required<Differencing>): Float64Array {
  const memory = difference.order * difference.lag;
  return Float64Array.from({ length: rows - memory }, (_, t) =>
    lastDifference(values, t + memory + 1, difference),
  );
}

/** Inputs whose scaler has seen rows `[0, rows)`. */
function inputsFor(plain: Omit<Inputs, "scaler">, scale: Scaling, prepared: Prepared, rows: number): Inputs {
  const columns = [prepared.target, ...prepared.others].map((values) =>
    changesOf(values, rows, plain.difference),
  );
  const table = Array.from(columns[0]!, (_, t) => columns.map((values) => values[t]!));
  return { ...plain, scaler: scalers[scale]().fit(table) };
}

/** What implies the network's forecasts when it is to stand alone. */
const plainCarrier = (inputs: Inputs, prepared: Prepared, rows: number) =>
  differenceCarrier(inputs.difference, mean(changesOf(prepared.target, rows, inputs.difference)));

const CARRIERS: readonly ChosenCarrier[] = ["smoothing", "autoregression", "both"];
/** A simpler carrier must be clearly better than the mean of both, which errs less far. */
const CARRIER_MARGIN = 0.98;

function chooseCarrier(
  tail: ValidationTail,
  fitted: FittedCarriers,
  settings: Settings,
  choices: Choices,
): ChosenCarrier {
  if (settings.carrier !== "auto") return choices.add("carrier", settings.carrier, "given");
  const scores = CARRIERS.map((kind) => scoreOf(carrierErrors(tail, carrierOf(kind, fitted))));
  const [smoothing, autoregression, both] = scores as [number, number, number];
  const single = smoothing < autoregression ? 0 : 1;
  const chosen = scores[single]! < CARRIER_MARGIN * both ? CARRIERS[single]! : "both";
  return choices.add(
    "carrier",
    chosen,
    `${describeCarrier(chosen, fitted)}; errors on the validation tail: smoothing ${readable(smoothing)}, autoregression ${readable(autoregression)}, their mean ${readable(both)}`,
  );
}

const headOf = ({ intervals, quantiles }: Settings): Head => {
  if (intervals === "conformal") return { kind: "point" };
  if (intervals === "gaussian") return { kind: "gaussian" };
  return { kind: "quantile", levels: [...new Set([0.5, ...quantiles])].sort((a, b) => a - b) };
};

function decideStrategy({ strategy, horizon }: Settings, choices: Choices): Strategy {
  if (strategy !== undefined) return choices.add("strategy", strategy, "given");
  return choices.add(
    "strategy",
    "direct",
    horizon === 1
      ? "one step ahead all strategies are one"
      : "an output for each step ahead lets no error feed the next",
  );
}

/** Learns everything from the training series. See `Forecaster.fit`. */
export async function fitSeries(settings: Settings, raw: RawSeries, options: FitOptions): Promise<Fit> {
  const where = "forecaster.fit()";
  refuseAborted(options.signal);
  refuseUseless(where, raw);
  const choices = new Choices();
  const { horizon } = settings;
  choices.add("horizon", horizon, "steps ahead the network is trained for");
  const strategy = decideStrategy(settings, choices);
  const outputs = strategy === "recursive" ? 1 : horizon;
  refuseTooFew(where, raw.rows, settings.window ?? 2, 1, outputs, settings);

  const gaps = raw.columns[raw.target]!.filter(Number.isNaN).length;
  const impute = choices.add(
    "impute",
    settings.impute,
    gaps === 0 ? "the target has no gaps" : `${gaps} gaps in the target`,
  );
  const level = prepare({ impute, log: false, target: raw.target }, raw).target;
  const calendar: Calendar | null = decideSeason(level, settings, choices);
  const season = calendar?.season ?? null;
  const split = splitRows(raw.rows, outputs, settings);
  const { head, stop } = split;
  const log = decideLog(level, season, settings, choices, (logs) => {
    const candidate = prepare({ impute, log: logs, target: raw.target }, raw);
    const tail = arenaOf(candidate, split, horizon);
    const fitted = fitCarriers(candidate.target.subarray(0, head), calendar);
    return Math.min(
      ...CARRIERS.map((kind) => rawError(tail, logs, carrierErrors(tail, carrierOf(kind, fitted)))),
    );
  });
  const prepared = prepare({ impute, log, target: raw.target }, raw);
  choices.add(
    "validation",
    [stop, head],
    `rows up to ${stop} teach the network, those up to ${head} tell it when to stop, and the last ${raw.rows - head} judge what is chosen; in the end all teach`,
  );

  const difference = decideDifference(prepared.target.subarray(0, head), season, settings, choices);
  const memory = difference.order * difference.lag;
  const changes = changesOf(prepared.target, head, difference);
  const bound = Math.min(Math.floor(head / 4), stop - teachingNeeded(0, memory, outputs));
  const window = decideWindow(changes, season, bound, settings, choices);
  refuseTooFew(where, raw.rows, window, memory, outputs, settings);
  const scale = decideScale(changes, settings, choices);
  const plain = {
    names: raw.names,
    target: raw.target,
    impute,
    log,
    difference,
    period: calendar === null ? null : calendar.period,
    season: season ?? 1,
    window,
  };
  const inputs = inputsFor(plain, scale, prepared, head);

  const tail = arenaOf(prepared, split, horizon);
  const windows = stop - window - memory - outputs + 1;
  const features = featuresOf({ ...inputs, errorScale: 1 });
  const training: Training = {
    effort: decideEffort(windows, window, features, settings, choices),
    strategy,
    head: headOf(settings),
    seed: settings.seed,
    options,
  };
  const fitted = fitCarriers(prepared.target.subarray(0, head), calendar);
  const kind = settings.model === "lstm" ? null : chooseCarrier(tail, fitted, settings, choices);
  const silentFor = (model: Architecture, carriers: FittedCarriers, own: Inputs, rows: number): Chain => {
    const alone = plainCarrier(own, prepared, rows);
    if (kind === null || model === "lstm") return untrainedChain(own, alone, alone, outputs, null);
    const carrier = carrierOf(kind, carriers);
    if (model === "blend") return untrainedChain(own, carrier, alone, outputs, null);
    return untrainedChain(own, carrier, carrier, outputs, oneStepScale(carrier, prepared, rows));
  };

  const architectures: readonly Architecture[] =
    settings.model === "auto" ? ["hybrid", "blend"] : [settings.model];
  const candidates: Candidate[] = [];
  try {
    for (const model of architectures) {
      const silent = silentFor(model, fitted, inputs, head);
      candidates.push(await trainCandidate(tail, silent, training, model === "lstm"));
    }
    const chosen = chooseModel(architectures, candidates, choices);
    const best = candidates[chosen]!;
    if (kind !== null) explainWeights(best.chain, choices);
    const calibrations = await calibrateCandidate(tail, best, training.head);
    const { rows } = raw;
    const whole = inputsFor(plain, scale, prepared, rows);
    const carriers = fitCarriers(prepared.target, calendar);
    const silent = silentFor(architectures[chosen]!, carriers, whole, rows);
    // What nobody listens to need not learn again.
    const usesNetwork = training.head.kind !== "point" || best.chain.weights.some((weight) => weight > 0);
    const final = usesNetwork
      ? await retrain(best, silent, prepared, training)
      : { chain: silent, network: candidates.splice(chosen, 1)[0]!.network };
    choices.summary = summarize(tail, log, season, best.errors);
    return { ...final, head: training.head, history: best.history, calibrations, choices };
  } finally {
    for (const { network } of candidates) network.dispose();
  }
}

/** What `model` comes down to once it is chosen. */
type Architecture = Exclude<ModelKind, "auto">;

/** A blend must be better than a hybrid by this share: where neither network helps, both are the carrier. */
const BLEND_MARGIN = 0.99;

/** @returns the index of the candidate to take. */
function chooseModel(
  architectures: readonly Architecture[],
  candidates: readonly Candidate[],
  choices: Choices,
): number {
  const [hybrid, blend] = candidates;
  if (blend === undefined) {
    choices.add("model", architectures[0], "given");
    return 0;
  }
  const chosen = blend.score < BLEND_MARGIN * hybrid!.score ? 1 : 0;
  choices.add(
    "model",
    architectures[chosen],
    `errors on the validation tail: ${readable(hybrid!.score)} as a hybrid, whose network learns what the carrier leaves, ${readable(blend.score)} as a blend of the carrier and a network that learns the series itself`,
  );
  return chosen;
}

const range = (values: readonly number[]): string => {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(readable);
  return low === high ? low! : `${low} to ${high}`;
};

/** The shares of the carrier and of the network's outputs in the forecast, step by step. */
function explainWeights({ weights, baseWeights, base, carrier }: Chain, choices: Choices): void {
  const measured = "the least-squares factor on the validation tail, shrunk by the doubt about it";
  const rounded = (values: readonly number[]): number[] =>
    values.map((value) => Number(value.toPrecision(3)));
  const shares = weights.map((weight, o) => weight * baseWeights[o]!);
  choices.add(
    "weight",
    rounded(shares),
    shares.every((share) => share === 0)
      ? "the network did not help on the validation tail, so it is not listened to"
      : `how far the network is believed, ${range(shares)} over the steps ahead: ${measured}`,
  );
  if (base === carrier) return;
  const kept = weights.map((weight) => 1 - weight);
  choices.add(
    "carrierWeight",
    rounded(kept),
    `the carrier's share of the blend, ${range(kept)} over the steps ahead, ${measured}; the rest starts from what the differences imply`,
  );
}

/** Errors on the tail: of the point forecast, and of each level the network itself knows. */
async function calibrateCandidate(
  tail: ValidationTail,
  { chain, network, cursors, errors }: Candidate,
  head: Head,
): Promise<Calibration[]> {
  const point = calibrate(null, errors, tail.horizon);
  if (head.kind !== "quantile") return [point];
  const forecasts = await predictCursors(network, head, chain, cursors, tail.horizon, head.levels);
  return [
    point,
    ...head.levels.map((level) =>
      calibrate(
        level,
        errorsAt(
          tail,
          forecasts.map(({ quantiles }) => quantiles.get(level)!),
        ),
        tail.horizon,
      ),
    ),
  ];
}
