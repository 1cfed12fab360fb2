import {
  among,
  anything,
  type Check,
  flag,
  kinds,
  list,
  number,
  optional,
  record,
  refuse,
  text,
  whole,
} from "./expected.js";

const sizes = (of: unknown): number => (of as { length: number }).length;

/** Differences of differences beyond the fourth say nothing of a series. */
export const differencing = record({ order: whole(0, 4), lag: whole(1) });

/** Of lags as they are stored: rising, each with its coefficient. */
const ridgeFields: Check = (value, path) => {
  record({
    lags: list(whole(1)),
    difference: whole(),
    center: number(),
    intercept: number(),
    coefficients: list(number()),
    low: number(),
    high: number(),
  })(value, path);
  const { lags, coefficients } = value as { lags: number[]; coefficients: number[] };
  if (lags.length !== coefficients.length)
    refuse(`${path}.coefficients.length`, coefficients.length, String(lags.length));
  lags.forEach((lag, i) => {
    if (i > 0 && lag <= lags[i - 1]!) refuse(`${path}.lags[${i}]`, lag, `more than ${lags[i - 1]}`);
  });
};
export const ridge = ridgeFields;

/** As many coefficients as the constant, the slope and the waves are together: no wave without its own. */
const autoregression: Check = (value, path) => {
  record({
    difference: whole(),
    period: number(0, Number.MAX_VALUE),
    harmonics: whole(),
    trend: flag,
    deterministic: list(number()),
    lags: list(number()),
  })(value, path);
  const { harmonics, trend, deterministic } = value as {
    harmonics: number;
    trend: boolean;
    deterministic: number[];
  };
  if (sizes(deterministic) !== 1 + Number(trend) + 2 * harmonics) {
    refuse(`${path}.harmonics`, harmonics, `that of ${sizes(deterministic)} coefficients`);
  }
};

/** The state holds level, trend and every season. */
const smoothing: Check = (value, path) => {
  record({
    parameters: record({
      alpha: number(),
      beta: number(),
      gamma: number(),
      phi: number(),
      further: optional(list(record({ season: whole(1), gamma: number() }))),
    }),
    start: list(number()),
  })(value, path);
  const { parameters, start } = value as { parameters: { further?: { season: number }[] }; start: number[] };
  const least = 2 + (parameters.further ?? []).reduce((sum, { season }) => sum + season, 0);
  if (start.length < least) refuse(`${path}.start.length`, start.length, `at least ${least}`);
};

/** Carriers within carriers: units of a mean of units is as deep as they are made. */
const DEEPEST = 8;

const carrierAt =
  (depth: number): Check =>
  (value, path) => {
    if (depth > DEEPEST) refuse(path, value, `carriers nested at most ${DEEPEST} deep`);
    const inner = carrierAt(depth + 1);
    kinds({
      difference: { order: whole(0, 4), lag: whole(1), mean: number() },
      smoothing: {},
      autoregression: { model: autoregression },
      ridge: { model: ridge },
      theta: { alpha: number(), patterns: list(record({ values: list(number()), multiplicative: flag })) },
      units: { units: among("logs", "levels"), floor: number(), inner },
      mean: { parts: list(inner), weights: list(number()) },
    })(value, path);
    const own = value as {
      kind: string;
      parts: unknown[];
      weights: unknown[];
      patterns: { values: unknown[] }[];
    };
    if (own.kind === "smoothing") smoothing(value, path);
    if (own.kind === "mean" && (own.parts.length === 0 || own.parts.length !== own.weights.length)) {
      refuse(`${path}.weights.length`, own.weights.length, `one for each of ${own.parts.length} carriers`);
    }
    if (own.kind === "theta" && own.patterns.some(({ values }) => values.length === 0)) {
      refuse(`${path}.patterns`, own.patterns, "patterns of at least one value");
    }
  };
export const carrier = carrierAt(0);

const errorsOfStep: Check = (value, path) => {
  record({ count: whole(), errors: list(number()), wider: optional(number(1)) })(value, path);
  const { count, errors } = value as { count: number; errors: unknown[] };
  if (count > 0 && errors.length === 0) refuse(`${path}.errors`, errors, `errors of ${count} forecasts`);
};

export const calibration: Check = (value, path) => {
  record({
    level: (level, at) => level === null || number(0, 1)(level, at),
    steps: list(errorsOfStep),
  })(value, path);
  if ((value as { steps: unknown[] }).steps.length === 0) refuse(`${path}.steps`, [], "at least one step");
};

export const choices = list(record({ option: text, value: anything, reason: text }));

/** An object whose fields the options' own reader judges. */
export const options = record({});
