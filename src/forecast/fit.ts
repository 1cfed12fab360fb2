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
import { summarize } from "./summary.js";
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

/** Fewer windows than these teach nothing. */
const LEAST_WINDOWS = 8;

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

/** Rows held back for choosing: a share of all, but room for the horizon and a few origins more. */
const tailOf = (rows: number, horizon: number, share: number): number =>
  Math.max(Math.ceil(rows * share), horizon + 3);

/** Rows learnt from that leave `LEAST_WINDOWS` windows. */
const headNeeded = (window: number, memory: number, outputs: number): number =>
  window + memory + outputs + LEAST_WINDOWS - 1;

function rowsNeeded(
  window: number,
  memory: number,
  outputs: number,
  { horizon, validation }: Settings,
): number {
  const head = headNeeded(window, memory, outputs);
  let rows = head + horizon + 3;
  while (rows - tailOf(rows, horizon, validation) < head) rows += 1;
  return rows;
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

/** A simpler carrier must be clearly better than the mean of both, which errs less far. */
const CLEARLY = 0.98;

function chooseCarrier(
  arena: Arena,
  inputs: Inputs,
  fitted: FittedCarriers,
  settings: Settings,
  choices: Choices,
): ChosenCarrier {
  if (settings.carrier !== "auto") return choices.add("carrier", settings.carrier, "given");
  const kinds: readonly ChosenCarrier[] = ["smoothing", "autoregression", "both"];
  const scores = kinds.map((kind) => scoreOf(carrierErrors(arena, inputs, carrierOf(kind, fitted))));
  const [smoothing, autoregression, both] = scores as [number, number, number];
  const single = smoothing < autoregression ? 0 : 1;
  const chosen = scores[single]! < CLEARLY * both ? kinds[single]! : "both";
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
  const least = rowsNeeded(settings.window ?? 2, 1, outputs, settings);
  if (raw.rows < least) tooFew(where, raw.rows, least, settings);

  const gaps = raw.columns[raw.target]!.filter(Number.isNaN).length;
  const impute = choices.add(
    "impute",
    settings.impute,
    gaps === 0 ? "the target has no gaps" : `${gaps} gaps in the target`,
  );
  const level = prepare({ impute, log: false, target: raw.target }, raw).target;
  const calendar: Calendar | null = decideSeason(level, settings, choices);
  const season = calendar?.season ?? null;
  const log = decideLog(level, season, settings, choices);
  const prepared = prepare({ impute, log, target: raw.target }, raw);
  const tail = tailOf(raw.rows, horizon, settings.validation);
  const head = choices.add(
    "validation",
    raw.rows - tail,
    `rows learnt from at first; what is chosen is chosen on the ${tail} after them`,
  );

  const difference = decideDifference(prepared.target.subarray(0, head), season, settings, choices);
  const memory = difference.order * difference.lag;
  const changes = changesOf(prepared.target, head, difference);
  const bound = Math.min(Math.floor(head / 4), head - headNeeded(0, memory, outputs));
  const window = decideWindow(changes, season, bound, settings, choices);
  const needed = rowsNeeded(window, memory, outputs, settings);
  if (raw.rows < needed) tooFew(where, raw.rows, needed, settings);
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

  const arena = arenaOf(prepared, head, horizon);
  const windows = head - window - memory - outputs + 1;
  const features = featuresOf({ ...inputs, errorScale: 1 });
  const training: Training = {
    effort: decideEffort(windows, window, features, settings, choices),
    strategy,
    head: headOf(settings),
    seed: settings.seed,
    options,
  };
  const fitted = fitCarriers(prepared.target.subarray(0, head), calendar);
  const kind = settings.model === "lstm" ? null : chooseCarrier(arena, inputs, fitted, settings, choices);
  const silentHybrid = (carrier: ReturnType<typeof carrierOf>, own: Inputs, rows: number): Chain =>
    silentChain(own, carrier, outputs, oneStepScale(own, carrier, prepared, rows));

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
        await trainCandidate(arena, silentChain(inputs, carrier, outputs, null), training, true),
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
        ? silentHybrid(carrierOf(kind, fitCarriers(prepared.target, calendar, fitted)), whole, rows)
        : silentChain(whole, plainCarrier(whole, prepared, rows), outputs, null);
    const final = await retrain(best, silent, prepared, training);
    choices.summary = summarize(arena, inputs, best);
    return { ...final, head: training.head, history: best.history, calibrations, choices };
  } finally {
    for (const { network } of candidates) network.dispose();
  }
}

function tooFew(where: string, rows: number, needed: number, { horizon, window }: Settings): never {
  throw new DataError(
    `${where}: ${rows} rows are too few for a horizon of ${horizon}${window === undefined ? "" : ` and a window of ${window}`}, which need at least ${needed}.`,
    { code: "insufficient_data", received: rows, expected: needed },
  );
}

/** A network alone must be clearly better than a hybrid. */
const CLEARLY_ALONE = 0.97;

function chooseModel(candidates: readonly Candidate[], settings: Settings, choices: Choices): Candidate {
  const [first, second] = candidates as [Candidate, Candidate | undefined];
  if (second === undefined) {
    choices.add("model", settings.model, "given");
    return first;
  }
  const alone = second.score < CLEARLY_ALONE * first.score;
  choices.add(
    "model",
    alone ? "lstm" : "hybrid",
    `errors on the validation tail: hybrid ${readable(first.score)}, the network alone ${readable(second.score)}`,
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
