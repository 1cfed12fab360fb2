import { ConfigError } from "../../errors.js";
import { numberIn, refuseUnknown } from "../../options.js";
import { openComplete, type SeriesLike } from "../kinds.js";
import { decompose, readSeasonalWindow, refuseFewSeasons } from "./stl.js";

/** Options of `mstl`. */
export interface MstlOptions {
  /** Steps in each season, each at least 2. */
  readonly periods: number | readonly number[];
  /** A seasonal window (odd, at least 3) for each period, in the order of `periods`. Default 11, 15, 19, … from the shortest on. */
  readonly windows?: number | readonly number[];
}

/** A series taken apart into several seasons: value = trend + all of seasonal + remainder. */
export interface MultipleDecomposition {
  readonly trend: number[];
  /** One list for each period, in the order of `periods`. */
  readonly seasonal: number[][];
  readonly remainder: number[];
}

/** How often all seasons are gone through when there are several. */
const ROUNDS = 2;

/** MSTL of values without gaps: `periods` ascending, one seasonal part for each. */
export function decomposeSeasons(
  y: Float64Array,
  periods: readonly number[],
  windows: readonly number[],
): { trend: Float64Array; seasonal: Float64Array[] } {
  const seasonal = periods.map(() => new Float64Array(y.length));
  const rest = y.slice();
  let trend = new Float64Array(y.length);
  const rounds = periods.length === 1 ? 1 : ROUNDS;
  for (let round = 0; round < rounds; round++) {
    periods.forEach((period, i) => {
      for (let t = 0; t < y.length; t++) rest[t]! += seasonal[i]![t]!;
      const part = decompose(rest, period, windows[i]!, false);
      seasonal[i] = part.seasonal as Float64Array<ArrayBuffer>;
      trend = part.trend as Float64Array<ArrayBuffer>;
      for (let t = 0; t < y.length; t++) rest[t]! -= part.seasonal[t]!;
    });
  }
  return { trend, seasonal };
}

/**
 * Several seasons at once (MSTL; Bandara, Hyndman & Bergmeir 2021) with the meaning and the defaults of statsmodels' `MSTL`:
 * STL for one season after the other, from the shortest on, twice around.
 *
 * @param x one series without gaps.
 * @throws DataError for gaps or fewer than two of the longest season (statsmodels leaves such a season out with a warning);
 *   ConfigError for options; ShapeError for several columns.
 *
 * @example
 * const hourly = Array.from({ length: 672 }, (_, t) => (t % 24) + 3 * (Math.floor(t / 24) % 7));
 * mstl(hourly, { periods: [24, 168] }).seasonal.length; // 2
 */
export function mstl(x: SeriesLike, options: MstlOptions): MultipleDecomposition {
  const where = "mstl()";
  refuseUnknown(where, options, ["periods", "windows"]);
  const y = openComplete(where, x);
  const given = typeof options.periods === "number" ? [options.periods] : [...(options.periods ?? [])];
  const periods = given.map((period) => numberIn(where, "periods", period, { min: 2, integer: true }));
  if (periods.length === 0 || new Set(periods).size < periods.length) {
    throw new ConfigError(
      `${where}: \`periods\` is [${given.join(", ")}], expected lengths of seasons, each once.`,
      {
        received: given,
      },
    );
  }
  // Windows stand by the order that was given; seasons are taken out from the shortest on.
  const order = periods.map((_, i) => i).sort((a, b) => periods[a]! - periods[b]!);
  const own = typeof options.windows === "number" ? [options.windows] : options.windows;
  if (own !== undefined && own.length !== periods.length) {
    throw new ConfigError(
      `${where}: ${own.length} \`windows\` for ${periods.length} periods; give one for each, or none.`,
      { received: own, expected: periods.length },
    );
  }
  const windows = order.map((place, rank) =>
    own === undefined ? 11 + 4 * rank : readSeasonalWindow(where, "windows", own[place]!),
  );
  const ascending = order.map((place) => periods[place]!);
  refuseFewSeasons(where, y.length, ascending.at(-1)!);
  const { trend, seasonal } = decomposeSeasons(y, ascending, windows);
  const remainder = Array.from(y, (value, t) =>
    seasonal.reduce((left, part) => left - part[t]!, value - trend[t]!),
  );
  const parts: number[][] = periods.map(() => []);
  order.forEach((place, rank) => {
    parts[place] = Array.from(seasonal[rank]!);
  });
  return { trend: Array.from(trend), seasonal: parts, remainder };
}
