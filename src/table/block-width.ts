/** Numbers that readers put behind a name that comes again: `Year.1`, `Year_2`. */
const AGAIN = /[._ ]\d{1,2}$/;

/**
 * How many columns a block has where a table is folded into blocks that lie side by side: `Year Value Year Value`, as
 * printed tables save paper. Undefined where the names do not repeat.
 */
export function blockWidth(names: readonly string[]): number | undefined {
  const bare = names.map((name) => name.replace(AGAIN, "").trim().toLowerCase());
  for (let width = 2; width <= names.length / 2; width++) {
    const repeats =
      names.length % width === 0 && bare.every((name, i) => name !== "" && name === bare[i % width]);
    if (repeats && new Set(bare.slice(0, width)).size === width) return width;
  }
  return undefined;
}

/** Whether a row of a folded table may end here: the last blocks are shorter than the first. */
export const endsBlock = (width: number | undefined, cells: number): boolean =>
  width !== undefined && cells > 0 && cells % width === 0;
