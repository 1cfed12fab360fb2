import { DataError, StateError } from "../../errors.js";
import { createYielder } from "../../model/yield-to-host.js";
import { fingerprint } from "../chain/fingerprint.js";
import { conformalOffset } from "../choose/calibration.js";
import type { Forecast } from "../types.js";
import { expectedError, pastError } from "./error-scale.js";
import { blend, type PanelFit } from "./fit-panel.js";
import { effectPath, type KnownEffects } from "./known-effects.js";
import type { OpenSeries } from "./open-panel.js";
import { baseAt, baseReach } from "./panel-base.js";
import { correctionsAt } from "./panel-network.js";
import { modelSeries, type PanelSeries, statisticalPath } from "./panel-series.js";

/** A series and the row a forecast begins at. */
export interface Origin {
  readonly series: PanelSeries;
  readonly end: number;
  /** The next values of the columns known ahead, one list a column; rows the series has already are taken from it. */
  readonly future?: readonly Float64Array[];
}

/** What the columns known ahead are worth in the steps after an origin. @throws DataError where their values are missing. */
function worthAt(
  where: string,
  { series, end, future }: Origin,
  { places, names }: KnownEffects,
  horizon: number,
): Float64Array {
  const columns = places.map((place, k) => {
    const values = series.others[place]!;
    const { mean, deviation } = series.otherScales[place]!;
    return Float64Array.from({ length: horizon }, (_, h) => {
      const row = end + h;
      const value =
        row < values.length ? values[row]! * deviation + mean : future?.[k]?.[row - values.length];
      if (value !== undefined && Number.isFinite(value)) return value;
      throw new DataError(
        `${where}: column ${JSON.stringify(names[k])} of series \`${series.id}\` is known ahead, but has no value ${h + 1} steps ahead. Give its next ${horizon} values in \`future\`.`,
        { received: future?.[k]?.length ?? 0, expected: horizon },
      );
    });
  });
  return effectPath(series.effects, columns, horizon);
}

/** Forecasts of `horizon` steps in modelled units, and the unit of errors at each origin. */
async function pathsAt(
  fit: PanelFit,
  origins: readonly Origin[],
  horizon: number,
): Promise<{ path: Float64Array; unit: number }[]> {
  const { profile, networks, weight, statistic, errorScale } = fit;
  const reach = baseReach(profile);
  const long = origins.map((origin, i) => ({ ...origin, i })).filter(({ end }) => end >= reach);
  const heard = weight > 0 && networks.length > 0;
  const corrections = heard ? await correctionsAt(profile, networks, long) : [];
  const results = origins.map(({ series, end }) => {
    const near = end >= reach ? baseAt(series, profile, end).unit : shortUnit(series, end);
    const unit = expectedError(errorScale, near, series.errors);
    return { path: statisticalPath(series, profile, end, statistic), unit };
  });
  if (heard) {
    long.forEach(({ series, end, i }, n) => {
      results[i]!.path = blend(results[i]!.path, baseAt(series, profile, end), corrections[n]!, weight);
    });
  }
  if (horizon <= profile.horizon)
    return results.map(({ path, unit }) => ({ path: path.slice(0, horizon), unit }));
  // Beyond the trained horizon a forecast goes in as if it had been seen.
  const rest = horizon - profile.horizon;
  const grown = origins.map(({ series, end }, i) => {
    const { path } = results[i]!;
    const y = new Float64Array(end + path.length);
    y.set(series.y.subarray(0, end));
    y.set(path, end);
    const others = series.others.map((values) => {
      const more = new Float64Array(y.length).fill(values[end - 1] ?? 0);
      more.set(values.subarray(0, end));
      return more;
    });
    return { series: { ...series, y, others }, end: y.length };
  });
  const further = await pathsAt(fit, grown, rest);
  return results.map(({ path, unit }, i) => {
    const whole = new Float64Array(horizon);
    whole.set(path);
    whole.set(further[i]!.path, path.length);
    return { path: whole, unit };
  });
}

/** Mean absolute change of a series too short for a base. */
function shortUnit({ y }: PanelSeries, end: number): number {
  let sum = 0;
  for (let t = 1; t < end; t++) sum += Math.abs(y[t]! - y[t - 1]!);
  return end < 2 ? 0 : sum / (end - 1);
}

/** Forecasts in raw units; intervals are conformal, with the origin's own recent error as their unit. */
export async function forecastOrigins(
  fit: PanelFit,
  origins: readonly Origin[],
  horizon: number,
  levels: readonly number[],
): Promise<Forecast[]> {
  const paths = await pathsAt(fit, origins, horizon);
  return paths.map(({ path, unit }, i) => {
    const { transform } = origins[i]!.series;
    if (fit.known !== null) {
      const worth = worthAt("forecaster.forecast()", origins[i]!, fit.known, horizon);
      for (let h = 0; h < horizon; h++) path[h]! += worth[h]!;
    }
    const mean = Array.from(transform.invert(path));
    if (levels.length === 0) return { mean };
    const quantiles = Object.fromEntries(
      levels.map((level) => {
        const at = path.map((value, h) => value + unit * conformalOffset(fit.calibration, h, level));
        // A point lies inside its interval, whatever the errors on the held-out rows leant to.
        const bound = Array.from(transform.invert(at), (value, h) =>
          level < 0.5 ? Math.min(value, mean[h]!) : level > 0.5 ? Math.max(value, mean[h]!) : value,
        );
        return [String(level), bound];
      }),
    );
    return { mean, quantiles };
  });
}

/** A known series after newer rows, or grown where the newer rows begin with all it had. */
export function growSeries(
  where: string,
  series: PanelSeries,
  newer: OpenSeries,
  known: KnownEffects | null,
): PanelSeries {
  const { rows } = series;
  const isGrown = newer.raw.rows >= rows && fingerprint(newer.raw, rows) === series.fingerprint;
  const values = isGrown ? newer.target.subarray(rows) : newer.target;
  if (series.transform.log && values.some((value) => !(value > 0))) {
    const bad = values.find((value) => !(value > 0));
    throw new DataError(
      `${where}: series \`${series.id}\` was learnt in logarithms, and a newer value is ${bad}; a logarithm needs values above 0. Fit again with log: false.`,
      { received: bad, expected: "values above 0" },
    );
  }
  if (newer.others.length !== series.others.length) {
    throw new StateError(`${where}: series \`${series.id}\` had other columns when it was learnt.`);
  }
  const joined = (before: Float64Array, more: Float64Array): Float64Array => {
    const all = new Float64Array(before.length + more.length);
    all.set(before);
    all.set(more, before.length);
    return all;
  };
  if (values.length === 0) return series;
  const from = isGrown ? rows : 0;
  const columns = known?.places.map((place) => newer.others[place]!) ?? [];
  const worth = effectPath(series.effects, columns, values.length, from);
  return {
    ...series,
    y: joined(
      series.y,
      series.transform.apply(values).map((value, t) => value - worth[t]!),
    ),
    others: series.others.map((before, f) => {
      const { mean, deviation } = series.otherScales[f]!;
      return joined(
        before,
        newer.others[f]!.subarray(from).map((value) => (value - mean) / deviation),
      );
    }),
  };
}

/** A series never seen, modelled as the panel's are. */
export async function newSeries(fit: PanelFit, own: OpenSeries): Promise<PanelSeries> {
  const { profile, statistic } = fit;
  const rows = own.target.length;
  const series = await modelSeries(own, profile, fit.log, rows, statistic, createYielder(), fit.known);
  const past = pastError(series, profile, rows, statistic, baseReach(profile));
  return { ...series, errors: { past, own: null } };
}
