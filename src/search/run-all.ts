import { hashOf, type PlainData } from "./data.js";
import type { Job, JobResult } from "./job.js";
import { defaultRunner } from "./runners/default-runner.js";
import type { Runner } from "./runners/runner.js";

/** A job with its data and what errors call it. */
export interface NamedJob {
  readonly name: string;
  readonly job: Job;
  readonly data: PlainData;
}

/** What became of a job: its result, or why there is none. */
export type Settled = { readonly result: JobResult } | { readonly error: Error };

/** Runs jobs, as many at once as the runner has workers. @returns in the jobs' order. @throws the signal's reason. */
export async function settleAll(
  jobs: readonly NamedJob[],
  { runner: given, signal = new AbortController().signal }: { runner?: Runner; signal?: AbortSignal },
): Promise<Settled[]> {
  const runner = given ?? defaultRunner();
  const hashes = new Map<PlainData, string>();
  const settled: Settled[] = new Array(jobs.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < jobs.length && !signal.aborted) {
      const index = next++;
      const { job, data } = jobs[index]!;
      if (runner.isRemote && !hashes.has(data)) hashes.set(data, await hashOf(data));
      try {
        const result = await runner.run(
          { job, data, hash: hashes.get(data) ?? "" },
          { signal, isJudged: false, report: () => Promise.resolve(true) },
        );
        settled[index] = { result };
      } catch (error) {
        settled[index] = { error: error instanceof Error ? error : new Error(String(error)) };
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: runner.workers }, work));
    signal.throwIfAborted();
    return settled;
  } finally {
    if (given === undefined) await runner.close();
  }
}

/** As `settleAll`, for jobs that belong together. @throws the first error, with the job's name before it. */
export async function runAll(
  where: string,
  jobs: readonly NamedJob[],
  options: { runner?: Runner; signal?: AbortSignal },
): Promise<JobResult[]> {
  const settled = await settleAll(jobs, options);
  return settled.map((one, i) => {
    if ("result" in one) return one.result;
    one.error.message = `${where}: ${jobs[i]!.name}: ${one.error.message}`;
    throw one.error;
  });
}
