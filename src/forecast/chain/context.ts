import { createYielder } from "../../model/yield-to-host.js";
import { type Chain, prepare } from "./chain.js";
import { endsInGap, joinRaw, type RawSeries, sliceRaw } from "./raw-series.js";
import { SeriesCursor } from "./series-cursor.js";

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

/** Rows that can be walked for good: up to and with the last one without a gap. */
function settledRows(raw: RawSeries): number {
  let rows = raw.rows;
  while (rows > 0 && endsInGap(raw, rows)) rows -= 1;
  return rows;
}

function contextAfter(chain: Chain, raw: RawSeries): Context {
  const settled = settledRows(raw);
  const cursor = SeriesCursor.start(chain, settled);
  cursor.pushAll(prepare(chain, sliceRaw(raw, 0, settled)), 0, settled);
  return contextOf(chain, raw, cursor);
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
    cursor.pushAll(prepared, cursor.index, Math.min(settled, cursor.index + STRIDE));
    await pause();
  }
  return contextOf(chain, raw, cursor);
}

function contextOf(chain: Chain, raw: RawSeries, cursor: SeriesCursor): Context {
  const settled = cursor.index;
  // Neighbours are looked for among all rows.
  const from = chain.impute === "knn" && raw.columns.length > 1 ? 0 : Math.max(0, settled - 1);
  return { cursor: cursor.fork(0), raw: sliceRaw(raw, from), from };
}

/** The cursor after the rows of `more`, which follow the training series. */
export function cursorAfter(context: Context, chain: Chain, more: RawSeries | null): SeriesCursor {
  const raw = more === null ? context.raw : joinRaw(context.raw, more);
  const begin = context.cursor.index - context.from;
  const cursor = context.cursor.fork(raw.rows - begin);
  if (raw.rows > begin) cursor.pushAll(prepare(chain, raw), begin, raw.rows);
  return cursor;
}

/**
 * Cursors at ascending origins of a series that begins with row 0, each knowing only the rows before its origin. Rows are
 * walked once; only where the row before an origin is a gap, the walk is made again with the gap filled from the past.
 * Yields undefined where others may be heard on the way to the next origin.
 */
export function* tracksOver(
  chain: Chain,
  raw: RawSeries,
  origins: readonly number[],
): Generator<SeriesCursor | undefined, void, void> {
  const { impute } = chain;
  const lookback = impute === "knn" && raw.columns.length > 1;
  const hasGaps = raw.columns.some((values) => values.some(Number.isNaN));
  const alone = (origin: number): boolean => hasGaps && (lookback || endsInGap(raw, origin));
  const last = origins.findLast((origin) => !alone(origin)) ?? 0;
  const cursor = SeriesCursor.start(chain, last);
  // Up to a row without a gap, what fills the gaps before it lies before it too.
  const prepared = last === 0 ? null : prepare(chain, sliceRaw(raw, 0, last));
  for (const origin of origins) {
    if (alone(origin)) {
      yield cursorAfter(contextAfter(chain, sliceRaw(raw, 0, origin)), chain, null);
      continue;
    }
    while (cursor.index < origin) {
      cursor.pushAll(prepared!, cursor.index, Math.min(origin, cursor.index + STRIDE));
      yield undefined;
    }
    yield cursor.fork(0);
  }
}
