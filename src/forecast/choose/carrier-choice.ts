import { completePausing } from "../../numerics/steps.js";
import { bestAutoregressionSteps } from "../../series/baselines/autoregression.js";
import { bestHoltWintersSteps } from "../../series/baselines/holt-winters.js";
import {
  fitRidgeAutoregression,
  seasonalLags,
  teachableLags,
} from "../../series/baselines/ridge-autoregression.js";
import { fitThetaSteps } from "../../series/baselines/theta.js";
import { inverseLogTransform, logTransform } from "../../series/prepare/log-transform.js";
import {
  autoregressionCarrier,
  type Carrier,
  differenceCarrier,
  inOtherUnits,
  meanCarrier,
  ridgeCarrier,
  smoothingCarrier,
  thetaCarrier,
} from "../chain/carriers.js";
import type { CarrierKind } from "../types.js";
import type { Calendar } from "./decide.js";
import { readable } from "./explanation.js";
import type { Pause } from "./pause.js";

/** Parts that are fitted, of the values and of their logarithms, and those that need no fit. */
const FITTED = ["smoothing", "autoregression", "ridge", "seasonal ridge", "theta"] as const;
type FittedKind = (typeof FITTED)[number];

/** What a carrier may be made of. */
export type Part =
  | FittedKind
  | `${FittedKind} of logs`
  | `${FittedKind} of levels`
  | "seasonal naive"
  | "naive";

/** One part fitted to a series, and what it is in words. */
export interface FittedPart {
  readonly carrier: Carrier;
  readonly words: string;
}

/** The parts a series allows, all fitted to the same values. */
export type FittedCarriers = ReadonlyMap<Part, FittedPart>;

/** The parts of a carrier with the share of each, which sum to 1. */
export type CarrierShares = readonly { readonly part: Part; readonly share: number }[];

/** All kinds fitted to some values, with one calendar: the logarithm is decided by fits that are wanted again. */
export type FitMemo = { readonly y: Float64Array; readonly fitted: Map<FittedKind, FittedPart> }[];

/** Values at the end that are enough to fit smoothing, and those for an autoregression whose order is searched. */
const MOST_SMOOTHED = 20_000;
const MOST_REGRESSED = 5_000;

/** In which units the chain stands, and whether the others are there too. */
export interface Units {
  readonly log: boolean;
  /** Whether all values are above 0, so that they have logarithms. */
  readonly isPositive: boolean;
}

/**
 * Fits every part to `y`; those it is too short for are left out. Where all values are positive each part is fitted to them
 * and to their logarithms: what the chain's own units are decides about the network, not about these.
 * @param y in the chain's units.
 * @param parts those wanted, default all.
 */
export async function fitCarriers(
  y: Float64Array,
  calendar: Calendar | null,
  { log, isPositive }: Units,
  pause: Pause,
  parts?: readonly Part[],
  memo?: FitMemo,
): Promise<FittedCarriers> {
  const fitted = new Map<Part, FittedPart>();
  const season = calendar?.season ?? null;
  const wants = (part: Part): boolean => parts === undefined || parts.includes(part);
  for (const [kind, own] of await fitKinds(y, calendar, pause, wants, memo)) fitted.set(kind, own);
  if (isPositive) {
    const units = log ? "levels" : "logs";
    const named = (kind: FittedKind): Part => `${kind} of ${units}`;
    const other = log ? inverseLogTransform(y) : logTransform(y);
    const positive = log ? other : y;
    const floor = positive.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY) / 10;
    const wantsOther = (kind: FittedKind): boolean => wants(named(kind));
    for (const [kind, { carrier, words }] of await fitKinds(other, calendar, pause, wantsOther, memo)) {
      fitted.set(named(kind), {
        carrier: inOtherUnits(carrier, units, floor),
        words: `${words} (of ${units})`,
      });
    }
  }
  if (wants("naive")) {
    fitted.set("naive", { carrier: differenceCarrier({ order: 1, lag: 1 }, 0), words: "the last value" });
  }
  if (wants("seasonal naive") && season !== null && y.length >= season) {
    const carrier = differenceCarrier({ order: 1, lag: season }, 0);
    fitted.set("seasonal naive", { carrier, words: "the last season" });
  }
  return fitted;
}

