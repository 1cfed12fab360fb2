import type { History } from "../model/events.js";
import type { Sequential } from "../model/sequential.js";
import { createYielder } from "../model/yield-to-host.js";
import type { Chain } from "./chain/chain.js";
import type { Head } from "./chain/head.js";
import type { RawSeries } from "./chain/raw-series.js";
import type { Calibration } from "./choose/calibration.js";
import { Choices } from "./choose/explanation.js";
import type { Pause } from "./choose/pause.js";
import { finish } from "./finish.js";
import { refuseAborted } from "./network.js";
import type { Settings } from "./options.js";
import { profileSeries } from "./profile.js";
import { select } from "./select.js";
import type { ForecasterFitOptions } from "./types.js";

/** Rows at the end of a series that teach: what lies before them would cost time and tell little of what comes. */
export const MOST_ROWS = 50_000;

/** What `fit` leaves: all a forecast is made of. */
export interface Fit {
  readonly chain: Chain;
  readonly head: Head;
  readonly network: Sequential;
  readonly history: History | undefined;
  readonly calibrations: readonly Calibration[];
  readonly choices: Choices;
}

/** Learns everything from the training series: what it is, what forecasts it best, and that from all rows. */
export async function fitSeries(
  settings: Settings,
  raw: RawSeries,
  options: ForecasterFitOptions,
): Promise<Fit> {
  const { signal } = options;
  refuseAborted(signal);
  const yielder = createYielder();
  const pause: Pause = () => {
    refuseAborted(signal);
    return yielder();
  };
  const choices = new Choices();
  const profile = await profileSeries(settings, raw, choices, pause);
  const selection = await select(settings, raw, profile, choices, options, pause);
  const finished = await finish(raw, profile, selection, choices, settings.seasonCandidates, pause);
  return { ...finished, head: selection.training.head, history: selection.best.history, choices };
}
