import { pooledSeasons } from "../../series/analysis/pooled-seasons.js";
import { type RidgeShape, seasonalLags, teachableLags } from "../../series/baselines/ridge-autoregression.js";
import { type Choices, readable } from "../choose/explanation.js";
import type { Settings } from "../options.js";
import type { OpenSeries } from "./open-panel.js";
import { transformOf } from "./transform.js";

/** How windows of a panel are made: found from the data once, the same afterwards. */
export interface PanelProfile {
  readonly horizon: number;
  /** Steps in the shortest season and in a longer one that is a multiple of it; null: none. */
  readonly short: number | null;
  readonly long: number | null;
  /** What the network's corrections are added to: the last seasons, or the last value. */
  readonly base: "season" | "level";
  /** Steps the network sees, so many rows apart. */
  readonly steps: number;
  readonly gap: number;
  readonly statics: number;
  readonly others: number;
  readonly hasClock: boolean;
}

/** Steps of a sequence that ends at the origin, for series whose seasons do not tell all. */
const MEMORY_STEPS = 6;

/** Mean absolute errors of the last value and of the last season over the steps ahead, on the last rows before `rows`. */
function simpleErrors(
  y: Float64Array,
  rows: number,
  horizon: number,
  season: number,
): [number, number] | null {
  const repeats = Math.ceil(horizon / season);
  let [level, seasonal, count] = [0, 0, 0];
  for (let k = 1; k <= 4; k++) {
    const origin = rows - k * horizon;
    if (origin < repeats * season || origin < 1) break;
    for (let h = 0; h < horizon; h++) {
      level += Math.abs(y[origin + h]! - y[origin - 1]!);
      seasonal += Math.abs(y[origin + h]! - y[origin + h - season * Math.ceil((h + 1) / season)]!);
      count += 1;
    }
  }
  return count === 0 ? null : [level / count, seasonal / count];
}

/** Which base errs less in most series; a season needs no vote where it was given. */
function decideBase(
  transformed: readonly Float64Array[],
  horizon: number,
  short: number | null,
  choices: Choices,
): "season" | "level" {
  if (short === null) return choices.add("base", "level", "no season that most series share was found");
  let [seasonal, counted] = [0, 0];
  for (const y of transformed) {
    const errors = simpleErrors(y, y.length, horizon, short);
    if (errors === null) continue;
    counted += 1;
    if (errors[1] < errors[0]) seasonal += 1;
  }
  const share = counted === 0 ? 0 : seasonal / counted;
  return choices.add(
    "base",
    share > 0.5 ? "season" : "level",
    `the last season forecasts ${Math.round(100 * share)} % of the series better than the last value does, ${horizon} steps ahead`,
  );
}

/** What is chosen from a panel before anything is trained. */
export function profilePanel(
  series: readonly OpenSeries[],
  settings: Settings,
  choices: Choices,
): PanelProfile {
  const { horizon } = settings;
  choices.add("horizon", horizon, "steps ahead the network is trained for");
  const transforms = series.map(({ target }) => transformOf(target, settings.log));
  const logs = transforms.filter(({ log }) => log).length;
  choices.add(
    "log",
    logs === series.length,
    `${logs} of ${series.length} series are modelled in logarithms${settings.log === undefined ? ", those whose values are all above 0" : ", as given"}; the others in units of their mean size`,
  );
  const transformed = transforms.map(({ apply }, i) => apply(series[i]!.target));
  const found =
    settings.season === null
      ? { short: null, long: null, correlations: [Number.NaN, Number.NaN] as const }
      : settings.season !== undefined
        ? { short: settings.season, long: null, correlations: [Number.NaN, Number.NaN] as const }
        : pooledSeasons(transformed);
  const { short, long, correlations } = found;
  choices.add(
    "season",
    long === null ? short : [short, long],
    settings.season !== undefined
      ? "given"
      : short === null
        ? "changes of the series repeat at no lag that most of them share"
        : `the mean autocorrelation of the changes over the series is ${readable(correlations[0])} at ${short}${long === null ? "" : ` and ${readable(correlations[1])} at ${long}, more than at the multiples beside it`}`,
  );
  const base = decideBase(transformed, horizon, short, choices);
  const memory = base === "level";
  const profile: PanelProfile = {
    horizon,
    short,
    long,
    base,
    steps: memory ? MEMORY_STEPS : 1,
    gap: memory ? Math.max(1, Math.round(horizon / 3)) : 1,
    statics: series[0]!.statics.length,
    others: series[0]!.others.length,
    hasClock: series.every(({ clock }) => clock !== null),
  };
  choices.add(
    "window",
    profile.steps === 1 ? 1 : [profile.steps, profile.gap],
    memory
      ? `${profile.steps} steps ${profile.gap} rows apart, each with its own features: where no season tells what comes, the way here does`
      : "one step, whose features hold the last seasons",
  );
  return Object.freeze(profile);
}

/** Lags of the autoregression whose path is a feature, as many as `rows` values teach. */
export function featureShape({ base, short, long, horizon }: PanelProfile, rows: number): RidgeShape {
  const seasons = [short, long].filter((season) => season !== null);
  if (base === "season") {
    return {
      lags: teachableLags(seasonalLags(seasons), 0, rows),
      difference: 0,
      ridge: 1e-3,
      shrinkConstant: 0,
      margin: [0.1, 0.2],
    };
  }
  const year = short === null || short <= 8 ? [] : [short - 1, short, short + 1];
  const lags = [...new Set([1, 2, 3, 4, 5, 6, 8, horizon, 2 * horizon, ...year])].sort((a, b) => a - b);
  return {
    lags: teachableLags(lags, 1, rows),
    difference: 1,
    ridge: 0.05,
    shrinkConstant: 0.2,
    margin: [1, 1],
  };
}

/** The autoregressions whose mean is the statistical forecast of a series. */
export function carrierShapes(profile: PanelProfile, rows: number): RidgeShape[] {
  const { base, short, long, horizon } = profile;
  const own = featureShape(profile, rows);
  if (base === "level") {
    const year = short === null || short <= 13 ? [] : [short - 1, short, short + 1, 2 * short];
    const many = [
      ...new Set([...Array.from({ length: 13 }, (_, i) => i + 1), 2 * horizon, 3 * horizon, ...year]),
    ];
    const lags = many.sort((a, b) => a - b);
    return [
      { ...own, lags: teachableLags(lags, 1, rows), ridge: 0.3 },
      { ...own, lags: teachableLags(own.lags, 0, rows), difference: 0, ridge: 1e-3, shrinkConstant: 0 },
    ];
  }
  const seasonal = (season: number, ridge: number, many: readonly number[]): RidgeShape => {
    const lags = [...new Set(many)].filter((lag) => lag > 0).sort((a, b) => a - b);
    return { ...own, lags: teachableLags(lags, season, rows), difference: season, ridge };
  };
  const day = short!;
  if (long === null) return [own, seasonal(day, 0.05, [1, 2, 3, day - 1, day, day + 1, 2 * day])];
  const repeats = [1, 2, 3, 4, 5].map((k) => k * day).filter((lag) => lag < long - day);
  return [
    own,
    seasonal(day, 0.05, [1, 2, 3, ...repeats, long - day - 1, long - day, long - day + 1, long]),
    seasonal(long, 1e-3, [1, 2, 3, day - 1, day, day + 1, 2 * day]),
  ];
}
