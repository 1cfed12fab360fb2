import { numberIn, refuseUnknown } from "../../options.js";
import { runJob } from "../run-job.js";
import type { Runner } from "./runner.js";

/** Options of `inProcess`. */
export interface InProcessOptions {
  /** Jobs at once, in turns: useful where an objective waits for something else. Default 1. */
  readonly workers?: number;
}

/**
 * Runs trainings in this process, one after the other: everywhere, pages included, and the only place for objectives that
 * are functions.
 * @throws ConfigError for `workers` below 1.
 * @example
 * const study = await tune(async ({ x }) => (x as number) ** 2, { space: { x: uniform(-1, 1) }, trials: 5, runner: inProcess() });
 */
export function inProcess(options: InProcessOptions = {}): Runner {
  refuseUnknown("inProcess()", options, ["workers"]);
  const workers = numberIn("inProcess()", "workers", options.workers ?? 1, { min: 1, integer: true });
  return {
    name: "in process",
    workers,
    isRemote: false,
    // Not fetched with import(): what it shares with the entry would be cut into a chunk that every program loads.
    run: ({ job, data }, hooks) => runJob(job, data, hooks),
    close: () => Promise.resolve(),
  };
}
