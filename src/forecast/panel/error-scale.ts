import { exp, log } from "../../elementary.js";
import { solveRidge } from "../../numerics/ridge.js";
import type { PanelProfile } from "./panel-profile.js";
import { type PanelSeries, statisticalPath } from "./panel-series.js";
import type { Statistic } from "./smoothed-parts.js";

/**
 * How large a forecast's errors are: unit · exp(constant) · unitᵘ · (past / unit)ᵖ · ownᵒ. The unit is the base's own recent
 * error at the origin. Alone it misjudges series that are calm now and were not before, and those whose errors the base does
 * not share, so that intervals of one width in units of it are too wide for most series and too narrow for a few.
 */
export interface ErrorScale {
  readonly constant: number;
  readonly unit: number;
  readonly past: number;
  readonly own: number;
  /** Geometric means of past / unit and of own: what stands for them where a series is too short to tell. */
  readonly typicalPast: number;
  readonly typicalOwn: number;
}

/** What is known of one series' errors apart from an origin's unit; null where it is too short to tell. */
export interface ErrorRecord {
  /** The largest mean error among earlier forecasts of the statistic, in modelled units. */
  readonly past: number | null;
  /** Error on the held-out rows in units of the base, against the mean over all series. */
  readonly own: number | null;
}

/** One origin whose forecast was judged. */
export interface JudgedOrigin {
  readonly id: string;
  readonly unit: number;
  /** Mean absolute error over the steps ahead, in modelled units. */
  readonly size: number;
}

/** Earlier origins of a series that are looked back at, half a horizon apart. */
const PAST_ORIGINS = 16;
/** Penalty on what departs from the unit alone, in origins: few of them tell little of three powers. */
const RIDGE = 2;
/** Part of the mean over all series that stands beside a series' own error: one forecast without any gets an interval too. */
const FLOOR = 0.05;

/**
 * The largest mean absolute error of the statistic's forecasts before row `end`; null where no origin has rows enough
 * before it.
 * @param reach rows before an origin that the base needs.
 */
export function pastError(
  series: PanelSeries,
  profile: PanelProfile,
  end: number,
  statistic: Statistic,
  reach: number,
): number | null {
  const { horizon } = profile;
  const stride = Math.max(1, Math.floor(horizon / 2));
  let largest: number | null = null;
  for (let k = 0; k < PAST_ORIGINS; k++) {
    const origin = end - horizon - k * stride;
    if (origin < reach + horizon) break;
    const path = statisticalPath(series, profile, origin, statistic);
    const size = path.reduce((sum, value, h) => sum + Math.abs(series.y[origin + h]! - value) / horizon, 0);
    largest = Math.max(largest ?? 0, size);
  }
  return largest;
}

/** Each series' own error from some of its origins, against the mean over all. */
function ownErrors(judged: readonly JudgedOrigin[]): (id: string, without?: JudgedOrigin) => number | null {
  const groups = new Map<string, { size: number; unit: number }>();
  const all = { size: 0, unit: 0 };
  for (const { id, unit, size } of judged) {
    const group = groups.get(id) ?? { size: 0, unit: 0 };
    groups.set(id, { size: group.size + size, unit: group.unit + unit });
    all.size += size;
    all.unit += unit;
  }
  return (id, without) => {
    const group = groups.get(id);
    if (group === undefined || !(all.size > 0)) return null;
    const unit = group.unit - (without?.unit ?? 0);
    // What is left of a sum from which its only part was taken is rounding.
    if (!(unit > 1e-9 * group.unit)) return null;
    const ratio = Math.max(0, group.size - (without?.size ?? 0)) / unit / (all.size / all.unit);
    return (ratio + FLOOR) / (1 + FLOOR);
  };
}

const geometricMean = (values: readonly number[]): number =>
  values.length === 0 ? 1 : exp(values.reduce((sum, value) => sum + log(value) / values.length, 0));

/** Past errors of a perfectly regular series are nothing; a hundredth of its unit is the least. */
const pastRatio = (past: number, unit: number): number => Math.max(past / unit, 0.01);

/**
 * Least squares of the logarithms of errors in units of the base, drawn towards the unit alone. Each origin is told by the
 * others of its series, so that no error sets its own size.
 * @param past by series, see `pastError`.
 * @returns the scale, how large each judged error was expected to be, and what is known of each series.
 */
export function fitErrorScale(
  judged: readonly JudgedOrigin[],
  past: ReadonlyMap<string, number | null>,
): { scale: ErrorScale; expected: number[]; bySeries: ReadonlyMap<string, ErrorRecord> } {
  const ownOf = ownErrors(judged);
  const records = judged.map((origin): ErrorRecord => {
    return { past: past.get(origin.id) ?? null, own: ownOf(origin.id, origin) };
  });
  const known = (what: (record: ErrorRecord, unit: number) => number | null): number[] =>
    records.map((record, i) => what(record, judged[i]!.unit)).filter((value) => value !== null);
  const plain: ErrorScale = {
    constant: 0,
    unit: 0,
    past: 0,
    own: 0,
    typicalPast: geometricMean(
      known((record, unit) => (record.past === null || !(unit > 0) ? null : pastRatio(record.past, unit))),
    ),
    typicalOwn: geometricMean(known(({ own }) => own)),
  };
  const rows = judged.flatMap(({ unit, size }, i) =>
    unit > 0 && size > 0 ? [{ terms: termsOf(plain, unit, records[i]!), target: log(size / unit) }] : [],
  );
  const scale = rows.length === 0 ? plain : solve(plain, rows);
  return {
    scale,
    expected: judged.map(({ unit }, i) => expectedError(scale, unit, records[i]!)),
    bySeries: new Map(
      [...new Set(judged.map(({ id }) => id))].map((id) => [
        id,
        { past: past.get(id) ?? null, own: ownOf(id) },
      ]),
    ),
  };
}

type Terms = readonly [unit: number, past: number, own: number];

const termsOf = (
  { typicalPast, typicalOwn }: Pick<ErrorScale, "typicalPast" | "typicalOwn">,
  unit: number,
  { past, own }: ErrorRecord,
): Terms => [log(unit), log(past === null ? typicalPast : pastRatio(past, unit)), log(own ?? typicalOwn)];

function solve(plain: ErrorScale, rows: readonly { terms: Terms; target: number }[]): ErrorScale {
  const mean = (value: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((sum, row) => sum + value(row) / rows.length, 0);
  const centre = [0, 1, 2].map((i) => mean(({ terms }) => terms[i]!));
  const middle = mean(({ target }) => target);
  const a = new Float64Array(9);
  const b = new Float64Array(3);
  for (const { terms, target } of rows) {
    const row = terms.map((term, i) => term - centre[i]!);
    row.forEach((value, i) => {
      b[i]! += value * (target - middle);
      row.forEach((other, j) => {
        a[i * 3 + j]! += value * other;
      });
    });
  }
  const [unit, past, own] = solveRidge(a, b, new Float64Array(3).fill(RIDGE)) ? b : new Float64Array(3);
  const constant = middle - unit! * centre[0]! - past! * centre[1]! - own! * centre[2]!;
  return { ...plain, constant, unit: unit!, past: past!, own: own! };
}

/** The size of errors that is expected of a series at an origin, in modelled units; 0 where its unit is. */
export function expectedError(scale: ErrorScale, unit: number, record: ErrorRecord): number {
  if (!(unit > 0)) return 0;
  const [ofUnit, ofPast, ofOwn] = termsOf(scale, unit, record);
  return unit * exp(scale.constant + scale.unit * ofUnit + scale.past * ofPast + scale.own * ofOwn);
}
