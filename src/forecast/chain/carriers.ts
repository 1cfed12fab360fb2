import { FormatError } from "../../errors.js";
import { type Autoregression, autoregressivePath, reach } from "../../series/baselines/autoregression.js";
import { type SmoothingParameters, smooth, smoothedPath } from "../../series/baselines/smoothing-state.js";
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
  | { readonly kind: "both"; readonly parts: readonly CarrierJSON[] };

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

/** The mean of two paths. */
export function bothCarriers(first: Carrier, second: Carrier): Carrier {
  const parts = [first, second];
  return {
    memory: Math.max(first.memory, second.memory),
    start: () => parts.flatMap((part) => part.start()),
    path(state, values, end, index, horizon) {
      const paths = parts.map((part, i) => part.path([state[i]!], values, end, index, horizon));
      const [a, b] = paths;
      return a == null || b == null ? null : a.map((value, h) => (value + b[h]!) / 2);
    },
    advance(state, index, value) {
      parts.forEach((part, i) => {
        part.advance([state[i]!], index, value);
      });
    },
    toJSON: () => ({ kind: "both", parts: parts.map((part) => part.toJSON()) }),
  };
}

/** @throws FormatError for a kind that is none. */
export function carrierFromJSON(json: CarrierJSON): Carrier {
  if (json.kind === "difference") return differenceCarrier(json, json.mean);
  if (json.kind === "smoothing") return smoothingCarrier(json.parameters, json.start);
  if (json.kind === "autoregression") return autoregressionCarrier(json.model);
  if (json.kind === "both")
    return bothCarriers(carrierFromJSON(json.parts[0]!), carrierFromJSON(json.parts[1]!));
  throw new FormatError(
    `loadForecaster(): a carrier is of the unknown kind ${String((json as { kind: unknown }).kind)}.`,
  );
}
