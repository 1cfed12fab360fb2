import { createYielder } from "../../model/yield-to-host.js";
import { type Chain, prepare } from "./chain.js";
import { endsInGap, joinRaw, type RawSeries, sliceRaw } from "./raw-series.js";
import { rowsKept, SeriesCursor } from "./series-cursor.js";

/**
 * Where a forecaster stands after its training series: a cursor up to the last row without a gap, and the raw rows from
 * there on. A gap at the end is filled differently once the next value is known, so rows behind it are walked only when
 * a forecast is asked for.
 */
export interface Context {
  readonly cursor: SeriesCursor;
  /** Raw rows from `from` on; those before `cursor.index` are only there to fill gaps with. */
  readonly raw: RawSeries;
  readonly from: number;
}

/** Neighbours are looked for among all rows, so that what fills a gap depends on all of them. */
const looksAtAll = ({ impute }: Chain, { columns }: RawSeries): boolean =>
  impute === "knn" && columns.length > 1;

/** Of the first `end` rows those that can be walked for good: up to and with the last one without a gap. */
function settledRows(raw: RawSeries, end = raw.rows): number {
  let rows = end;
  while (rows > 0 && endsInGap(raw, rows)) rows -= 1;
  return rows;
}

/** Rows walked between two chances for others to be heard. */
const STRIDE = 200;

/** The context after a series, which may be long: others are heard in between. */
export async function contextPausing(chain: Chain, raw: RawSeries): Promise<Context> {
  const pause = createYielder();
  const settled = settledRows(raw);
  const cursor = SeriesCursor.start(chain, settled);
  const prepared = prepare(chain, sliceRaw(raw, 0, settled));
  while (cursor.index < settled) {
    const to = Math.min(settled, cursor.index + STRIDE);
    cursor.walk(prepared, cursor.index, to, settled - rowsKept(chain));
    await pause();
  }
  return contextOf(chain, raw, cursor);
}

function contextOf(chain: Chain, raw: RawSeries, cursor: SeriesCursor): Context {
  const settled = cursor.index;
  const from = looksAtAll(chain, raw) ? 0 : Math.max(0, settled - 1);
  return { cursor: cursor.fork(0), raw: sliceRaw(raw, from), from };
}

/**
 * The cursor after the rows of `more`, which follow the training series; others are heard on the way.
 * @param seen rows before the end that the network sees, as `rowsSeen` has them.
 */
export async function cursorAfter(
  context: Context,
  chain: Chain,
  more: RawSeries | null,
  seen: number,
  pause: () => Promise<void> | undefined,
): Promise<SeriesCursor> {
  const raw = more === null ? context.raw : joinRaw(context.raw, more);
  const begin = context.cursor.index - context.from;
  const cursor = context.cursor.fork(raw.rows - begin);
  if (raw.rows === begin) return cursor;
  const prepared = prepare(chain, raw);
  for (let t = begin; t < raw.rows; t += STRIDE) {
    cursor.walk(prepared, t, Math.min(raw.rows, t + STRIDE), raw.rows - seen);
    await pause();
  }
  return cursor;
}

/**
 * Cursors at ascending origins of a series that begins with row 0, each knowing only the rows before its origin. Rows are
 * walked once; only the gaps right before an origin are filled for it alone, from the past. Yields undefined where others
 * may be heard on the way to the next origin.
 * @param seen rows before an origin that the network sees, as `rowsSeen` has them.
 */
export function* tracksOver(
  chain: Chain,
  raw: RawSeries,
  origins: readonly number[],
  seen: number,
): Generator<SeriesCursor | undefined, void, void> {
  const hasGaps = raw.columns.some((values) => values.some(Number.isNaN));
  if (hasGaps && looksAtAll(chain, raw)) {
    for (const origin of origins) yield* trackAlone(chain, raw, origin, seen);
    return;
  }
  const settled = origins.map((origin) => (hasGaps ? settledRows(raw, origin) : origin));
  const last = settled.at(-1) ?? 0;
  const cursor = SeriesCursor.start(chain, last);
  // Up to a row without a gap, what fills the gaps before it lies before it too.
  const prepared = last === 0 ? null : prepare(chain, sliceRaw(raw, 0, last));
  for (const [i, origin] of origins.entries()) {
    while (cursor.index < settled[i]!) {
      const to = Math.min(settled[i]!, cursor.index + STRIDE);
      cursor.walk(prepared!, cursor.index, to, origin - seen);
      yield undefined;
    }
    const track = cursor.fork(origin - cursor.index);
    if (cursor.index < origin) {
      const from = Math.max(0, cursor.index - 1);
      track.pushAll(prepare(chain, sliceRaw(raw, from, origin)), cursor.index - from, origin - from);
    }
    yield track;
  }
}

/** A walk of its own to an origin, what fills the gaps chosen among the rows before it. */
function* trackAlone(
  chain: Chain,
  raw: RawSeries,
  origin: number,
  seen: number,
): Generator<SeriesCursor | undefined, void, void> {
  const cursor = SeriesCursor.start(chain, origin);
  for (const to of [settledRows(raw, origin), origin]) {
    if (cursor.index === to) continue;
    const prepared = prepare(chain, sliceRaw(raw, 0, to));
    while (cursor.index < to) {
      cursor.walk(prepared, cursor.index, Math.min(to, cursor.index + STRIDE), origin - seen);
      yield undefined;
    }
  }
  yield cursor.fork(0);
}
