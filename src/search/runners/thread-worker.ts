import { DataError, GateflowError } from "../../errors.js";
import { sha256 } from "../canonical.js";
import { decodeData, type PlainData } from "../data.js";
import { failureOf } from "../failure.js";
import { runJob } from "../run-job.js";
import { TrialPruned } from "../trial.js";
import type { FromThread, ToThread } from "./threads.js";

interface Port {
  postMessage(message: FromThread): void;
  on(event: "message", listener: (message: ToThread) => void): void;
}

const name = ["node", "worker_threads"].join(":");
const { parentPort } = (
  (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as {
    default: { parentPort: Port };
  }
).default;

const known = new Map<string, PlainData>();
let abort = new AbortController();
let answer: ((goOn: boolean) => void) | null = null;
/** Milliseconds between two messages of a trial that nobody judges: each one wakes the thread that waits for it. */
const GATHER_MS = 50;
let pending: [value: number, step: number][] = [];
let told = 0;

function tell(): void {
  if (pending.length > 0) parentPort.postMessage({ kind: "reports", reports: pending });
  pending = [];
  told = performance.now();
}

async function dataOf(hash: string, bytes: Uint8Array | null): Promise<PlainData> {
  if (bytes !== null) {
    const seen = await sha256(bytes);
    if (seen !== hash)
      throw new DataError(`The data's hash is ${seen}, expected ${hash}: the trial is refused.`);
    known.set(hash, decodeData(bytes));
  }
  return known.get(hash)!;
}

async function run({ job, hash, data, isJudged }: ToThread & { kind: "run" }): Promise<void> {
  abort = new AbortController();
  const { signal } = abort;
  pending = [];
  told = performance.now();
  try {
    const result = await runJob(job, await dataOf(hash, data), {
      signal,
      isJudged,
      report(value, step) {
        pending.push([value, step]);
        if (isJudged || performance.now() - told >= GATHER_MS) tell();
        if (!isJudged) return Promise.resolve(!signal.aborted);
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
    });
    tell();
    parentPort.postMessage({ kind: "result", result });
  } catch (error) {
    const isPruned = error instanceof TrialPruned;
    tell();
    parentPort.postMessage({ kind: "error", failure: failureOf(error), isPruned });
  }
}

parentPort.on("message", (message) => {
  if (message.kind === "run") void run(message);
  else if (message.kind === "abort") {
    abort.abort(new GateflowError("The trial was stopped."));
    answer?.(false);
  } else answer?.(message.goOn);
});
