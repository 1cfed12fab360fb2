import { expect, it } from "vitest";
import { calendarSeasons } from "../../../../src/series/analysis/calendar-seasons.js";
import type { Season } from "../../../../src/series/analysis/seasonality.js";

const season = (period: number, strength = 0.5): Season => ({
  season: Math.round(period),
  period,
  strength,
  autocorrelation: 0.5,
  pValue: 0.001,
});
const lengths = (found: Season[], candidates: number[], n: number) =>
  calendarSeasons({ seasons: found }, candidates, n).seasons.map(({ season: s }) => s);

it("a year found a day too long is the year, with the period that was found", () => {
  const { seasons, season: first } = calendarSeasons({ seasons: [season(365.6)] }, [7, 365], 14_000);
  expect([first, seasons[0]!.period]).toEqual([365, 365.6]);
});
it("a part of a cycle stands for the cycle", () => {
  expect(lengths([season(2)], [4], 55)).toEqual([4]);
  expect(lengths([season(6.01)], [12], 140)).toEqual([12]);
  // A tide is no half of a day.
  expect(lengths([season(12.42)], [24, 168], 20_000)).toEqual([12]);
});
it("what no cycle explains counts where it is strong", () => {
  expect(lengths([season(10, 0.02)], [5, 261], 7000)).toEqual([]);
  expect(lengths([season(132, 0.4)], [12], 3000)).toEqual([132]);
  expect(lengths([season(10, 0.02)], [], 7000)).toEqual([10]);
});
it("of two that are one cycle, one stays", () => {
  expect(lengths([season(7), season(3.5)], [7, 365], 2000)).toEqual([7]);
});
