import { numberIn } from "../../options.js";

/** The option `season`: none, one length or several, each a whole number of at least `min` steps, ascending and each once. */
export function readSeasons(
  where: string,
  season: number | readonly number[] | null | undefined,
  min: number,
): number[] {
  if (season == null) return [];
  const list = typeof season === "number" ? [season] : season;
  return [...new Set(list.map((length) => numberIn(where, "season", length, { min, integer: true })))].sort(
    (a, b) => a - b,
  );
}
