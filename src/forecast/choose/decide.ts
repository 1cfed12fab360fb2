import { DataError } from "../../errors.js";
import { percentile, variance } from "../../numerics/statistics.js";
import { completePausing } from "../../numerics/steps.js";
import { adfullerSteps } from "../../series/analysis/adfuller.js";
import { calendarSeasons } from "../../series/analysis/calendar-seasons.js";
import { kpss } from "../../series/analysis/kpss.js";
import { pacf } from "../../series/analysis/pacf.js";
import { pooledSeasons } from "../../series/analysis/pooled-seasons.js";
import { type Season, seasonalitySteps } from "../../series/analysis/seasonality.js";
import { bestHoltWintersSteps } from "../../series/baselines/holt-winters.js";
import { difference } from "../../series/prepare/difference.js";
import { logTransform } from "../../series/prepare/log-transform.js";
import type { Settings } from "../options.js";
import type { Differencing, Scaling } from "../types.js";
import { type Choices, readable } from "./explanation.js";
import type { Pause } from "./pause.js";

/** A season and its length as the calendar has it. */
export type Calendar = Pick<Season, "season" | "period">;

/** Quarters, days of the week, months, hours. */
const USUAL_SEASONS = [4, 7, 12, 24];
/** Longer series show their seasons in the spectrum. */
const SHORT = 400;
/** A difference in AICc beyond which the worse model has no support (Burnham & Anderson 2002). */
const AICC_GAP = 10;

/** In a short series, the usual season that exponential smoothing wants. */
async function usualSeason(
  y: Float64Array,
  candidates: readonly number[],
  pause: Pause,
): Promise<{ season: number; gain: number } | null> {
  if (y.length > SHORT) return null;
  const aiccWith = async (season: number | null): Promise<number> =>
    (await completePausing(bestHoltWintersSteps(y, season), pause)).aicc;
  const plain = await aiccWith(null);
  let best = { season: 0, gain: AICC_GAP };
  for (const season of candidates) {
    if (y.length < 3 * season) continue;
    const gain = plain - (await aiccWith(season));
    if (gain > best.gain) best = { season, gain };
  }
  return best.season === 0 ? null : best;
}

/** Values at the end that are looked at for a season, and for a unit root. */
const MOST_FOR_SEASON = 20_000;
const MOST_FOR_TESTS = 4_000;
/** Autocorrelation of the changes at a peak that speaks for a season which no line of the spectrum shows. */
const CLEAR_REPEAT = 0.5;

const isAbout = (found: number, likely: number): boolean =>
  Math.abs(found - likely) <= Math.max(1, 0.1 * likely);

/** The season the options name, or the one the series shows. */
export async function decideSeason(
  y: Float64Array,
  settings: Settings,
  choices: Choices,
  pause: Pause,
): Promise<Calendar | null> {
  if (settings.season === null) return choices.add("season", null, "given");
  const recent = y.subarray(Math.max(0, y.length - MOST_FOR_SEASON));
  const { seasons: found } = calendarSeasons(
    await completePausing(seasonalitySteps(recent), pause),
    settings.season === undefined ? settings.seasonCandidates : [],
    recent.length,
  );
  if (settings.season !== undefined) {
    const season = settings.season;
    // The spectrum's period is finer: 52.18 weeks for a season given as 52.
    const alike = found.find((candidate) => candidate.season === season);
    return { season: choices.add("season", season, "given"), period: alike?.period ?? season };
  }
  const best = found[0];
  if (best !== undefined) {
    choices.add(
      "season",
      best.season,
      `repeats every ${readable(best.period)} steps, which explains ${Math.round(100 * best.strength)} % of the variance about the trend (autocorrelation ${readable(best.autocorrelation)}, p ${readable(best.pValue)})`,
    );
    return best;
  }
  const { short, correlations } = pooledSeasons([recent]);
  if (short !== null && correlations[0] > CLEAR_REPEAT) {
    // Few repetitions do not tell 13 months from the 12 that the calendar has.
    const season = settings.seasonCandidates.find((likely) => isAbout(short, likely)) ?? short;
    choices.add(
      "season",
      season,
      `no line stands out of the spectrum, but changes ${short} steps apart are alike: autocorrelation ${readable(correlations[0])}${season === short ? "" : `; the step of the series makes ${season} likely`}`,
    );
    return { season, period: season };
  }
  const candidates = settings.seasonCandidates.length > 0 ? settings.seasonCandidates : USUAL_SEASONS;
  const usual = await usualSeason(y, candidates, pause);
  if (usual === null) {
    return choices.add("season", null, "no length at which the series repeats stands out");
  }
  choices.add(
    "season",
    usual.season,
    `no line stands out of the spectrum, but exponential smoothing is better with it: AICc ${readable(usual.gain)} lower`,
  );
  return { season: usual.season, period: usual.season };
}

