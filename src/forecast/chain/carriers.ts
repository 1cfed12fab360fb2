import { exp, log } from "../../elementary.js";
import { FormatError } from "../../errors.js";
import { type Autoregression, autoregressivePath, reach } from "../../series/baselines/autoregression.js";
import {
  type RidgeAutoregression,
  ridgePath,
  ridgeReach,
  ridgeReads,
} from "../../series/baselines/ridge-autoregression.js";
import { type SmoothingParameters, smooth, smoothedPath } from "../../series/baselines/smoothing-state.js";
import { type Theta, thetaPath, thetaStart, thetaTake } from "../../series/baselines/theta.js";
import { undifference } from "../../series/prepare/difference.js";
import type { Differencing } from "../types.js";

/** What a carrier remembers beside the values: one array for each part of it. */
export type CarrierState = Float64Array[];

/**
 * Carries a forecast: gives the path the network's corrections are added to. Knows nothing but the past of one column,
 * and what it was fitted to.
 */
export interface Carrier {
  /** Values it must have seen before it has a path. */
  readonly memory: number;
  /**
   * Which of the last `memory` values a path of `horizon` steps reads, as places counted from the first of them; left out
   * where it reads all. In other units only these are converted.
   */
  reads?(horizon: number): readonly number[];
  /** The state before row 0. */
  start(): CarrierState;
  /** Forecasts of rows `index` … from `values[0..end)`, the last of which is row `index - 1`; null before `memory`. */
  path(
    state: CarrierState,
    values: Float64Array,
    end: number,
    index: number,
    horizon: number,
  ): Float64Array | null;
  /** Takes in the value of row `index`, in place. */
  advance(state: CarrierState, index: number, value: number): void;
  toJSON(): CarrierJSON;
}

export type CarrierJSON =
  | { readonly kind: "difference"; readonly order: number; readonly lag: number; readonly mean: number }
  | {
      readonly kind: "smoothing";
      readonly parameters: SmoothingParameters;
      readonly start: readonly number[];
    }
  | { readonly kind: "autoregression"; readonly model: Autoregression }
  | { readonly kind: "ridge"; readonly model: RidgeAutoregression }
  | { readonly kind: "theta"; readonly alpha: number; readonly patterns: readonly PatternJSON[] }
  | {
      readonly kind: "units";
      readonly units: "logs" | "levels";
      readonly floor: number;
      readonly inner: CarrierJSON;
    }
  | { readonly kind: "mean"; readonly parts: readonly CarrierJSON[]; readonly weights: readonly number[] };

interface PatternJSON {
  readonly values: readonly number[];
  readonly multiplicative: boolean;
}

/** A path of logarithms beyond this one has left all measure; its exponential must stay finite. */
const MOST_LOG = 600;

/**
 * What differences imply when every one to come is `mean`: drift for order 1 and lag 1, the last season for a season's
 * lag, a constant level for order 0.
 */
export function differenceCarrier({ order, lag }: Required<Differencing>, mean: number): Carrier {
  const memory = order * lag;
  return {
    memory,
    start: () => [new Float64Array(0)],
    path(_state, values, end, _index, horizon) {
      if (end < memory) return null;
      const differences = new Float64Array(horizon).fill(mean);
      if (order === 0) return differences;
      return undifference(differences, { order, lag, initial: values.subarray(end - memory, end) }).subarray(
        memory,
      );
    },
    advance() {},
    toJSON: () => ({ kind: "difference", order, lag, mean }),
  };
}

/** Whether a carrier remembers anything beside the values. */
const hasState = (carrier: Carrier): boolean => carrier.start().some(({ length }) => length > 0);

export function smoothingCarrier(parameters: SmoothingParameters, start: readonly number[]): Carrier {
  return {
    memory: 0,
    start: () => [Float64Array.from(start)],
    path: ([state], _values, _end, index, horizon) => smoothedPath(state!, parameters, index, horizon),
    advance: ([state], index, value) => {
      smooth(state!, parameters, index, value);
    },
    toJSON: () => ({ kind: "smoothing", parameters, start }),
  };
}

export function autoregressionCarrier(model: Autoregression): Carrier {
  const memory = reach(model);
  return {
    memory,
    start: () => [new Float64Array(0)],
    path: (_state, values, end, index, horizon) =>
      end < memory ? null : autoregressivePath(model, values, end, index, horizon),
    advance() {},
    toJSON: () => ({ kind: "autoregression", model }),
  };
}

