import type { RawColumn, RawColumns } from "./raw-columns.js";

/** Names that say which series a row is of. */
const ID =
  /(?:^|[^\p{L}])(?:id|ids|uid|key|series|item|store|shop|symbol|ticker|station|sensor|site|region|country|state|city|code|name|iso|iso3|entity|location|group|category|variable|indicator|product|sku|device|meter|unique_id|product_code|land|ort)(?:[^\p{L}]|$)/iu;

/** A file with more values than this in a column has texts there, not names of series. */
const MOST_IDS = 100_000;

/** A column, or several, that tell the rows of one moment apart. */
export interface Separator {
  /** As `--id` takes it: several are parted by commas. */
  readonly name: string;
  readonly columns: number;
  readonly ids: readonly string[];
  /** Rows whose moment comes twice even so. */
  readonly left: number;
}

function distinct<Cell>(raw: RawColumns<Cell>, column: RawColumn<Cell>): Set<string> {
  const found = new Set<string>();
  for (const cell of column.cells ?? []) {
    found.add(raw.format.text(cell));
    if (found.size > MOST_IDS) break;
  }
  return found;
}

const isText = (ids: ReadonlySet<string>): boolean =>
  [...ids].slice(0, 50).some((id) => !/^[-+\d.,\s]*$/.test(id));

/** Whole numbers that come again and again, as those of stores do. */
const isCode = (ids: ReadonlySet<string>, rows: number): boolean =>
  rows >= 6 && ids.size <= rows / 3 && [...ids].every((id) => /^\d{1,9}$/.test(id));

/** Columns that may say which series a row is of, the likeliest first. */
function candidates<Cell>(
  raw: RawColumns<Cell>,
  taken: ReadonlySet<number>,
): { column: RawColumn<Cell>; ids: Set<string> }[] {
  const { columns: asked } = raw.options;
  const rank = ({ column, ids }: { column: RawColumn<Cell>; ids: Set<string> }): number =>
    (ID.test(column.name) ? 2 : 0) + (isText(ids) ? 1 : 0);
  return raw.columns
    .filter(
      ({ index, name, cells }) => cells !== undefined && !taken.has(index) && asked?.includes(name) !== true,
    )
    .map((column) => ({ column, ids: distinct(raw, column) }))
    .filter(
      ({ column, ids }) =>
        ids.size > 1 &&
        ids.size <= Math.max(2, raw.rows / 2) &&
        (isText(ids) || ID.test(column.name) || isCode(ids, raw.rows)),
    )
    .sort((a, b) => rank(b) - rank(a));
}

/** A column that leaves more than this share of the repetitions says something else. */
const MOST_LEFT = 0.1;

/** Looks for the column within whose values no moment comes twice, or hardly any. */
export function separatorOf<Cell>(
  raw: RawColumns<Cell>,
  times: Float64Array,
  taken: ReadonlySet<number>,
): Separator | undefined {
  const most = MOST_LEFT * (times.length - new Set(times).size);
  let best: Separator | undefined;
  const open = candidates(raw, taken);
  for (const { column, ids } of open) {
    const left = repetitions(times, (row) => raw.format.text(column.cells![row]!), most);
    if (left > most || left >= (best?.left ?? Number.POSITIVE_INFINITY)) continue;
    best = { name: column.name, columns: 1, ids: [...ids], left };
    if (left === 0) break;
  }
  return best ?? severalColumns(raw, times, open);
}

/** Rows whose moment comes twice within what they are called; more than `most` are not counted. */
function repetitions(times: Float64Array, idOf: (row: number) => string, most: number): number {
  const seen = new Map<string, Set<number>>();
  let left = 0;
  for (let row = 0; row < times.length && left <= most; row++) {
    const id = idOf(row);
    const moments = seen.get(id) ?? new Set();
    seen.set(id, moments);
    if (moments.has(times[row]!)) left++;
    moments.add(times[row]!);
  }
  return left;
}

/** More columns than these name no series. */
const MOST_COLUMNS = 4;

/** Columns that tell rows apart together only, each added where it tells most of those left apart. */
function severalColumns<Cell>(
  raw: RawColumns<Cell>,
  times: Float64Array,
  open: readonly { column: RawColumn<Cell>; ids: Set<string> }[],
): Separator | undefined {
  const chosen: RawColumn<Cell>[] = [];
  const idOf =
    (columns: readonly RawColumn<Cell>[]) =>
    (row: number): string =>
      columns.map(({ cells }) => raw.format.text(cells![row]!)).join(",");
  const usable = open.filter(
    ({ column, ids }) => isText(ids) || ID.test(column.name) || isCode(ids, raw.rows),
  );
  let left = Number.POSITIVE_INFINITY;
  while (left > 0 && chosen.length < MOST_COLUMNS) {
    let next: { column: RawColumn<Cell>; left: number } | undefined;
    for (const { column } of usable) {
      if (chosen.includes(column)) continue;
      const rest = repetitions(times, idOf([...chosen, column]), Number.POSITIVE_INFINITY);
      if (rest < (next?.left ?? left)) next = { column, left: rest };
    }
    if (next === undefined) return undefined;
    chosen.push(next.column);
    left = next.left;
  }
  if (left > 0 || chosen.length < 2) return undefined;
  const columns = chosen.sort((a, b) => a.index - b.index);
  const id = idOf(columns);
  const ids = [...new Set(Array.from(times, (_, row) => id(row)))];
  return { name: columns.map(({ name }) => name).join(","), columns: columns.length, ids, left };
}

/** The column whose values stand in blocks, one after the other: where time starts anew with each, or nothing says when. */
export function blocksOf<Cell>(
  raw: RawColumns<Cell>,
  times: Float64Array | undefined,
  taken: ReadonlySet<number>,
): Separator | undefined {
  for (const { column, ids } of candidates(raw, taken)) {
    if (!isText(ids) || (times === undefined && !ID.test(column.name))) continue;
    const cells = column.cells!.map((cell) => raw.format.text(cell));
    const starts = cells.flatMap((cell, row) => (row === 0 || cell !== cells[row - 1] ? [row] : []));
    if (starts.length !== ids.size || raw.rows / ids.size < 3) continue;
    const begins = new Set(starts);
    const explains =
      times === undefined ||
      times.every((time, row) => row === 0 || time >= times[row - 1]! || begins.has(row));
    if (explains) return { name: column.name, columns: 1, ids: [...ids], left: 0 };
  }
  return undefined;
}