/** The 95 % point of chi-squared with one degree of freedom. */
const LIKELIHOOD_GAIN = 3.84;

/**
 * Twice the gain in log-likelihood of normal changes when they are changes of logarithms, the Jacobian counted (Box & Cox
 * 1964): positive where changes grow with the level. NaN when all changes are equal.
 */
function likelihoodGain(y: Float64Array, season: number | null): number {
  const lag = season !== null && y.length > 3 * season ? season : 1;
  const changes = (values: Float64Array): Float64Array => {
    const once = difference(values, { lag });
    return lag > 1 && once.length > 2 ? difference(once) : once;
  };
  const logs = logTransform(y);
  const raw = changes(y);
  const jacobian =
    (2 * logs.subarray(y.length - raw.length).reduce((sum, value) => sum + value, 0)) / raw.length;
  const spreads = [variance(raw), variance(changes(logs))];
  if (!spreads.every((spread) => spread > 0)) return Number.NaN;
  const [a, b] = logTransform(spreads);
  return raw.length * (a! - b! - jacobian);
}

/**
 * Logarithms when all values are positive, changes grow with the level by more than chance, and the carriers do not err
 * more in them on the validation tail.
 * @param tailError the error of the best carrier on the tail, in raw units, with logarithms or without.
 */
export async function decideLog(
  y: Float64Array,
  season: number | null,
  settings: Settings,
  choices: Choices,
  tailError: (logs: boolean) => Promise<number>,
): Promise<boolean> {
  if (settings.log !== undefined) return choices.add("log", settings.log, "given");
  const lowest = y.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if (!(lowest > 0)) {
    return choices.add(
      "log",
      false,
      `the lowest value is ${readable(lowest)}, a logarithm needs values above 0`,
    );
  }
  const gain = likelihoodGain(y, season);
  if (!(gain > LIKELIHOOD_GAIN)) {
    return choices.add(
      "log",
      false,
      `changes do not grow with the level: 2 ln L would gain ${readable(gain)}, ${LIKELIHOOD_GAIN} is asked for`,
    );
  }
  const [plain, logs] = [await tailError(false), await tailError(true)];
  return choices.add(
    "log",
    logs <= plain,
    `changes grow with the level (2 ln L gains ${readable(gain)}), and the RMSE of the carriers on the validation tail is ${readable(logs)} with logarithms, ${readable(plain)} without`,
  );
}

