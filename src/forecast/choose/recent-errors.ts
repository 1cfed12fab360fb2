import type { Sequential } from "../../model/sequential.js";
import { type Chain, prepare, rowsSeen } from "../chain/chain.js";
import type { Context } from "../chain/context.js";
import type { Head } from "../chain/head.js";
import { endsInGap, joinRaw, type RawSeries } from "../chain/raw-series.js";
import type { SeriesCursor } from "../chain/series-cursor.js";
import { predictCursors } from "../predict.js";
import { type Calibration, extended } from "./calibration.js";
import type { Pause } from "./pause.js";

/** What forecasts are made with. */
interface Learnt {
  readonly chain: Chain;
  readonly network: Sequential;
  readonly head: Head;
  readonly calibrations: readonly Calibration[];
}

/** Rows walked between two chances for others to be heard. */
const STRIDE = 500;

/** Forecasts of newer rows that are looked back at: as many tell what has changed since the training. */
const MOST_ORIGINS = 100;

/**
 * The calibrations with the errors of the forecasts that would have been made among the newer rows, as far as these have
 * come true: a series that errs more, or less, than it did on the validation tail gets intervals of another width
 * (conformal prediction beyond exchangeability, Barber et al. 2023, the tail and the newer rows as two blocks).
 * @param newer rows that follow the training series.
 */
export async function withRecentErrors(
  { chain, network, head, calibrations }: Learnt,
  context: Context,
  newer: RawSeries,
  horizon: number,
  pause: Pause,
): Promise<readonly Calibration[]> {
  if (head.kind === "gaussian") return calibrations;
  const raw = joinRaw(context.raw, newer);
  const begin = context.cursor.index - context.from;
  const stride = Math.max(1, Math.ceil((raw.rows - begin) / MOST_ORIGINS));
  const origins: number[] = [];
  for (let t = begin; t < raw.rows; t += stride) if (t > 0 && !endsInGap(raw, t)) origins.push(t);
  if (origins.length === 0) return calibrations;
  const prepared = prepare(chain, raw);
  const cursor = context.cursor.fork(raw.rows - begin);
  let at = begin;
  const levels = head.kind === "quantile" ? head.levels : [];
  const rows = rowsSeen(chain, levels.length > 0);
  const cursors: SeriesCursor[] = [];
  for (const origin of origins) {
    while (at < origin) {
      const to = Math.min(origin, at + STRIDE);
      cursor.walk(prepared, at, to, origin - rows);
      at = to;
      await pause();
    }
    cursors.push(cursor.fork(0));
  }
  const steps = Math.min(horizon, calibrations[0]?.steps.length ?? 0);
  const forecasts = await predictCursors(network, head, chain, cursors, steps, levels);
  const seen = raw.columns[raw.target]!;
  return calibrations.map((calibration) => {
    const { level } = calibration;
    const errors = forecasts.map(({ mean, quantiles }, i) =>
      (level === null ? mean : quantiles.get(level)!).map((value, h) => {
        const t = origins[i]! + h;
        if (t >= raw.rows || Number.isNaN(seen[t]!)) return Number.NaN;
        return (prepared.target[t]! - value) / cursors[i]!.errorUnit;
      }),
    );
    return extended(calibration, errors);
  });
}
