import { DataError } from "../errors.js";
import type { History } from "../model/events.js";
import type { Sequential } from "../model/sequential.js";
import { minMaxScaler } from "../series/min-max-scaler.js";
import { robustScaler } from "../series/robust-scaler.js";
import type { Scaler } from "../series/scaler.js";
import { standardScaler } from "../series/standard-scaler.js";
import { mean } from "../series/statistics.js";
import { type Calibration, calibrate } from "./calibration.js";
import {
  type Arena,
  advantage,
  arenaOf,
  type Candidate,
  carrierErrors,
  errorsAt,
  oneStepScale,
  retrain,
  scoreOf,
  silentChain,
  type Training,
  trainCandidate,
} from "./candidate.js";
import {
  type ChosenCarrier,
  carrierOf,
  describeCarrier,
  type FittedCarriers,
  fitCarriers,
} from "./carrier-choice.js";
import { differenceCarrier } from "./carriers.js";
import { type Chain, featuresOf, type Inputs, lastDifference, type Prepared, prepare } from "./chain.js";
import {
  type Calendar,
  decideDifference,
  decideEffort,
  decideLog,
  decideScale,
  decideSeason,
  decideWindow,
} from "./decide.js";
import { Choices, readable } from "./explanation.js";
import type { Head } from "./head.js";
import { refuseAborted } from "./network.js";
import type { Settings } from "./options.js";
import { predictTracks } from "./predict.js";
import type { RawSeries } from "./raw-series.js";
import { refuseTooFew, splitRows, teachingNeeded } from "./split.js";
import { rawError, summarize } from "./summary.js";
import type { Differencing, FitOptions, Scaling, Strategy } from "./types.js";

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
const CLEARLY = 0.98;

function chooseCarrier(
  arena: Arena,
  fitted: FittedCarriers,
  settings: Settings,
  choices: Choices,
): ChosenCarrier {
  if (settings.carrier !== "auto") return choices.add("carrier", settings.carrier, "given");
  const scores = CARRIERS.map((kind) => scoreOf(carrierErrors(arena, carrierOf(kind, fitted))));
  const [smoothing, autoregression, both] = scores as [number, number, number];
  const single = smoothing < autoregression ? 0 : 1;
  const chosen = scores[single]! < CLEARLY * both ? CARRIERS[single]! : "both";
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
    const arena = arenaOf(candidate, split, horizon);
    const fitted = fitCarriers(candidate.target.subarray(0, head), calendar);
    return Math.min(
      ...CARRIERS.map((kind) => rawError(arena, logs, carrierErrors(arena, carrierOf(kind, fitted)))),
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

  const arena = arenaOf(prepared, split, horizon);
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
  const kind = settings.model === "lstm" ? null : chooseCarrier(arena, fitted, settings, choices);
  const silentHybrid = (carrier: ReturnType<typeof carrierOf>, own: Inputs, rows: number): Chain =>
    silentChain(own, carrier, outputs, oneStepScale(carrier, prepared, rows));

  const candidates: Candidate[] = [];
  try {
    if (kind !== null) {
      candidates.push(
        await trainCandidate(arena, silentHybrid(carrierOf(kind, fitted), inputs, head), training, false),
      );
    }
    if (settings.model !== "hybrid") {
      const carrier = plainCarrier(inputs, prepared, head);
      candidates.push(
        await trainCandidate(
          arena,
          silentChain(inputs, carrier, outputs, null),
          training,
          settings.model === "lstm",
        ),
      );
    }
    const best = chooseModel(candidates, settings, choices);
    const { weights } = best.chain;
    if (kind !== null && best === candidates[0]) {
      const [low, high] = [Math.min(...weights), Math.max(...weights)];
      choices.add(
        "weight",
        weights.map((weight) => Number(weight.toPrecision(3))),
        high === 0
          ? "the network's corrections did not help on the validation tail: the carrier forecasts alone"
          : `how far the network's corrections are believed, ${readable(low)} to ${readable(high)}: their least-squares factor on the validation tail, shrunk by the doubt about it`,
      );
    }
    const calibrations = await calibrateCandidate(arena, best, training.head);
    const rows = raw.rows;
    const whole = inputsFor(plain, scale, prepared, rows);
    const silent =
      kind !== null && best === candidates[0]
        ? silentHybrid(carrierOf(kind, fitCarriers(prepared.target, calendar)), whole, rows)
        : silentChain(whole, plainCarrier(whole, prepared, rows), outputs, null);
    const final = await retrain(best, silent, prepared, training);
    choices.summary = summarize(arena, log, season, best.errors);
    return { ...final, head: training.head, history: best.history, calibrations, choices };
  } finally {
    for (const { network } of candidates) network.dispose();
  }
}

/** Standard errors by which a network alone must be better than a hybrid, which errs less far where it errs. */
const CLEARLY_ALONE = 2;

function chooseModel(candidates: readonly Candidate[], settings: Settings, choices: Choices): Candidate {
  const [first, second] = candidates as [Candidate, Candidate | undefined];
  if (second === undefined) {
    choices.add("model", settings.model, "given");
    return first;
  }
  const t = advantage(first.errors, second.errors);
  const alone = t > CLEARLY_ALONE;
  choices.add(
    "model",
    alone ? "lstm" : "hybrid",
    `errors on the validation tail: hybrid ${readable(first.score)}, the network alone ${readable(second.score)}, ${readable(Math.abs(t))} standard errors ${t > 0 ? "better" : "worse"}; ${CLEARLY_ALONE} are asked for`,
  );
  return alone ? second : first;
}

/** Errors on the tail: of the point forecast, and of each level the network itself knows. */
async function calibrateCandidate(
  arena: Arena,
  { chain, network, tracks, errors }: Candidate,
  head: Head,
): Promise<Calibration[]> {
  const point = calibrate(null, errors, arena.horizon);
  if (head.kind !== "quantile") return [point];
  const forecasts = await predictTracks(network, head, chain, tracks, arena.horizon, head.levels);
  return [
    point,
    ...head.levels.map((level) =>
      calibrate(
        level,
        errorsAt(
          arena,
          forecasts.map(({ quantiles }) => quantiles.get(level)!),
        ),
        arena.horizon,
      ),
    ),
  ];
}
