import type { Fact } from "../../report/text/describe-summary.js";

/** Breaks text at spaces so that no line is longer than `width`, unless a word is. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}

const INDENT = "  ";

/** Names in one column, texts in another, broken to the width of the terminal. */
export function factLines(facts: readonly Fact[], columns: number): string {
  const width = Math.max(...facts.map(({ name }) => name.length));
  const rest = Math.max(20, columns - INDENT.length - width - 2);
  return facts
    .flatMap(({ name, text }) =>
      wrap(text, rest).map((line, i) => `${INDENT}${(i === 0 ? name : "").padEnd(width)}  ${line}\n`),
    )
    .join("");
}

/** One bullet for each sentence. */
export function bullets(items: readonly string[], columns: number): string {
  return items
    .flatMap((item) => wrap(item, columns - 4).map((line, i) => `${i === 0 ? "  - " : "    "}${line}\n`))
    .join("");
}

/** A heading broken to the width of the terminal. */
export const heading = (text: string, columns: number, bold: (text: string) => string): string =>
  wrap(text, columns)
    .map((line) => `${bold(line)}\n`)
    .join("");
