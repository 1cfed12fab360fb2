import { layoutsLike } from "../calendar/layouts-like.js";
import { blockWidth } from "./block-width.js";
import { plainNumber } from "./numbers.js";
import { type RawColumn, RawColumns } from "./raw-columns.js";

const NAMELESS = /^column_\d+$/;

const isYear = (cell: string): boolean => /^(?:1[5-9]|20|21)\d{2}$/.test(cell);
const saysWhen = (cell: string): boolean => isYear(cell) || layoutsLike(cell)?.isWeak === false;

/** The same where there are no names: each block begins with dates, which go on from one block to the next. */
function namelessWidth(columns: readonly RawColumn<string>[]): number | undefined {
  for (let width = 2; width <= columns.length / 2; width++) {
    if (columns.length % width !== 0) continue;
    const starts = columns.filter((_, c) => c % width === 0);
    const others = columns.filter((_, c) => c % width !== 0);
    const dates = starts.flatMap(({ cells }) => cells!.filter((cell) => cell !== ""));
    if (!dates.every(saysWhen) || new Set(dates).size !== dates.length) continue;
    const years = dates.map(Number);
    const goesOn = years.every((year, i) => i === 0 || Number.isNaN(year) || year > years[i - 1]!);
    const isRest = others.every(({ cells }) => cells!.some((cell) => !saysWhen(cell)));
    if (goesOn && isRest) return width;
  }
  return undefined;
}

/**
 * A table whose blocks of columns lie side by side, with the blocks below each other.
 * @returns undefined where the table has no such blocks.
 */
export function unfolded(raw: RawColumns<string>): RawColumns<string> | undefined {
  const isNameless = raw.header.every((name) => NAMELESS.test(name));
  const width = isNameless ? namelessWidth(raw.columns) : blockWidth(raw.header);
  if (width === undefined) return undefined;
  const names = raw.header.slice(0, width);
  const { wide: _, columns, ...options } = raw.options;
  const [target] = columns ?? [];
  // Nobody needs to know the name of a block's only column of values.
  const value = target === undefined || names.includes(target) ? undefined : lastValue(raw, width);
  const long = new RawColumns<string>(
    raw.path,
    { ...options, ...(columns === undefined ? {} : { columns }) },
    raw.format,
    "",
  );
  names.forEach((name, c) => {
    long.declare(c === value ? target! : name);
  });
  long.checkColumns();
  for (let block = 0; block < raw.columns.length; block += width) {
    const part = raw.columns.slice(block, block + width);
    for (let row = 0; row < raw.rows; row++) {
      const cells = part.map((column) => column.cells![row]!);
      if (cells.every((cell) => cell === "")) continue;
      long.add(cells, raw.lines[row]!, (cell) => raw.lineOf(row, part[cell]!.index));
    }
  }
  return long;
}

/** The place in a block of its only column with numbers that say nothing of when; undefined where it has several. */
function lastValue(raw: RawColumns<string>, width: number): number | undefined {
  const places = raw.columns.slice(0, width).flatMap(({ cells }, place) => {
    const filled = cells!.filter((cell) => cell !== "");
    const isNumeric = filled.some((cell) => plainNumber(cell.replace(",", ".")) !== undefined);
    return isNumeric && !filled.every(saysWhen) ? [place] : [];
  });
  return places.length === 0 ? undefined : places.at(-1);
}