async function fitKinds(
  y: Float64Array,
  calendar: Calendar | null,
  pause: Pause,
  wants: (kind: FittedKind) => boolean,
  memo: FitMemo | undefined,
): Promise<Map<FittedKind, FittedPart>> {
  const known = memo?.find(
    (fit) => fit.y.length === y.length && fit.y.every((value, t) => Object.is(value, y[t])),
  );
  if (known !== undefined) return known.fitted;
  const fitted = new Map<FittedKind, FittedPart>();
  const season = calendar?.season ?? null;
  const { length } = y;
  if (wants("smoothing")) fitted.set("smoothing", await fitSmoothing(y, season, pause));
  if (wants("autoregression")) {
    const regression = await fitRegression(y, calendar, pause);
    if (regression !== null) fitted.set("autoregression", regression);
  }
  const lags =
    season === null
      ? Array.from({ length: Math.ceil(12 * Math.sqrt(Math.sqrt(length / 100))) }, (_, i) => i + 1)
      : seasonalLags([season]);
  for (const [kind, difference, ridge, words] of [
    ["ridge", 0, 1e-3, "a ridge autoregression"],
    [
      "seasonal ridge",
      season ?? 1,
      0.05,
      `a ridge autoregression of ${season === null ? "" : "seasonal "}differences`,
    ],
  ] as const) {
    if (!wants(kind)) continue;
    const own = teachableLags(lags, difference, length);
    const shape = { lags: own, difference, ridge, shrinkConstant: difference === 0 ? 0 : 0.2 };
    const from = Math.max(0, length - MOST_SMOOTHED);
    const model = own.length === 0 ? null : fitRidgeAutoregression(y, shape, from);
    if (model !== null)
      fitted.set(kind, { carrier: ridgeCarrier(model), words: `${words} on ${own.length} lags` });
    await pause();
  }
  if (wants("theta") && length >= Math.max(3, 2 * (season ?? 1))) {
    const from = cutOff(length, MOST_SMOOTHED, season);
    const steps = fitThetaSteps("forecaster.fit()", y.subarray(from), season === null ? [] : [season]);
    const theta = await completePausing(steps, pause);
    fitted.set("theta", { carrier: thetaCarrier(theta), words: "the theta method" });
    await pause();
  }
  memo?.push({ y, fitted });
  return fitted;
}

/** null where older rows were left out and the calendar's phase would be lost with them. */
async function fitRegression(
  y: Float64Array,
  calendar: Calendar | null,
  pause: Pause,
): Promise<FittedPart | null> {
  // Whole seasons are cut off, so that the phase of row 0 is that of the first row left.
  const from = cutOff(y.length, MOST_REGRESSED, calendar?.season ?? null);
  const model = await completePausing(bestAutoregressionSteps(y.subarray(from), calendar), pause);
  const { lags, difference, harmonics, trend } = model;
  const isMoved = from > 0 && (trend || (harmonics > 0 && calendar?.period !== calendar?.season));
  if (isMoved) return null;
  return {
    carrier: autoregressionCarrier(model),
    words: `an autoregression of ${lags.length} lags of the ${difference === 0 ? "values" : `differences over ${difference}`}${harmonics === 0 ? "" : ` with ${harmonics} waves of the calendar`}`,
  };
}

/** Rows before which nothing is looked at: whole seasons of those beyond `most`. */
const cutOff = (rows: number, most: number, season: number | null): number =>
  rows <= most ? 0 : Math.floor((rows - most) / (season ?? 1)) * (season ?? 1);

async function fitSmoothing(y: Float64Array, season: number | null, pause: Pause): Promise<FittedPart> {
  const from = cutOff(y.length, MOST_SMOOTHED, season);
  const {
    parameters,
    initial,
    trend,
    damped,
    season: own,
  } = await completePausing(bestHoltWintersSteps(y.subarray(from), season), pause);
  return {
    // Where older rows were left out the state before the first of the others stands for that of row 0, and is soon forgotten.
    carrier: smoothingCarrier(parameters, [initial.level, initial.trend, ...initial.season]),
    words: `exponential smoothing with ${damped ? "a damped" : trend ? "a" : "no"} trend${own === null ? "" : ` and a season of ${own}`}, alpha ${readable(parameters.alpha)}`,
  };
}

/** Shares that a kind given by its name stands for; null: they are to be chosen. */
export function sharesOf(kind: CarrierKind): CarrierShares | null {
  if (kind === "auto") return null;
  if (kind === "smoothing" || kind === "autoregression") return [{ part: kind, share: 1 }];
  return [
    { part: "smoothing", share: 0.5 },
    { part: "autoregression", share: 0.5 },
  ];
}

/** One carrier of the parts, shares of parts that could not be fitted given to the others. */
export function carrierOf(shares: CarrierShares, fitted: FittedCarriers): Carrier {
  const there = shares.filter(({ part }) => fitted.has(part));
  const total = there.reduce((sum, { share }) => sum + share, 0);
  return meanCarrier(
    there.map(({ part }) => fitted.get(part)!.carrier),
    there.map(({ share }) => share / total),
  );
}

/** What a carrier is, in words. */
export function describeCarrier(shares: CarrierShares, fitted: FittedCarriers): string {
  const there = shares.filter(({ part }) => fitted.has(part));
  if (there.length === 1) return fitted.get(there[0]!.part)!.words;
  return there.map(({ part, share }) => `${Math.round(100 * share)} % ${fitted.get(part)!.words}`).join(", ");
}
