import { DataError } from "../../errors.js";
import type { Settings } from "../options.js";

/** How a training series is cut while everything is chosen: `[0, stop)` teaches, `[stop, head)` stops, the rest judges. */
export interface Split {
  readonly stop: number;
  readonly head: number;
}

/** Fewer windows than these teach nothing. */
const LEAST_WINDOWS = 8;
/** Origins that judge, or stop, at the least. */
const LEAST_ORIGINS = 4;

/** Each part is a share of what is left, but has room for the steps ahead and a few origins more. */
export function splitRows(rows: number, outputs: number, { horizon, validation }: Settings): Split {
  const head = rows - Math.max(Math.ceil(rows * validation), horizon + LEAST_ORIGINS - 1);
  return { head, stop: head - Math.max(Math.ceil(head * 0.15), outputs + LEAST_ORIGINS - 1) };
}

/** Rows that teach, at the least; with a window of 0 what stands beside it. */
export const teachingNeeded = (window: number, memory: number, outputs: number): number =>
  window + memory + outputs + LEAST_WINDOWS - 1;

/** Rows before the tail to which carriers are fitted where they forecast alone, at the least. */
const LEAST_ALONE = 16;

/**
 * Where no network is asked for, a series too short for one is forecast by the carriers alone.
 * @param memory rows a difference looks back.
 * @throws DataError saying how many rows would do.
 */
export function refuseTooFew(
  where: string,
  rows: number,
  window: number,
  memory: number,
  outputs: number,
  settings: Settings,
): void {
  const needsNetwork =
    settings.model === "lstm" || settings.intervals !== "conformal" || settings.window !== undefined;
  const least = teachingNeeded(window, memory, outputs);
  let needed = needsNetwork ? least : LEAST_ALONE;
  const isEnough = (all: number): boolean => {
    const { stop, head } = splitRows(all, outputs, settings);
    return needsNetwork ? stop >= least : head >= LEAST_ALONE;
  };
  while (!isEnough(needed)) needed += 1;
  if (rows >= needed) return;
  const { horizon } = settings;
  throw new DataError(
    `${where}: ${rows} rows are too few for a horizon of ${horizon}${settings.window === undefined ? "" : ` and a window of ${settings.window}`}, which need at least ${needed}.`,
    { code: "insufficient_data", received: rows, expected: needed },
  );
}
