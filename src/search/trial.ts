import { GateflowError } from "../errors.js";
import type { Params } from "./space.js";

/** Thrown by `trial.report` once a trial is given up: it is far behind the others. Let it pass through. */
export class TrialPruned extends GateflowError {}

/** How a trial ended. */
export type TrialState = "complete" | "pruned" | "failed";

/** A finished trial. */
export interface Trial {
  /** 0 for the first. */
  readonly number: number;
  /** What was tried, by path. */
  readonly params: Params;
  /** Of a complete trial its result, of a pruned one the last value reported; null where there is none. */
  readonly value: number | null;
  readonly state: TrialState;
  /** Values reported on the way, by step. */
  readonly intermediate: Readonly<Record<string, number>>;
  /** From start to end, in seconds. */
  readonly seconds: number;
  /** Why it failed. */
  readonly error?: string;
}

/** A trial that is running, as an objective sees it. */
export interface RunningTrial {
  readonly number: number;
  readonly params: Params;
  /** Aborted when the study is, or when the trial's time is over. */
  readonly signal: AbortSignal;
  /**
   * Tells how far it is.
   * @param step rises from report to report, for example the epoch.
   * @throws TrialPruned when the trial is given up.
   */
  report(value: number, step: number): Promise<void>;
  /** Whether the next `report` would give it up, after what was reported so far. */
  shouldPrune(): boolean;
}

/** What a trial costs to look up: JSON has no NaN, so a trial's line in a file has none either. */
export function isTrial(value: unknown): value is Trial {
  const trial = value as Trial | null;
  return (
    typeof trial === "object" &&
    trial !== null &&
    Number.isInteger(trial.number) &&
    trial.number >= 0 &&
    typeof trial.params === "object" &&
    trial.params !== null &&
    (trial.value === null || typeof trial.value === "number") &&
    ["complete", "pruned", "failed"].includes(trial.state) &&
    typeof trial.intermediate === "object" &&
    trial.intermediate !== null
  );
}
