import type { WorkerPool } from "./worker-pool.js";

interface Scope {
  readonly crossOriginIsolated?: boolean;
  readonly process?: { readonly versions?: { readonly node?: string } };
}

/** Warnings that were given: the same one twice helps nobody. */
const told = new Set<string>();

function reason(pool: WorkerPool | null, canShare: boolean, hasFile: boolean): string {
  if (!canShare) {
    return (globalThis as Scope).crossOriginIsolated === false
      ? "this page is not cross-origin isolated, so that memory cannot be shared with workers. Serve it with the headers `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`"
      : "this host has no SharedArrayBuffer. Nothing can be changed in the program";
  }
  if (pool === null) {
    return "shared memory could not be had, or the module handed in was compiled for memory of one thread. Dispose of other engines, or leave `module` out";
  }
  const cause = pool.cause === undefined ? "" : ` (${pool.cause})`;
  if (pool.hasNoWorkers) {
    return `this host has no workers${cause}. Run where there are Worker or node:worker_threads`;
  }
  const advice = hasFile
    ? "See whether `worker` leads to the file of gateflow/worker and whether the content security policy has its address in worker-src"
    : 'Where the content security policy forbids `blob:`, give the worker\'s file: createEngine({ worker: new URL("gateflow/worker", …) }), or allow worker-src blob:';
  if (!pool.areLate) return `the workers did not start${cause}. ${advice}`;
  const late =
    "the workers had not started after two seconds, as on a machine that is busy. They are used once they have";
  // A page's policy may keep a worker from starting without a word.
  return (globalThis as Scope).process?.versions?.node === undefined ? `${late}. ${advice}` : late;
}

/**
 * Says why fewer threads run than were wanted and what to change, as `info.fallback`.
 * @param asked whether they were asked for by number: then the console says it too, once.
 */
export function whyFewer(
  wanted: number,
  asked: boolean,
  pool: WorkerPool | null,
  canShare: boolean,
  hasFile: boolean,
): string {
  const threads = pool?.threads ?? 1;
  const message = `${threads} of ${wanted} threads run: ${reason(pool, canShare, hasFile)}.`;
  if ((asked || hasFile) && !told.has(message)) {
    told.add(message);
    console.warn(`gateflow: ${message}`);
  }
  return message;
}
