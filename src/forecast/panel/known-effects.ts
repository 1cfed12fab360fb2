import { DataError } from "../../errors.js";
import { solveRidge } from "../../numerics/ridge.js";
import type { OpenSeries } from "./open-panel.js";
import type { Transform } from "./transform.js";

/** Columns whose future is known, and what one more unit of each is worth in modelled units. */
export interface KnownEffects {
  /** Where they stand among the columns beside the target. */
  readonly places: readonly number[];
  readonly names: readonly string[];
  /** Of a series never seen. */
  readonly pooled: readonly number[];
  /** Of each series that was learnt. */
  readonly bySeries: ReadonlyMap<string, readonly number[]>;
}

/** Series that count as much as a series' own rows do: how far an effect is drawn to the mean of all. */
const SHARED = 1;
/** Penalty on an effect as a share of its own diagonal: columns that move together share what they explain. */
const RIDGE = 1e-3;
/** Akaike's price of a coefficient, twice over: chance explains something as well. */
const PRICE = 4;

/** Normal equations of one series: changes of the target on changes of the columns, both about their means. */
interface Normal {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly squares: number;
  readonly rows: number;
}

function normalOf(y: Float64Array, columns: readonly Float64Array[], lag: number): Normal | null {
  const rows = y.length - lag;
  if (rows < 2 * columns.length + 4) return null;
  const changes = [...columns, y].map((values) => {
    const own = Float64Array.from({ length: rows }, (_, t) => values[t + lag]! - values[t]!);
    const mean = own.reduce((sum, value) => sum + value / rows, 0);
    return own.map((value) => value - mean);
  });
  const target = changes.pop()!;
  const size = columns.length;
  const product = (u: Float64Array, v: Float64Array): number =>
    u.reduce((sum, value, t) => sum + value * v[t]!, 0);
  const squares = product(target, target);
  if (!(squares > 0)) return null;
  // In units of the series' own changes, so that large series do not speak for all.
  const unit = squares / rows;
  const a = new Float64Array(size * size);
  const b = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    b[i] = product(changes[i]!, target) / unit;
    for (let j = 0; j < size; j++) a[i * size + j] = product(changes[i]!, changes[j]!) / unit;
  }
  return { a, b, squares: rows, rows };
}

function solve(a: Float64Array, b: Float64Array): Float64Array | null {
  const size = b.length;
  const solution = b.slice();
  const mean = b.reduce((sum, _, i) => sum + a[i * size + i]! / size, 0);
  // A column that never changes has no effect to be found.
  const penalty = Float64Array.from(b, (_, i) => RIDGE * a[i * size + i]! + 1e-9 * mean + Number.MIN_VALUE);
  return solveRidge(a.slice(), solution, penalty) ? solution : null;
}

/**
 * Effects of columns that are known ahead: least squares of the target's changes over a season (or a step) on those of the
 * columns, in modelled units, so that level, trend and season need no terms. Those of each series are drawn towards those
 * of all; all are left out where they explain no more than chance.
 * @param rows how many rows of each series are looked at.
 * @param lag the season, or 1.
 */
export function fitKnownEffects(
  series: readonly OpenSeries[],
  transforms: readonly Transform[],
  rows: readonly number[],
  { places, names }: Pick<KnownEffects, "places" | "names">,
  lag: number,
): KnownEffects & { readonly explained: number } {
  const size = places.length;
  const none = { places, names, pooled: new Array<number>(size).fill(0), bySeries: new Map(), explained: 0 };
  const normals = series.map(({ target, others }, i) => {
    const y = transforms[i]!.apply(target.subarray(0, rows[i]!));
    return normalOf(
      y,
      places.map((place) => others[place]!.subarray(0, rows[i]!)),
      lag,
    );
  });
  const found = normals.filter((normal) => normal !== null);
  if (size === 0 || found.length === 0) return none;
  const [a, b] = [new Float64Array(size * size), new Float64Array(size)];
  let [squares, count] = [0, 0];
  for (const own of found) {
    own.a.forEach((value, i) => {
      a[i]! += value;
    });
    own.b.forEach((value, i) => {
      b[i]! += value;
    });
    squares += own.squares;
    count += own.rows;
  }
  const pooled = solve(a, b);
  if (pooled === null) return none;
  const gain = pooled.reduce((sum, effect, i) => sum + effect * b[i]!, 0);
  // Changes over a season overlap: so many of them are worth one.
  const independent = count / Math.max(1, Math.min(lag, 4));
  if (!(gain / Math.max(squares - gain, Number.EPSILON) > (PRICE * size) / independent)) return none;
  const share = SHARED / found.length;
  const bySeries = new Map<string, readonly number[]>();
  series.forEach(({ id }, i) => {
    const own = normals[i];
    const effects =
      own === null || own === undefined
        ? null
        : solve(
            own.a.map((value, at) => value + share * a[at]!),
            own.b.map((value, at) => value + share * (pooledRow(a, pooled, at) as number)),
          );
    bySeries.set(id, Array.from(effects ?? pooled));
  });
  return { places, names, pooled: Array.from(pooled), bySeries, explained: gain / squares };
}

/** Row `at` of A times the pooled effects: what a series of the mean kind would have said. */
const pooledRow = (a: Float64Array, pooled: Float64Array, at: number): number =>
  pooled.reduce((sum, effect, j) => sum + effect * a[at * pooled.length + j]!, 0);

/** What the columns are worth in each row. */
export function effectPath(
  effects: readonly number[],
  columns: readonly Float64Array[],
  rows: number,
  from = 0,
): Float64Array {
  return Float64Array.from({ length: rows }, (_, t) =>
    effects.reduce((sum, effect, k) => sum + (effect === 0 ? 0 : effect * columns[k]![from + t]!), 0),
  );
}

/** The columns named as known ahead, by their place. @throws DataError for a name that is no column beside the target. */
export function placesOfKnown(
  where: string,
  names: readonly string[],
  { raw }: OpenSeries,
): readonly number[] {
  const beside = raw.names.filter((_, f) => f !== raw.target);
  return names.map((name) => {
    const place = beside.indexOf(name);
    if (place >= 0) return place;
    throw new DataError(
      `${where}: \`known\` names ${JSON.stringify(name)}, which is no column beside the target. Columns: ${beside.join(", ") || "none"}.`,
      { received: name, expected: beside },
    );
  });
}
