import CliTable from "cli-table3";
import type { Colors } from "picocolors/types.js";
import { type ErrorTable, tableCells } from "../../report/summary/error-table.js";
import { wrap } from "./text.js";

/** Lines above, below and under the head of a table, none between its columns. */
export const LINES = {
  top: "─",
  "top-mid": "─",
  "top-left": "",
  "top-right": "",
  bottom: "─",
  "bottom-mid": "─",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};

/** Width of an error's column: `RMSE, 52` and `steps ahead`. */
const HEAD_WIDTH = 11;

/** The errors as a table; the best of each column is marked with a star, and bold where there is colour. */
export function errorsText(table: ErrorTable, colors: Colors): string {
  const text = new CliTable({
    head: ["", ...table.columns.map((column) => wrap(column, HEAD_WIDTH).join("\n"))],
    colAligns: ["left", ...table.columns.map(() => "right" as const)],
    chars: LINES,
    style: { head: [], border: [], "padding-left": 1, "padding-right": 1 },
  });
  for (const { name, cells } of tableCells(table)) {
    text.push([name, ...cells.map(({ text, best }) => (best ? colors.bold(`${text} *`) : `${text}  `))]);
  }
  return `${text.toString()}\n`;
}
