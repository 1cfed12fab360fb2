import { DataError } from "../../errors.js";
import type { Job, JobResult } from "../../search/job.js";

/** A trial as it lies in the queue. */
export interface QueuedTrial {
  readonly job: Job;
  /** SHA-256 of the data. */
  readonly hash: string;
  /** Where the data are: a path or an address that each worker can read; null: in Redis itself. */
  readonly reference: string | null;
  /** Whether a pruner waits for what the trial reports. */
  readonly isJudged: boolean;
}

/** Values on the way, some at once; null for what is no finite number. */
export type QueuedReports = readonly (readonly [value: number | null, step: number])[];

/** A result as JSON has it: bytes as base64. */
export interface QueuedResult {
  readonly value: number | null;
  readonly train?: number | null;
  readonly bytes?: string;
  readonly isPruned?: true;
  /** Everything that was reported on the way: an event may come too late, or be lost with a connection. */
  readonly reports?: QueuedReports;
}

/** JSON has no NaN and no Infinity: both come back as NaN, which fails a trial as it should. */
const asNumber = (value: number | null): number => (value === null ? Number.NaN : value);

/** What a worker tells on the way; anything else is no report: all comes with the result once more. */
export function decodeReports(found: unknown): (readonly [value: number, step: number])[] {
  if (!Array.isArray(found)) return [];
  return (found as QueuedReports).map(([value, step]) => [asNumber(value), step] as const);
}

export const encodeResult = ({ value, train, bytes }: JobResult): QueuedResult => ({
  value,
  ...(train === undefined ? {} : { train }),
  ...(bytes === undefined ? {} : { bytes: Buffer.from(bytes).toString("base64") }),
});

/** @throws DataError for what no worker of this version wrote. */
export function decodeResult(found: unknown): JobResult & {
  readonly isPruned?: true;
  readonly reports: readonly (readonly [value: number, step: number])[];
} {
  const result = found as QueuedResult | null;
  if (typeof result !== "object" || result === null || !("value" in result)) {
    throw new DataError("A worker answered with something that is no result. Do all run the same version?", {
      received: found,
    });
  }
  const { value, train, bytes, isPruned, reports = [] } = result;
  return {
    value: asNumber(value),
    reports: decodeReports(reports),
    ...(train === undefined ? {} : { train: asNumber(train) }),
    ...(bytes === undefined ? {} : { bytes: Uint8Array.from(Buffer.from(bytes, "base64")) }),
    ...(isPruned === true ? { isPruned } : {}),
  };
}

/** Keys beside the queue's own, under its name. */
export const keysOf = (queue: string) => ({
  data: (hash: string) => `gateflow:${queue}:data:${hash}`,
  giveUp: (jobId: string) => `gateflow:${queue}:give-up:${jobId}`,
});
