import type { LagPeak, SeriesSummary, Stationarity } from "../summary/series-summary.js";
import { percent, plural, pValue, readableNumber, wholeNumber } from "./numbers.js";

/** One line of a summary: what it is about, and what was found. */
export interface Fact {
  readonly name: string;
  readonly text: string;
}

/** The 5 % level all verdicts here are given at. */
const LEVEL = 0.05;
/** More examples than these only lengthen the line. */
const SHOWN = 3;

const withUnit = (text: string, unit: string | undefined): string =>
  unit === undefined ? text : `${text} ${unit}`;

/** How many rows, and which of them the file does not have. */
function describeLength({ rows, series }: SeriesSummary): string {
  const { added = 0 } = series;
  if (added === 0) return plural(rows, "row");
  return `${plural(rows, "row")}: ${wholeNumber(rows - added)} in the file and ${wholeNumber(added)} missing between them, put in as gaps`;
}

function describeDates({ axis, rows }: SeriesSummary): Fact[] {
  if (axis.kind === "index")
    return [{ name: "dates", text: "no date column; rows are taken as equally far apart" }];
  const detail = axis.detail === "" ? "" : ` (${axis.detail})`;
  const span = `${axis.label(0)} to ${axis.label(rows - 1)}, ${axis.kind === "number" ? "in steps of" : "one value every"} ${axis.step}${detail}`;
  const clocks = axis.clockChanges.map(({ at, hours }) => `${hours > 0 ? "forward" : "back"} at ${at}`);
  const changes: Fact[] =
    clocks.length === 0
      ? []
      : [
          {
            name: "clock",
            text: `local time whose clocks are changed: ${clocks.slice(0, SHOWN).join(", ")}${clocks.length > SHOWN ? `, … (${clocks.length} changes)` : ""}`,
          },
        ];
  const [first] = axis.irregular;
  if (first === undefined) return [{ name: "dates", text: `${span}, regular` }, ...changes];
  const steps = plural(axis.irregular.length, "step differs", "steps differ");
  return [
    { name: "dates", text: `${span}; irregular: ${steps}, the first from ${first.from} to ${first.to}` },
    ...changes,
  ];
}

/** What was guessed while the file was read, so that a wrong guess is seen. */
const describeReading = ({ series }: SeriesSummary): Fact[] =>
  series.notes === undefined || series.notes.length === 0
    ? []
    : [{ name: "reading", text: series.notes.join("; ") }];

function describeGaps({ gaps, gapRuns, rows, axis }: SeriesSummary): string {
  if (gaps === 0) return "none";
  const longest = gapRuns.reduce((a, b) => (b.length > a.length ? b : a));
  return `${plural(gaps, "value")} missing (${percent(gaps / rows)}) in ${plural(gapRuns.length, "place")}; the longest is ${longest.length} from ${axis.label(longest.row)}`;
}

const describeDuplicates = ({ duplicates = 0 }: SeriesSummary["series"]): string =>
  duplicates === 0
    ? "none"
    : `${plural(duplicates, "row")} came twice, with the same date and value, and ${duplicates === 1 ? "was" : "were"} kept once`;

function describeOutliers({ outliers, axis, series }: SeriesSummary): string {
  if (outliers.length === 0)
    return "none (no value sticks out from both neighbours by 5 robust standard deviations)";
  const examples = outliers
    .slice(0, SHOWN)
    .map(
      ({ row, value, neighbours }) =>
        `${axis.label(row)}: ${readableNumber(value)} beside ${readableNumber(neighbours)}`,
    );
  const more = outliers.length > SHOWN ? ", …" : "";
  return `${outliers.length} sticking out from the values around (${withUnit(examples.join(", "), series.unit)}${more})`;
}

/** Whether the augmented Dickey-Fuller test rejects a unit root. */
export const isStationary = ({ adf }: Stationarity): boolean => adf !== undefined && adf.pValue < LEVEL;

function describeAdf({ adf }: Stationarity): string {
  if (adf === undefined) return "too short or too regular to test";
  const verdict = adf.pValue < LEVEL ? "stationary" : "not stationary (a unit root is not rejected)";
  return `statistic ${adf.statistic.toFixed(2)}, ${pValue(adf.pValue)}: ${verdict}`;
}