/** null where the data do not allow the test. */
async function whereItCan(test: () => number | Promise<number>): Promise<number | null> {
  try {
    return await test();
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}

/** Root mean square of the changes over `lag` steps. */
function changeOver(y: Float64Array, lag: number): number {
  const changes = difference(y, { lag });
  return Math.sqrt(changes.reduce((sum, change) => sum + change * change, 0) / changes.length);
}

/**
 * None for a stationary series; otherwise over one step or a season, whichever changes less. (Farther ahead, the season is
 * the network's to learn: it sees a whole one, and the calendar.)
 */
export async function decideDifference(
  y: Float64Array,
  season: number | null,
  settings: Settings,
  choices: Choices,
  pause: Pause,
): Promise<Required<Differencing>> {
  if (settings.difference !== undefined) return choices.add("difference", settings.difference, "given");
  if (y.length < 24) {
    return choices.add(
      "difference",
      { order: 1, lag: 1 },
      `${y.length} values are too few to test for a unit root`,
    );
  }
  const recent = y.subarray(Math.max(0, y.length - MOST_FOR_TESTS));
  await pause();
  const unitRoot = await whereItCan(async () => (await completePausing(adfullerSteps(recent), pause)).pValue);
  await pause();
  const level = await whereItCan(() => kpss(recent).pValue);
  await pause();
  const measured =
    unitRoot === null || level === null
      ? "the series is too regular to test for a unit root"
      : `ADF p ${readable(unitRoot)}, KPSS p ${readable(level)}`;
  if (unitRoot !== null && level !== null && unitRoot < 0.05 && level > 0.05) {
    return choices.add("difference", { order: 0, lag: 1 }, `stationary: ${measured}`);
  }
  if (season === null || y.length < 3 * season) {
    return choices.add("difference", { order: 1, lag: 1 }, `not shown to be stationary: ${measured}`);
  }
  const [step, year] = [changeOver(y, 1), changeOver(y, season)];
  return choices.add(
    "difference",
    { order: 1, lag: year < step ? season : 1 },
    `not shown to be stationary: ${measured}; changes over one step are ${readable(step)} large, over a season ${readable(year)}`,
  );
}

/** Robust where a value lies ten robust deviations from the median: one such value would set a standard scale. */
export function decideScale(changes: Float64Array, settings: Settings, choices: Choices): Scaling {
  if (settings.scale !== undefined) return choices.add("scale", settings.scale, "given");
  const sorted = changes.slice().sort();
  const middle = percentile(sorted, 50);
  const deviations = changes.map((value) => Math.abs(value - middle)).sort();
  // 1.4826 makes the median absolute deviation the standard deviation of a normal distribution.
  const unit = 1.4826 * percentile(deviations, 50);
  const farthest = deviations.at(-1)!;
  if (unit > 0 && farthest > 10 * unit) {
    return choices.add(
      "scale",
      "robust",
      `an input lies ${readable(farthest / unit)} robust deviations from the median`,
    );
  }
  return choices.add("scale", "standard", "no input lies far out");
}

/** Longest window that is chosen unasked: what comes before is reached through the season. */
const LONGEST_WINDOW = 104;

/** The season, or the last lag that tells something of the changes; a quarter of the data at most. */
export function decideWindow(
  changes: Float64Array,
  season: number | null,
  bound: number,
  settings: Settings,
  choices: Choices,
): number {
  if (settings.window !== undefined) return choices.add("window", settings.window, "given");
  const most = Math.max(2, Math.min(LONGEST_WINDOW, bound));
  if (season !== null && season > 1) {
    const wanted = Math.max(season, 8);
    return choices.add(
      "window",
      Math.min(most, wanted),
      wanted <= most ? "one season, eight steps at least" : `the season, ${season}, bounded by the data`,
    );
  }
  let last = 0;
  if (changes.length >= 12 && variance(changes) > 0) {
    const nLags = Math.min(24, Math.floor(changes.length / 3));
    const { values } = pacf(changes, { nLags });
    const bar = 1.96 / Math.sqrt(changes.length);
    for (let lag = 1; lag < values.length; lag++) if (Math.abs(values[lag]!) > bar) last = lag;
  }
  const wanted = Math.max(8, last + 2);
  return choices.add(
    "window",
    Math.min(most, wanted),
    `the last lag that tells something is ${last}${wanted > most ? `, and ${most} is what the data allow` : ""}`,
  );
}

/** What is trained, from the number of windows. */
export interface Effort {
  readonly units: readonly number[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly patience: number;
  /** Windows that teach and stop, at the most: of more, evenly spaced ones are taken. */
  readonly windows: number;
}

/** Multiplications one training of a network may cost: some ten seconds on a slow core. */
const TRAINING_BUDGET = 2e10;
/** A training has that many epochs at the least, if it must, with fewer windows in each. */
const LEAST_EPOCHS = 10;
const EPOCH_BUDGET = 6e9;

export function decideEffort(
  windows: number,
  window: number,
  features: number,
  settings: Settings,
  choices: Choices,
): Effort {
  const size = windows < 150 ? 8 : windows < 600 ? 16 : 32;
  const units =
    settings.units === undefined
      ? choices.add("units", new Array<number>(settings.layers).fill(size), `for ${windows} windows`)
      : choices.add("units", settings.units, "given");
  let perEpoch = 0;
  let width = features;
  for (const count of units) {
    // Forward, backward and the weights' gradient each multiply once.
    perEpoch += 3 * windows * window * 4 * count * (count + width);
    width = count;
  }
  const affordable = Math.floor(TRAINING_BUDGET / perEpoch);
  const bound = Math.max(LEAST_EPOCHS, Math.min(windows < 600 ? 150 : 60, affordable));
  const epochs =
    settings.epochs === undefined
      ? choices.add("epochs", bound, "at most; training stops when the validation tail no longer improves")
      : choices.add("epochs", settings.epochs, "given");
  const most = Math.max(1, Math.floor((EPOCH_BUDGET * windows) / perEpoch));
  if (most < windows) {
    choices.add(
      "windows",
      most,
      `at most, evenly spaced ones of ${windows}: more would take the network minutes`,
    );
  }
  const natural = windows < 150 ? 16 : windows < 600 ? 32 : 64;
  return {
    units,
    epochs,
    batchSize: settings.batchSize ?? natural,
    learningRate: settings.learningRate ?? 0.005,
    patience: settings.patience ?? (windows < 600 ? 15 : 8),
    windows: most < windows ? most : Number.POSITIVE_INFINITY,
  };
}
