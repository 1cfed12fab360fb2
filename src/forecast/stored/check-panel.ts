import { among, type Check, flag, list, nullable, number, record, refuse, text, whole } from "./expected.js";
import { calibration, carrier, choices, options, ridge } from "./parts.js";

const numbers = list(number());
/** Layers of a network, members of an ensemble: what is larger nobody wrote, and would take all memory. */
const MOST_PARTS = 1000;
const MOST_UNITS = 100_000;
/** Steps ahead, as a forecaster's options allow. */
const MOST_HORIZON = 100_000;

const series: Check = (value, path) => {
  record({
    id: text,
    rows: whole(),
    fingerprint: text,
    log: flag,
    scale: number(),
    isNonNegative: flag,
    y: numbers,
    others: list(numbers),
    otherScales: list(record({ mean: number(), deviation: number() })),
    statics: numbers,
    clock: nullable(record({ start: number(), step: number() })),
    path: nullable(ridge),
    carriers: list(ridge),
    smoothed: list(record({ carrier, origin: whole(), state: list(numbers), rows: whole() })),
    level: number(),
    change: number(),
    errors: record({ past: nullable(number()), own: nullable(number()) }),
    effects: numbers,
  })(value, path);
  const { y, others, otherScales, rows } = value as {
    y: unknown[];
    others: unknown[][];
    otherScales: unknown[];
    rows: number;
  };
  if (y.length > rows) refuse(`${path}.y.length`, y.length, `at most ${rows} rows`);
  for (const column of others) {
    if (column.length !== y.length) refuse(`${path}.others`, column.length, `columns of ${y.length} rows`);
  }
  if (otherScales.length !== others.length) {
    refuse(`${path}.otherScales.length`, otherScales.length, String(others.length));
  }
};

const stored = record({
  options,
  profile: record({
    horizon: whole(1, MOST_HORIZON),
    short: nullable(whole(1)),
    long: nullable(whole(1)),
    base: among("season", "level"),
    steps: whole(1, MOST_PARTS),
    gap: whole(1, MOST_HORIZON),
    statics: whole(0, MOST_UNITS),
    others: whole(0, MOST_UNITS),
    hasClock: flag,
  }),
  plan: record({
    units: list(whole(1, MOST_UNITS)),
    epochs: whole(),
    batchSize: whole(),
    learningRate: number(0),
  }),
  weight: number(),
  statistic: among("autoregressions", "theta", "smoothing and theta", "all"),
  calibration,
  errorScale: record({
    constant: number(),
    unit: number(),
    past: number(),
    own: number(),
    typicalPast: number(),
    typicalOwn: number(),
  }),
  choices,
  summary: text,
  isArray: flag,
  known: nullable(record({ places: list(whole()), names: list(text), pooled: numbers })),
  log: nullable(flag),
  networks: whole(0, MOST_PARTS),
  series: list(series),
});

/** A panel's description as a file brings it. @throws FormatError that names the place where it is none. */
export function checkPanel(value: unknown): void {
  stored(value, "");
  const {
    profile,
    plan,
    networks,
    series: all,
  } = value as {
    profile: { statics: number; others: number };
    plan: { units: unknown[] };
    networks: number;
    series: { statics: unknown[]; others: unknown[] }[];
  };
  if (networks > 0 && plan.units.length === 0) refuse("plan.units", plan.units, "at least one layer");
  all.forEach(({ statics, others }, i) => {
    if (statics.length !== profile.statics)
      refuse(`series[${i}].statics.length`, statics.length, String(profile.statics));
    if (others.length !== profile.others)
      refuse(`series[${i}].others.length`, others.length, String(profile.others));
  });
}
