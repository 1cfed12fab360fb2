const number = /(?<![\w.])[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?/g;
const parsed = (text: string): number => Number(text.replaceAll(",", ""));

/** One line as printed against one as the page has it: `…` is any text, and numbers agree to one part in a hundred. */
function sameLine(printed: string, written: string): boolean {
  const pattern = written
    .split("…")
    .map((part) =>
      part
        .split(number)
        .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/ +/g, " +"))
        .join("([-+]?[\\d,]+(?:\\.\\d+)?(?:e[-+]?\\d+)?)"),
    )
    .join(".*?");
  const found = new RegExp(`^${pattern}$`).exec(printed);
  if (found === null) return false;
  const wanted = written.match(number) ?? [];
  return wanted.every((text, i) => {
    const [a, b] = [parsed(found[i + 1]!), parsed(text)];
    return Math.abs(a - b) <= 0.01 * Math.abs(b);
  });
}

/**
 * Whether what a program printed is what its page says. A line that is `…` alone stands for any number of lines; blanks
 * at ends count nothing, and how many stand side by side neither.
 * @returns the first line of the page that was not printed, or undefined.
 */
export function firstDifference(printed: string, written: string): string | undefined {
  const lines = (text: string): string[] =>
    text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  const [got, want] = [lines(printed), lines(written)];
  let from = 0;
  let isFree = false;
  for (const line of want) {
    if (line === "…") {
      isFree = true;
      continue;
    }
    const index = isFree ? got.findIndex((one, i) => i >= from && sameLine(one, line)) : from;
    if (index < 0 || index >= got.length || !sameLine(got[index]!, line)) return line;
    from = index + 1;
    isFree = false;
  }
  return isFree || from === got.length ? undefined : `(nothing more, but printed: ${got[from]})`;
}
