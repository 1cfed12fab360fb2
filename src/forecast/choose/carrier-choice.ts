import { type Autoregression, bestAutoregression } from "../../series/baselines/autoregression.js";
import { bestHoltWinters, type HoltWinters } from "../../series/baselines/holt-winters.js";
import { autoregressionCarrier, bothCarriers, type Carrier, smoothingCarrier } from "../chain/carriers.js";
import type { CarrierKind } from "../types.js";
import type { Calendar } from "./decide.js";
import { readable } from "./explanation.js";

export type ChosenCarrier = Exclude<CarrierKind, "auto">;

/** Both carriers fitted to the same values. */
export interface FittedCarriers {
  readonly smoothing: HoltWinters;
  readonly autoregression: Autoregression;
}

export const fitCarriers = (y: Float64Array, calendar: Calendar | null): FittedCarriers => ({
  smoothing: bestHoltWinters(y, calendar?.season ?? null),
  autoregression: bestAutoregression(y, calendar),
});

export function carrierOf(kind: ChosenCarrier, { smoothing, autoregression }: FittedCarriers): Carrier {
  const { level, trend, season } = smoothing.initial;
  const smooth = smoothingCarrier(smoothing.parameters, [level, trend, ...season]);
  const regress = autoregressionCarrier(autoregression);
  if (kind === "smoothing") return smooth;
  return kind === "autoregression" ? regress : bothCarriers(smooth, regress);
}

/** What a carrier is, in words. */
export function describeCarrier(kind: ChosenCarrier, { smoothing, autoregression }: FittedCarriers): string {
  const { parameters, trend, damped, season } = smoothing;
  const smooth = `exponential smoothing with ${damped ? "a damped" : trend ? "a" : "no"} trend${season === null ? "" : ` and a season of ${season}`}, alpha ${readable(parameters.alpha)}`;
  const { lags, difference, harmonics } = autoregression;
  const regress = `an autoregression of ${lags.length} lags of the ${difference === 0 ? "values" : `differences over ${difference}`}${harmonics === 0 ? "" : ` with ${harmonics} waves of the calendar`}`;
  if (kind === "smoothing") return smooth;
  return kind === "autoregression" ? regress : `the mean of ${smooth} and ${regress}`;
}
