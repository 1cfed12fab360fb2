import Table from "cli-table3";

export type Cell = string | number | null;

/** Rows under headings, with a title and what the reader must know to read them. */
export interface Report {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Sentences below the table. */
  readonly notes?: readonly string[];
}

/** Three significant digits; whole numbers from a thousand on. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

const text = (cell: Cell): string => (cell === null ? "–" : typeof cell === "number" ? digits(cell) : cell);

export function asText({ title, columns, rows, notes = [] }: Report): string {
  const table = new Table({
    head: [...columns],
    style: { head: [], border: [], compact: true },
    colAligns: columns.map((_, i) => (i === 0 ? "left" : "right")),
  });
  for (const row of rows) table.push(row.map(text));
  return [title, table.toString(), ...notes.map((note) => `  ${note}`), ""].join("\n");
}

export function asMarkdown({ title, columns, rows, notes = [] }: Report): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    `### ${title}`,
    "",
    line(columns),
    line(columns.map((_, i) => (i === 0 ? "---" : "---:"))),
    ...rows.map((row) => line(row.map(text))),
    "",
    ...notes.flatMap((note) => [note, ""]),
  ].join("\n");
}
