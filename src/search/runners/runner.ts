import type { PlainData } from "../data.js";
import type { Job, JobHooks, JobResult } from "../job.js";

/** A job with what it learns from. */
export interface Task {
  readonly job: Job;
  readonly data: PlainData;
  /** SHA-256 of the data: a worker that sees another one refuses. "": the runner finds it itself, if the data leave this process. */
  readonly hash: string;
}

/** Where trainings run. All runners give the same results, to the bit. */
export interface Runner {
  readonly name: string;
  /** Jobs at once. */
  readonly workers: number;
  /** Whether jobs leave this process: functions cannot, and data are told by their hash. */
  readonly isRemote: boolean;
  /** @throws what the job throws; the signal's reason once it is aborted. */
  run(task: Task, hooks: JobHooks): Promise<JobResult>;
  /** Ends workers that were started. A runner can be used again afterwards. */
  close(): Promise<void>;
}