export function ridgeCarrier(model: RidgeAutoregression): Carrier {
  const memory = ridgeReach(model);
  const places = new Map<number, readonly number[]>();
  return {
    memory,
    reads(horizon) {
      let known = places.get(horizon);
      if (known === undefined) {
        known = ridgeReads(model, horizon).map((back) => memory - back);
        places.set(horizon, known);
      }
      return known;
    },
    start: () => [new Float64Array(0)],
    path: (_state, values, end, _index, horizon) =>
      end < memory ? null : ridgePath(model, values, end, horizon),
    advance() {},
    toJSON: () => ({ kind: "ridge", model }),
  };
}

export function thetaCarrier(theta: Theta): Carrier {
  return {
    memory: 0,
    start: () => [thetaStart()],
    path: ([state], _values, _end, index, horizon) => thetaPath(theta, state!, index, horizon),
    advance: ([state], index, value) => {
      thetaTake(theta, state!, index, value);
    },
    toJSON: () => ({
      kind: "theta",
      alpha: theta.alpha,
      patterns: theta.patterns.map(({ values, multiplicative }) => ({
        values: Array.from(values),
        multiplicative,
      })),
    }),
  };
}

/**
 * A carrier that works in other units than the chain: in logarithms of its values, or in the values its logarithms are of.
 * @param floor what smaller values count as where a logarithm is taken.
 */
export function inOtherUnits(inner: Carrier, units: "logs" | "levels", floor: number): Carrier {
  const lowest = log(floor);
  const toLog = (value: number): number => (value > floor ? log(value) : lowest);
  const to = units === "logs" ? toLog : exp;
  const back = units === "logs" ? (value: number) => exp(Math.min(value, MOST_LOG)) : toLog;
  const { memory } = inner;
  const remembers = hasState(inner);
  // Read anew by each path, and by none after it.
  const own = new Float64Array(memory);
  return {
    memory,
    start: () => inner.start(),
    path(state, values, end, index, horizon) {
      if (end < memory) return null;
      const places = inner.reads?.(horizon);
      if (places === undefined) for (let k = 0; k < memory; k++) own[k] = to(values[end - memory + k]!);
      else for (const k of places) own[k] = to(values[end - memory + k]!);
      const path = inner.path(state, own, memory, index, horizon);
      return path === null ? null : path.map(back);
    },
    advance(state, index, value) {
      if (remembers) inner.advance(state, index, to(value));
    },
    toJSON: () => ({ kind: "units", units, floor, inner: inner.toJSON() }),
  };
}

/** The weighted mean of several paths. */
export function meanCarrier(parts: readonly Carrier[], weights: readonly number[]): Carrier {
  if (parts.length === 1) return parts[0]!;
  // What the values alone imply is nothing to be kept up to date.
  const kept = parts.flatMap((part, i) => {
    const own: CarrierState = [new Float64Array(0)];
    return hasState(part) ? [{ part, i, own }] : [];
  });
  return {
    memory: Math.max(...parts.map(({ memory }) => memory)),
    start: () => parts.flatMap((part) => part.start()),
    path(state, values, end, index, horizon) {
      const sum = new Float64Array(horizon);
      for (let i = 0; i < parts.length; i++) {
        const path = parts[i]!.path([state[i]!], values, end, index, horizon);
        if (path === null) return null;
        for (let h = 0; h < horizon; h++) sum[h]! += weights[i]! * path[h]!;
      }
      return sum;
    },
    advance(state, index, value) {
      for (const { part, i, own } of kept) {
        own[0] = state[i]!;
        part.advance(own, index, value);
      }
    },
    toJSON: () => ({ kind: "mean", parts: parts.map((part) => part.toJSON()), weights }),
  };
}

/** @throws FormatError for a kind that is none. */
export function carrierFromJSON(json: CarrierJSON): Carrier {
  if (json.kind === "difference") return differenceCarrier(json, json.mean);
  if (json.kind === "smoothing") return smoothingCarrier(json.parameters, json.start);
  if (json.kind === "autoregression") return autoregressionCarrier(json.model);
  if (json.kind === "ridge") return ridgeCarrier(json.model);
  if (json.kind === "theta") {
    const patterns = json.patterns.map(({ values, multiplicative }) => ({
      values: Float64Array.from(values),
      multiplicative,
    }));
    return thetaCarrier({ alpha: json.alpha, patterns });
  }
  if (json.kind === "units") return inOtherUnits(carrierFromJSON(json.inner), json.units, json.floor);
  if (json.kind === "mean") return meanCarrier(json.parts.map(carrierFromJSON), json.weights);
  throw new FormatError(
    `loadForecaster(): a carrier is of the unknown kind ${String((json as { kind: unknown }).kind)}.`,
  );
}
