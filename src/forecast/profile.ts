import { DataError } from "../errors.js";
import type { Prepared } from "./chain/chain.js";
import { lastDifference, prepare } from "./chain/chain.js";
import type { RawSeries } from "./chain/raw-series.js";
import { carrierErrors, validationTail } from "./choose/candidate.js";
import { carrierOf, type FitMemo, fitCarriers, sharesOf } from "./choose/carrier-choice.js";
import { chooseShares } from "./choose/carrier-weights.js";
import {
  type Calendar,
  decideDifference,
  decideLog,
  decideScale,
  decideSeason,
  decideWindow,
} from "./choose/decide.js";
import { rawError } from "./choose/describe-choice.js";
import type { Choices } from "./choose/explanation.js";
import type { Pause } from "./choose/pause.js";
import { refuseTooFew, type Split, splitRows, teachingNeeded } from "./choose/split.js";
import type { Settings } from "./options.js";
import type { Differencing, Imputation, Scaling, Strategy } from "./types.js";

/** What is chosen from a series before anything is trained, each with its reason among the choices. */
export interface Profile {
  readonly impute: Imputation;
  readonly calendar: Calendar | null;
  readonly log: boolean;
  readonly difference: Required<Differencing>;
  readonly window: number;
  readonly scale: Scaling;
  readonly strategy: Strategy;
  /** Steps the network gives at once. */
  readonly outputs: number;
  readonly split: Split;
  /** Whether all values of the target are above 0, and whether none is below. */
  readonly isPositive: boolean;
  readonly isNonNegative: boolean;
  /** All rows, gap-free and in logarithms where `log` says so. */
  readonly prepared: Prepared;
  /** Carriers fitted to the rows before the tail while the logarithm was decided. */
  readonly memo: FitMemo;
}

/** @throws DataError for a column without values or a constant target. */
function refuseUseless(where: string, raw: RawSeries): void {
  raw.columns.forEach((values, f) => {
    if (values.some((value) => !Number.isNaN(value))) return;
    throw new DataError(`${where}: column ${JSON.stringify(raw.names[f])} holds nothing but gaps.`, {
      code: "missing_values",
      received: raw.rows,
    });
  });
  const present = raw.columns[raw.target]!.filter((value) => !Number.isNaN(value));
  if (present.every((value) => value === present[0])) {
    throw new DataError(
      `${where}: column ${JSON.stringify(raw.names[raw.target])} is constant (${present[0]}), so there is nothing to learn. Is it the column you mean?`,
      { code: "constant_target", received: present[0] },
    );
  }
}

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

/** Differences of rows `[0, rows)`, from the first that has one. */
export function changesOf(
  values: Float64Array,
  rows: number,
  difference: Required<Differencing>,
): Float64Array {
  const memory = difference.order * difference.lag;
  return Float64Array.from({ length: rows - memory }, (_, t) =>
    lastDifference(values, t + memory + 1, difference),
  );
}

/** Error of the carriers on the validation tail, in raw units, with logarithms or without. */
async function tailError(
  raw: RawSeries,
  log: boolean,
  calendar: Calendar | null,
  split: Split,
  settings: Settings,
  memo: FitMemo,
  pause: Pause,
): Promise<number> {
  const prepared = prepare({ impute: settings.impute, log, target: raw.target }, raw);
  const tail = validationTail(prepared, split, settings.horizon);
  // In one unit alone: it is the units that are compared.
  const alone = { log, isPositive: false };
  const fitted = await fitCarriers(
    prepared.target.subarray(0, split.head),
    calendar,
    alone,
    pause,
    undefined,
    memo,
  );
  const shares = sharesOf(settings.carrier) ?? (await chooseShares(tail, fitted, log, pause)).shares;
  return rawError(tail, log, await carrierErrors(tail, carrierOf(shares, fitted), pause));
}

/**
 * Season, logarithm, difference, window and scale of a series, in this order: each is decided with those before it.
 * @throws DataError for rows too few for the horizon, a constant or an empty column.
 */
export async function profileSeries(
  settings: Settings,
  raw: RawSeries,
  choices: Choices,
  pause: Pause,
): Promise<Profile> {
  const where = "forecaster.fit()";
  refuseUseless(where, raw);
  choices.add("horizon", settings.horizon, "steps ahead the network is trained for");
  const strategy = decideStrategy(settings, choices);
  const outputs = strategy === "recursive" ? 1 : settings.horizon;
  refuseTooFew(where, raw.rows, settings.window ?? 2, 1, outputs, settings);
  const gaps = raw.columns[raw.target]!.filter(Number.isNaN).length;
  const impute = choices.add(
    "impute",
    settings.impute,
    gaps === 0 ? "the target has no gaps" : `${gaps} gaps in the target`,
  );
  const level = prepare({ impute, log: false, target: raw.target }, raw).target;
  const lowest = level.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  await pause();
  const calendar = await decideSeason(level, settings, choices, pause);
  const season = calendar?.season ?? null;
  const split = splitRows(raw.rows, outputs, settings);
  const memo: FitMemo = [];
  const log = await decideLog(level, season, settings, choices, (logs) =>
    tailError(raw, logs, calendar, split, settings, memo, pause),
  );
  const prepared = prepare({ impute, log, target: raw.target }, raw);
  const { stop, head } = split;
  choices.add(
    "validation",
    [stop, head],
    `${stop < outputs ? "" : `rows up to ${stop} teach the network, those up to ${head} tell it when to stop, and `}the last ${raw.rows - head} judge what is chosen; in the end all teach`,
  );
  const difference = await decideDifference(
    prepared.target.subarray(0, head),
    season,
    settings,
    choices,
    pause,
  );
  const memory = difference.order * difference.lag;
  const changes = changesOf(prepared.target, head, difference);
  const bound = Math.min(Math.floor(head / 4), stop - teachingNeeded(0, memory, outputs));
  const window = decideWindow(changes, season, bound, settings, choices);
  refuseTooFew(where, raw.rows, window, memory, outputs, settings);
  const scale = decideScale(changes, settings, choices);
  return Object.freeze({
    impute,
    calendar,
    log,
    difference,
    window,
    scale,
    strategy,
    outputs,
    split,
    isPositive: lowest > 0,
    isNonNegative: lowest >= 0,
    prepared,
    memo,
  });
}
