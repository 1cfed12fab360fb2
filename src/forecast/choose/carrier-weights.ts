import { carrierErrors, type ValidationTail } from "./candidate.js";
import type { CarrierShares, FittedCarriers, Part } from "./carrier-choice.js";
import { rawError } from "./describe-choice.js";
import type { Pause } from "./pause.js";

/** Shares fall with the squared error: the weights of independent unbiased forecasts (Bates & Granger 1969). */
const POWER = 2;
/** Shares below this one only cost time. */
const LEAST_SHARE = 0.03;

/** Shares of the parts by their errors on the validation tail, in raw units over all steps ahead. */
export async function chooseShares(
  tail: ValidationTail,
  fitted: FittedCarriers,
  log: boolean,
  pause: Pause,
): Promise<{ shares: CarrierShares; errors: ReadonlyMap<Part, number> }> {
  const errors = new Map<Part, number>();
  for (const [part, { carrier }] of fitted) {
    const error = rawError(tail, log, await carrierErrors(tail, carrier, pause));
    if (Number.isFinite(error)) errors.set(part, error);
  }
  const least = Math.min(...errors.values());
  const weighed = [...errors].map(([part, error]) => ({
    part,
    share: error === least ? 1 : (least / error) ** POWER,
  }));
  const normed = (list: CarrierShares): CarrierShares => {
    const total = list.reduce((sum, { share }) => sum + share, 0);
    return list.map(({ part, share }) => ({ part, share: share / total }));
  };
  return { shares: normed(normed(weighed).filter(({ share }) => share >= LEAST_SHARE)), errors };
}
