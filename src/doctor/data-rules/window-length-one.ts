import { leastSquares } from "../../numerics/least-squares.js";
import { effectOf } from "../../numerics/significance.js";
import { variance } from "../../numerics/statistics.js";
import type { DataCase } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import { unexplainedByNeighbours } from "../evidence/nearest-neighbours.js";
import { isSeries } from "../evidence/series-order.js";
import type { Windows } from "../evidence/window-source.js";
import { autocorrelation } from "../pictures/pictures.js";

/** Steps before the one that is seen: a season of a month's days, and what a regression on some hundred samples carries. */
const MOST_LAGS = 30;
/** Windows tried by similarity: more steps have too few neighbours among some hundred. */
const LENGTHS = [2, 3, 5];
/** A tenth of the error is worth a longer window, as it is worth another model. */
const MOST_ERROR_RATIO = 0.9;
/** By similarity no test says what is chance: half of the error is beyond it. */
const CLEAR_ERROR_RATIO = 0.5;
/** One step that explains as much leaves nothing to a longer window. */
const EXPLAINED_SHARE = 0.01;
const FALSE_ALARM_P = 0.001;
/** Fewer samples do not show whether they follow each other. */
const LEAST_TO_TELL = 60;

interface Longer {
  /** Shares of the variance that one step leaves, and that one step with those before it leaves. */
  readonly alone: number;
  readonly withMore: number;
}

/** What the steps before would tell of the target; null where samples show no order, so that nothing is known of before. */
function moreFromBefore(at: DataCase, windows: Windows): Longer | null {
  const { samples, features, columns, targets } = windows;
  const [target] = targets;
  const lags = Math.min(MOST_LAGS, Math.floor(samples / (8 * features)));
  if (target === undefined || lags < 1) return null;
  const values = target.subarray(lags, samples);
  const lagged = (lag: number): Float64Array[] =>
    columns.map((column) => column.subarray(lags - lag, samples - lag));
  const own = [new Float64Array(values.length).fill(1), ...lagged(0)];
  const before = Array.from({ length: lags }, (_, k) => lagged(k + 1)).flat();
  const fit = leastSquares([...own, ...before], values);
  // Columns that depend on others end the fit: nothing is known of those after them.
  if (fit.rank <= own.length) return null;
  const { unexplained, rest, p } = effectOf(fit, own.length, variance(values));
  const series = features === 1 ? columns[0]!.subarray(-3000) : null;
  const horizon = at.alignment?.horizon ?? 1;
  const byShape = (length: number): number =>
    series === null ? 1 : unexplainedByNeighbours(series, length, horizon);
  const alike = byShape(1);
  const alone = Math.min(unexplained, alike);
  const longer = p < FALSE_ALARM_P ? rest : 1;
  const similar = alike < EXPLAINED_SHARE ? 1 : Math.min(...LENGTHS.map(byShape));
  // Of a series without order neither this value nor any before tells the next.
  const isInOrder =
    at.alignment !== null ||
    p < FALSE_ALARM_P ||
    similar < CLEAR_ERROR_RATIO * alone ||
    alike < CLEAR_ERROR_RATIO;
  if (!isInOrder) return null;
  return { alone, withMore: Math.min(alone, longer, similar < CLEAR_ERROR_RATIO * alone ? similar : 1) };
}

/**
 * One time step a sequence leaves nothing to remember, unless the state is carried from batch to batch. Where the steps
 * before tell nothing beyond the last, as in a first-order process, there is nothing to remember either.
 */
export const windowLengthOne: Rule<DataCase> = {
  code: "window_length_one",
  look(at) {
    const { windows } = at;
    if (windows === null || !windows.isSequence || windows.timesteps !== 1 || at.isStateful) return null;
    const more = moreFromBefore(at, windows);
    // Samples that do not follow each other have no steps before.
    if (more === null && windows.samples >= LEAST_TO_TELL && !isSeries(windows)) return null;
    if (more !== null && (more.alone < EXPLAINED_SHARE || more.withMore > MOST_ERROR_RATIO * more.alone))
      return null;
    return {
      title: "each sequence is one time step long",
      evidence: {
        timesteps: 1,
        bound: 2,
        samples: windows.samples,
        ...(more === null
          ? {}
          : { unexplainedByLastStep: short(more.alone), unexplainedWithStepsBefore: short(more.withMore) }),
      },
      why: "The state starts at zero in every sample, so after one step the recurrent weights have multiplied nothing but zeros: the layer is a dense layer, and what happened before the last value is lost.",
      remedy:
        "Cut longer windows: slidingWindows(series, { window: 20 }); for a series with a season, at least one season long. Or carry the state: stateful: true with a batchSize and shuffle: false.",
      fix: { window: 20 },
      picture: autocorrelation(
        "What past values tell, and what the window sees of them",
        windows.columns[0]!,
        40,
        [{ label: "the window ends here", x: 1 }],
      ),
    };
  },
};
