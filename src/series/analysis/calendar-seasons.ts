import type { Season, Seasonality } from "./seasonality.js";

/** A season that no cycle of the calendar explains must explain this much of the series to be believed. */
const STRONG = 0.1;
/** A jagged year may show by its third, or its sixth, alone. */
const MOST_PARTS = 6;
/** Fewer repetitions are no evidence of a season. */
const LEAST_CYCLES = 2;

/** Whether the spectrum of n values cannot tell two periods apart. */
const isAlike = (a: number, b: number, n: number): boolean =>
  Math.abs(1 / a - 1 / b) < Math.max(1 / n, 0.02 / b);

/** The cycle of the calendar a season is, or is a whole part of. */
function cycleOf({ period }: Season, candidates: readonly number[], n: number): number | undefined {
  const possible = candidates.filter((cycle) => cycle * LEAST_CYCLES <= n);
  const same = possible.find((cycle) => isAlike(period, cycle, n));
  if (same !== undefined) return same;
  return possible.find((cycle) => {
    const parts = Math.round(cycle / period);
    return parts >= 2 && parts <= MOST_PARTS && isAlike(period, cycle / parts, n);
  });
}

/**
 * Seasons as the step of the series makes them likely: one of 366 days is the year of 365, one of 2 quarters or 6 months a
 * part of the year; one that is none of these counts only where it explains a tenth of the series or more.
 * @param candidates lengths in steps ({@link seasonsOfStep}); none: everything stays.
 * @param n how many values the seasons were found in.
 */
export function calendarSeasons(
  { seasons }: Pick<Seasonality, "seasons">,
  candidates: readonly number[],
  n: number,
): Seasonality {
  const kept: Season[] = [];
  for (const found of seasons) {
    const cycle = candidates.length === 0 ? undefined : cycleOf(found, candidates, n);
    if (cycle === undefined && candidates.length > 0 && found.strength < STRONG) continue;
    const season = cycle ?? found.season;
    if (kept.some((other) => other.season === season)) continue;
    const period = cycle === undefined || isAlike(found.period, cycle, n) ? found.period : cycle;
    kept.push({ ...found, season, period });
  }
  return { season: kept[0]?.season ?? null, strength: kept[0]?.strength ?? 0, seasons: kept };
}
