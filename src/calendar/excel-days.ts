import { DAY } from "./civil.js";

/** Days as spreadsheets count them: 1 is 1 January 1900, and 60 the 29 February that year never had. */
const BEFORE = Date.UTC(1899, 11, 30);
const CELL = /^\d{5}(?:\.\d{1,12})?$/;
/** From 1954 to 2119: a number of five digits may count anything, but hardly so much of it under the name of a date. */
const [FIRST, LAST] = [20_000, 80_000];

/** How a column of them is called where formats are told. */
export const EXCEL_DAYS = "day numbers of a spreadsheet";

/** `36526` as the date that a spreadsheet would show: `2000-01-01`. */
export const excelDate = (cell: string): string | undefined =>
  /^\d{5}$/.test(cell) && Number(cell) >= FIRST && Number(cell) < LAST
    ? new Date(BEFORE + Number(cell) * DAY).toISOString().slice(0, 10)
    : undefined;

/** The moments of a column of a spreadsheet's day numbers, to the second; undefined for any other. */
export function excelDays(cells: readonly string[]):
  | {
      readonly times: Float64Array;
      readonly resolution: "day" | "time";
      readonly write: (time: number) => string;
    }
  | undefined {
  if (!cells.every((cell) => CELL.test(cell) && Number(cell) >= FIRST && Number(cell) < LAST))
    return undefined;
  const times = Float64Array.from(cells, (cell) => BEFORE + Math.round(Number(cell) * 86_400) * 1000);
  const isDay = cells.every((cell) => Number.isInteger(Number(cell)));
  return {
    times,
    resolution: isDay ? "day" : "time",
    write: (time) => String(Number(((time - BEFORE) / DAY).toFixed(isDay ? 0 : 10))),
  };
}
