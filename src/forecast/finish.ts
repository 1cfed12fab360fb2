import type { Sequential } from "../model/sequential.js";
import type { Chain } from "./chain/chain.js";
import type { Head } from "./chain/head.js";
import type { RawSeries } from "./chain/raw-series.js";
import { type Calibration, calibrate } from "./choose/calibration.js";
import { errorsAt, retrain } from "./choose/candidate.js";
import { fitCarriers } from "./choose/carrier-choice.js";
import { summarize } from "./choose/describe-choice.js";
import type { Choices } from "./choose/explanation.js";
import type { Pause } from "./choose/pause.js";
import { predictCursors } from "./predict.js";
import type { Profile } from "./profile.js";
import { chainFor, inputsFor, type Selection } from "./select.js";

/** What is learnt anew from all rows once everything is chosen. */
export interface Finished {
  readonly chain: Chain;
  readonly network: Sequential;
  readonly calibrations: readonly Calibration[];
}

/** Errors on the tail: of the point forecast, and of each level the network itself knows. */
async function calibrateCandidate({ tail, best, training }: Selection): Promise<Calibration[]> {
  const { chain, network, cursors, errors } = best;
  const head: Head = training.head;
  const { origins } = tail;
  const stride = origins.length < 2 ? 1 : origins[1]! - origins[0]!;
  const units = cursors.map(({ errorUnit }) => errorUnit);
  const inUnits = (list: readonly Float64Array[]): Float64Array[] =>
    list.map((row, i) => row.map((error) => error / units[i]!));
  const point = calibrate(null, inUnits(errors), tail.horizon, stride);
  if (head.kind !== "quantile") return [point];
  const forecasts = await predictCursors(network, head, chain, cursors, tail.horizon, head.levels);
  return [
    point,
    ...head.levels.map((level) =>
      calibrate(
        level,
        inUnits(
          errorsAt(
            tail,
            forecasts.map(({ quantiles }) => quantiles.get(level)!),
          ),
        ),
        tail.horizon,
        stride,
      ),
    ),
  ];
}

/** Carriers, scaler and network once more, on all rows. The selection's own network is given back, or kept as it is. */
export async function finish(
  raw: RawSeries,
  profile: Profile,
  selection: Selection,
  choices: Choices,
  candidates: readonly number[],
  pause: Pause,
): Promise<Finished> {
  const { architecture, best, shares, training, tail } = selection;
  const { prepared, calendar, log } = profile;
  const { rows } = raw;
  try {
    const calibrations = await calibrateCandidate(selection);
    const inputs = inputsFor(raw, profile, rows);
    const parts = shares === null ? [] : shares.map(({ part }) => part);
    const fitted = await fitCarriers(prepared.target, calendar, profile, pause, parts);
    const silent = await chainFor(architecture, shares, fitted, inputs, profile, rows, pause);
    const season = calendar?.season ?? null;
    choices.summary = summarize(
      tail,
      log,
      [...(season === null ? [] : [season]), ...candidates],
      best.errors,
    );
    // What nobody listens to need not learn again.
    const usesNetwork = training.head.kind !== "point" || best.chain.weights.some((weight) => weight > 0);
    if (!usesNetwork) return { chain: silent, network: best.network, calibrations };
    const final = await retrain(best, silent, prepared, training, pause);
    best.network.dispose();
    return { ...final, calibrations };
  } catch (error) {
    best.network.dispose();
    throw error;
  }
}
