import { leastSquares } from "../../numerics/least-squares.js";
import { variance } from "../../numerics/statistics.js";
import { seasonality } from "../../series/analysis/seasonality.js";
import type { DataCase } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import { classesOf } from "../evidence/classes.js";
import { unexplainedByNeighbours } from "../evidence/nearest-neighbours.js";
import type { Windows } from "../evidence/window-source.js";
import { autocorrelation } from "../pictures/pictures.js";

/** The season's values must halve what the window leaves unexplained: less is not worth a longer window. */
const MOST_UNEXPLAINED_RATIO = 0.5;
/** Of a target whose window explains 95 % a longer one has little left to give. */
const MIN_UNEXPLAINED_SHARE = 0.05;
const MOST_COLUMNS = 100;
const MOST_ROWS = 3000;

/** Share of the answers' variance a regression on these lags leaves, degrees of freedom counted. */
function unexplained({ values, answers }: Asked, lags: readonly number[], longest: number): number {
  const target = answers.subarray(longest);
  const columns = [
    new Float64Array(target.length).fill(1),
    ...lags.map((lag) => values.subarray(longest - lag, values.length - lag)),
  ];
  const fit = leastSquares(columns, target);
  return fit.residualSum(fit.rank) / Math.max(1, target.length - fit.rank) / variance(target);
}

/** A series, and what is asked for at each of its places: its own value, or the class of what comes there. */
interface Asked {
  readonly values: Float64Array;
  readonly answers: Float64Array;
  readonly horizon: number;
}

function askedOf(at: DataCase, windows: Windows): Asked | null {
  const column = windows.columns[0]!;
  const { timesteps } = windows;
  if (at.alignment !== null) {
    const values = column.subarray(-MOST_ROWS);
    return { values, answers: values, horizon: at.alignment.horizon };
  }
  const classes = at.isClassification ? classesOf(windows) : null;
  if (classes === null || classes.labels.length !== windows.samples) return null;
  // The step after a window is where its class belongs: what comes there is what is asked.
  const answers = Float64Array.from(column, (_, place) => classes.labels[place - timesteps] ?? Number.NaN);
  return { values: column.subarray(-MOST_ROWS), answers: answers.subarray(-MOST_ROWS), horizon: 1 };
}

/** A season longer than the window, and no way to tell from the window alone where in the season one stands. */
export const windowShorterThanPeriod: Rule<DataCase> = {
  code: "window_shorter_than_period",
  look(at) {
    const { windows } = at;
    // Further features (calendar, holidays) may tell the phase: then the window need not.
    if (windows === null || windows.features !== 1 || windows.stride !== 1 || at.isStateful) return null;
    const asked = askedOf(at, windows);
    if (asked === null) return null;
    const { values, answers, horizon } = asked;
    const { timesteps } = windows;
    if (values.length < 40) return null;
    const { season } = seasonality(values);
    if (season === null || season <= timesteps + horizon - 1 || values.length < 3 * season + timesteps)
      return null;
    const own = Array.from({ length: Math.min(timesteps, MOST_COLUMNS) }, (_, i) => i + horizon);
    const beyond = [season - 1, season, season + 1].filter((lag) => lag >= horizon && !own.includes(lag));
    const longest = Math.max(season + 1, timesteps + horizon);
    const before = unexplained(asked, own, longest);
    const after = unexplained(asked, [...own, ...beyond], longest);
    // Fisher's F for the added lags; its 0.1 % point is below 6 for three and fifty or more degrees of freedom.
    const rows = values.length - longest;
    const f =
      ((before - after) / beyond.length / Math.max(after, 1e-12)) *
      (rows > own.length + beyond.length ? 1 : 0) *
      (rows - own.length - beyond.length);
    if (before < MIN_UNEXPLAINED_SHARE || after > MOST_UNEXPLAINED_RATIO * before || f < 6) return null;
    // What no line through the window tells, its shape may: then the network can learn it from there.
    const byShape = unexplainedByNeighbours(values, timesteps, horizon, answers);
    if (byShape < MIN_UNEXPLAINED_SHARE || after > MOST_UNEXPLAINED_RATIO * byShape) return null;
    return {
      title: `the series repeats every ${season} steps, the window sees ${timesteps}`,
      evidence: {
        season,
        window: timesteps,
        unexplainedByWindow: short(before),
        unexplainedBySimilarWindows: short(byShape),
        unexplainedWithSeason: short(after),
        bound: MOST_UNEXPLAINED_RATIO,
        fStatistic: short(f),
      },
      why: "What the last values do not tell, the same place one season ago would; it lies before the window's first step, and no amount of training brings it back.",
      remedy: `Cut windows of at least one season: slidingWindows(series, { window: ${season + 2} }). Or give the place in the season as features: calendarFeatures, lagFeatures(series, { lags: [${season}] }).`,
      fix: { window: season + 2 },
      picture: autocorrelation(
        "What past values tell, and what the window sees of them",
        values,
        2 * season + 2,
        [
          { label: `the window: ${timesteps} steps`, x: [horizon, timesteps + horizon - 1] },
          { label: `season: ${season}`, x: season },
        ],
      ),
    };
  },
};