function describeKpss({ kpss }: Stationarity): string {
  if (kpss === undefined) return "too short or too regular to test";
  // The table of the test ends at these.
  const p =
    kpss.pValue <= 0.01 ? "p ≤ 0.01" : kpss.pValue >= 0.1 ? "p ≥ 0.1" : `p = ${kpss.pValue.toFixed(3)}`;
  return `statistic ${kpss.statistic.toFixed(3)}, ${p}: ${kpss.pValue < LEVEL ? "not stationary" : "stationarity is not rejected"}`;
}

function describeSeason({ seasonality }: SeriesSummary): string {
  if (seasonality.seasons.length === 0) return "none found";
  return seasonality.seasons
    .map(({ season, period, strength }) => {
      const exact = Math.abs(period - season) >= 0.005 ? ` (period ${period.toFixed(2)})` : "";
      return `${season} steps${exact}, explains ${percent(strength)} of the variance around the trend`;
    })
    .join("; ");
}

const describePeaks = (peaks: readonly LagPeak[]): string =>
  peaks.length === 0
    ? "none outside the 95 % interval"
    : peaks.map(({ lag, value }) => `lag ${lag}: ${value.toFixed(2)}`).join(", ");

/** The summary as lines for a reader; `full` adds KPSS, correlograms and moments. */
export function describeSummary(summary: SeriesSummary, options: { full: boolean }): Fact[] {
  const { series, rows, minimum, maximum, mean, standardDeviation, stationarity } = summary;
  const facts: Fact[] = [
    { name: "length", text: describeLength(summary) },
    ...describeDates(summary),
    { name: "gaps", text: describeGaps(summary) },
    { name: "duplicates", text: describeDuplicates(series) },
    { name: "outliers", text: describeOutliers(summary) },
    ...describeReading(summary),
    {
      name: "range",
      text: withUnit(`${readableNumber(minimum)} to ${readableNumber(maximum)}`, series.unit),
    },
  ];
  if (options.full) {
    facts.push({
      name: "mean, deviation",
      text: withUnit(`${readableNumber(mean)}, ${readableNumber(standardDeviation)}`, series.unit),
    });
  }
  facts.push({ name: "season", text: describeSeason(summary) });
  if (summary.testedRows < rows)
    facts.push({
      name: "tests",
      text: `of the last ${wholeNumber(summary.testedRows)} rows, the season of a few more: enough to tell`,
    });
  for (const test of stationarity) facts.push({ name: `ADF ${test.name}`, text: describeAdf(test) });
  if (!options.full) return facts;
  for (const test of stationarity) facts.push({ name: `KPSS ${test.name}`, text: describeKpss(test) });
  return [
    ...facts,
    { name: "ACF of differences", text: describePeaks(summary.acfPeaks) },
    { name: "PACF of differences", text: describePeaks(summary.pacfPeaks) },
  ];
}

/** Below this an LSTM rarely beats the simple forecasts it is compared with. */
const FEW_ROWS = 200;

/** What to do about what was found, in sentences; empty when there is nothing to do. */
export function advise(summary: SeriesSummary): string[] {
  const { series, rows, gaps, axis, outliers, seasonality, stationarity } = summary;
  const [asIs, differenced] = stationarity;
  const advice: string[] = [];
  if (rows < FEW_ROWS) {
    advice.push(
      `${plural(rows, "row")} are few for an LSTM: expect the simple forecasts to be hard to beat, keep the model small.`,
    );
  }
  for (const note of series.notes ?? [])
    if (note.includes("Say so with") || note.includes("say --missing"))
      advice.push(`${note.charAt(0).toUpperCase()}${note.slice(1)}`);
  if (gaps / rows > 0.1)
    advice.push(`${percent(gaps / rows)} of the values are missing: what fills them shapes the result.`);
  if (axis.irregular.length > 0) {
    advice.push(
      axis.places === undefined
        ? "Rows are taken as equally far apart, and these are not: no step fits all of them. Resample the file, or correct the dates that stand out."
        : "Rows are taken as equally far apart, and these are not: insert the missing dates with empty cells.",
    );
  }
  if (outliers.length > 0) advice.push("Look at the outliers; leave the cell empty where a value is wrong.");
  if (asIs !== undefined && differenced !== undefined && !isStationary(asIs) && isStationary(differenced)) {
    advice.push("Train on differences: the series as it is has a unit root, its differences do not.");
  }
  if (seasonality.season !== null) {
    const { season } = seasonality;
    advice.push(
      `Compare with the seasonal naive forecast at ${season} steps, and let a window span a season where the length allows.`,
    );
    if (rows < 3 * season) advice.push(`${rows} rows hold fewer than three seasons.`);
  }
  return advice;
}
