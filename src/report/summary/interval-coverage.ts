/** How often what came lay within an interval that promised to hold it that often. */
export interface Coverage {
  /** What was promised, such as 0.8. */
  readonly level: number;
  /** The share of test values inside. */
  readonly share: number;
  /** How many test values were asked. */
  readonly values: number;
  /** How wide the interval is on average, in the data's unit. */
  readonly width: number;
}

/** Levels a reader thinks in: as often in as out, four in five, nineteen in twenty. */
export const LEVELS = [0.5, 0.8, 0.95] as const;

/** The bounds of an interval as quantiles, written without the noise of binary fractions. */
export const boundsOf = (level: number): readonly [lower: number, upper: number] => [
  Number(((1 - level) / 2).toFixed(4)),
  Number(((1 + level) / 2).toFixed(4)),
];

/** One test forecast with its quantiles, by their names. */
export interface QuantileForecast {
  readonly actual: readonly number[];
  readonly quantiles: Readonly<Record<string, readonly number[]>>;
}

/** Counts what lay inside, over all forecasts and steps; gaps are left out, levels without bounds too. */
export function intervalCoverage(forecasts: readonly QuantileForecast[]): Coverage[] {
  return LEVELS.flatMap((level) => {
    const [low, high] = boundsOf(level);
    let values = 0;
    let inside = 0;
    let width = 0;
    for (const { actual, quantiles } of forecasts) {
      const [lower, upper] = [quantiles[String(low)], quantiles[String(high)]];
      if (lower === undefined || upper === undefined) continue;
      actual.forEach((value, h) => {
        if (!Number.isFinite(value)) return;
        values++;
        width += upper[h]! - lower[h]!;
        if (value >= lower[h]! && value <= upper[h]!) inside++;
      });
    }
    return values === 0 ? [] : [{ level, share: inside / values, values, width: width / values }];
  });
}
