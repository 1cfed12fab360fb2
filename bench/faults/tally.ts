/** Wilson's 95 % interval for a share. */
export function interval(hits: number, of: number): readonly [low: number, high: number] {
  if (of === 0) return [0, 1];
  const z = 1.96;
  const p = hits / of;
  const center = (p + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of));
  return [Math.max(0, center - half), Math.min(1, center + half)];
}

/** `0.976 [0.95, 0.99] of 246`. */
export function share(hits: number, of: number): string {
  if (of === 0) return "–";
  const [low, high] = interval(hits, of);
  return `${(hits / of).toFixed(3)} [${low.toFixed(2)}, ${high.toFixed(2)}] of ${of}`;
}

/** `6/6 [0.61, 1.00]`, for a table's cell. */
export function fraction(hits: number, of: number): string {
  const [low, high] = interval(hits, of);
  return of === 0 ? "–" : `${hits}/${of} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? Number.NaN : sorted[Math.floor((sorted.length - 1) / 2)]!;
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, k) => Math.max(title.length, ...rows.map((row) => row[k]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, k) => cell.padEnd(widths[k]!)).join(" | ")} |`;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)].join(
    "\n",
  );
}
