import { type Chain, featuresOf } from "../chain/chain.js";
import { type Head, widthOf } from "../chain/head.js";
import type { TrackJSON } from "../chain/series-cursor.js";
import type { Calibration } from "../choose/calibration.js";
import { checkState } from "./check-state.js";
import {
  among,
  anything,
  flag,
  kinds,
  list,
  nullable,
  number,
  record,
  refuse,
  text,
  whole,
} from "./expected.js";
import { calibration, carrier, choices, differencing, options } from "./parts.js";

const numbers = list(number());

const stored = record({
  options,
  chain: record({
    names: list(text),
    target: whole(),
    impute: among("linear", "forwardFill", "knn"),
    log: flag,
    isNonNegative: flag,
    difference: differencing,
    scaler: anything,
    period: nullable(number(1)),
    season: whole(1),
    change: number(0),
    window: whole(1),
    carrier,
    base: nullable(carrier),
    errorScale: nullable(number()),
    outputs: whole(1),
    targetScale: numbers,
    baseWeights: numbers,
    weights: numbers,
  }),
  head: kinds({ point: {}, quantile: { levels: list(number(0, 1)) }, gaussian: {} }),
  calibrations: list(calibration),
  choices,
  summary: text,
  rows: whole(),
  skipped: whole(),
  fingerprint: text,
  cursor: record({
    index: whole(),
    values: numbers,
    others: list(numbers),
    features: numbers,
    state: list(numbers),
    baseState: list(numbers),
  }),
  tail: record({ from: whole(), columns: list(list(nullable(number()))) }),
});

/** A forecaster's description as a file brings it. @throws FormatError that names the place where it is none. */
export function checkForecaster(value: unknown): void {
  stored(value, "");
}

interface Parts {
  readonly chain: Chain;
  readonly head: Head;
  readonly cursor: TrackJSON;
  readonly calibrations: readonly Calibration[];
  readonly tail: { readonly from: number; readonly columns: readonly (readonly unknown[])[] };
  readonly network: { readonly inputShape?: unknown; readonly outputShape?: unknown };
}

const same = (path: string, found: unknown, expected: unknown): void => {
  if (JSON.stringify(found) !== JSON.stringify(expected)) refuse(path, found, JSON.stringify(expected));
};

/** Parts that must fit together: what one of them counts, another holds. @throws FormatError where they do not. */
export function checkTogether({ chain, head, cursor, calibrations, tail, network }: Parts): void {
  const { names, target, outputs, window } = chain;
  if (target >= names.length) refuse("chain.target", target, `one of ${names.length} columns`);
  for (const key of ["targetScale", "baseWeights", "weights"] as const) {
    same(`chain.${key}.length`, chain[key].length, outputs);
  }
  if (head.kind === "quantile" && !head.levels.includes(0.5))
    refuse("head.levels", head.levels, "0.5 among them");
  const rows = cursor.values.length;
  same(
    "cursor.others",
    cursor.others.map(({ length }) => length),
    names.slice(1).map(() => rows),
  );
  same("cursor.features.length", cursor.features.length, rows * featuresOf(chain));
  checkState("cursor", cursor.state, chain.carrier);
  checkState("cursor.base", cursor.baseState, chain.base);
  if (rows < window) refuse("cursor.values.length", rows, `at least the window's ${window}`);
  // Without levels of its own, every interval is that of the point forecasts' errors.
  const levels = calibrations.map(({ level }) => level);
  const needed = head.kind === "gaussian" ? [] : [null, ...(head.kind === "quantile" ? head.levels : [])];
  for (const level of needed) if (!levels.includes(level)) refuse("calibrations", levels, `one of ${level}`);
  same("tail.columns", tail.columns.length, names.length);
  const walked = cursor.index - tail.from;
  if (walked < 0 || walked > (tail.columns[0]?.length ?? 0))
    refuse("tail.from", tail.from, `near row ${cursor.index}`);
  same(
    "tail.columns",
    tail.columns.map(({ length }) => length),
    names.map(() => tail.columns[0]!.length),
  );
  same("the network's inputs", network.inputShape, [window, featuresOf(chain)]);
  const width = (network.outputShape as readonly number[] | undefined)?.reduce(
    (size, extent) => size * extent,
    1,
  );
  same("the network's outputs", width, widthOf(head, outputs));
}
