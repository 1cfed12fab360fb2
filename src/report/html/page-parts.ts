import { type ErrorTable, tableCells } from "../summary/error-table.js";
import type { Fact } from "../text/describe-summary.js";
import type { TextTable } from "../text/flow-table.js";
import { escapeHtml } from "./page.js";

/** Errors side by side; the best of each column stands out. */
export function errorsHtml(table: ErrorTable): string {
  const head = table.columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join("");
  const rows = tableCells(table).map(({ name, cells }) => {
    const values = cells.map(({ text, best }) => `<td${best ? ' class="best"' : ""}>${text}</td>`).join("");
    return `<tr><td>${escapeHtml(name)}</td>${values}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th scope="col">${table.unit === undefined ? "" : `in ${escapeHtml(table.unit)}`}</th>${head}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>`;
}

/** Texts in rows below their heads; wide ones scroll by themselves. */
export function tableHtml({ columns, rows }: TextTable): string {
  const head = columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`);
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>`;
}

/** One bullet for each sentence; nothing for none. */
export const listHtml = (items: readonly string[]): string =>
  items.length === 0 ? "" : `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join("\n")}</ul>`;

/** Names and texts in two columns. */
export const factsHtml = (facts: readonly Fact[]): string =>
  `<dl>${facts
    .map(({ name, text }) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`)
    .join("\n")}</dl>`;
