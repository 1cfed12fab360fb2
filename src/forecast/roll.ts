import { createYielder } from "../model/yield-to-host.js";
import { rowsSeen, toRawUnits } from "./chain/chain.js";
import { tracksOver } from "./chain/context.js";
import type { RawSeries } from "./chain/raw-series.js";
import type { SeriesCursor } from "./chain/series-cursor.js";
import type { Pause } from "./choose/pause.js";
import type { Fit } from "./fit.js";
import { refuseAborted } from "./network.js";
import { predictCursors } from "./predict.js";

/** Origins forecast together: a few milliseconds of work. */
const PART = 64;

/** Lets others be heard, and ends what was stopped. */
export function pauseOf(signal: AbortSignal | undefined, said?: string): Pause {
  const pause = createYielder();
  return () => {
    refuseAborted(signal, said);
    return pause();
  };
}

/**
 * Forecasts from each origin of a series that begins with the first row that taught, in raw units.
 * @param origins ascending.
 */
export async function roll(
  { chain, network, head }: Pick<Fit, "chain" | "network" | "head">,
  raw: RawSeries,
  origins: readonly number[],
  horizon: number,
  signal: AbortSignal | undefined,
): Promise<number[][]> {
  const pause = pauseOf(signal);
  const predictions: number[][] = [];
  let part: SeriesCursor[] = [];
  const predict = async (): Promise<void> => {
    const forecasts = await predictCursors(network, head, chain, part, horizon);
    for (const { mean } of forecasts) predictions.push(Array.from(toRawUnits(chain, mean)));
    part = [];
    await pause();
  };
  for (const cursor of tracksOver(chain, raw, origins, rowsSeen(chain, false))) {
    if (cursor === undefined) await pause();
    else if (part.push(cursor) === PART) await predict();
  }
  if (part.length > 0) await predict();
  return predictions;
}
