import { EngineError } from "../../errors.js";
import { numberIn, refuseUnknown } from "../../options.js";
import { encodeData, hashOf } from "../data.js";
import { errorOf, type Failure } from "../failure.js";
import type { JobHooks, JobResult } from "../job.js";
import { TrialPruned } from "../trial.js";
import type { Runner, Task } from "./runner.js";

/** Options of `threads`. */
export interface ThreadsOptions {
  /** Trainings at once, each in a thread of its own. Default: the machine's processors, at most 16. */
  readonly workers?: number;
}

/** What a thread is told. */
export type ToThread =
  | {
      readonly kind: "run";
      readonly job: Task["job"];
      readonly hash: string;
      readonly data: Uint8Array | null;
      readonly isJudged: boolean;
    }
  | { readonly kind: "answer"; readonly goOn: boolean }
  | { readonly kind: "abort" };

type Reports = readonly (readonly [value: number, step: number])[];

/** What a thread tells. */
export type FromThread =
  | { readonly kind: "reports"; readonly reports: Reports }
  | { readonly kind: "result"; readonly result: JobResult }
  | { readonly kind: "error"; readonly failure: Failure; readonly isPruned: boolean };

interface Thread {
  postMessage(message: ToThread): void;
  on(event: "message", listener: (message: FromThread) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  on(event: "exit", listener: (code: number) => void): void;
  terminate(): Promise<unknown>;
  ref(): void;
  unref(): void;
}

interface Host {
  readonly Worker: new (url: URL, options: { execArgv: string[] }) => Thread;
}

const MOST_WORKERS = 16;
/** Milliseconds a thread has to end by itself once its job was aborted. */
const GRACE_MS = 2000;

async function hostThreads(): Promise<Host> {
  // Put together here, so that no bundler looks for the module.
  const name = ["node", "worker_threads"].join(":");
  return ((await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as { default: Host }).default;
}

function processors(): number {
  const { process } = globalThis as unknown as {
    process: { getBuiltinModule?(name: string): { availableParallelism?(): number } | undefined };
  };
  const counted = process.getBuiltinModule?.("node:os")?.availableParallelism?.() ?? navigatorCores() ?? 2;
  return Math.min(MOST_WORKERS, counted);
}

const navigatorCores = (): number | undefined => globalThis.navigator?.hardwareConcurrency;

/** A thread that does one job at a time, and remembers the data it was given. */
class JobThread {
  readonly #known = new Set<string>();
  #isDead = false;
  #listen: ((message: FromThread | { kind: "death"; error: Error }) => void) | null = null;

  constructor(readonly thread: Thread) {
    thread.unref();
    thread.on("message", (message) => this.#listen?.(message));
    const die = (error: Error): void => {
      this.#isDead = true;
      this.#listen?.({ kind: "death", error });
    };
    thread.on("error", die);
    thread.on("exit", (code) => die(new EngineError(`The thread of a trial ended with code ${code}.`)));
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  run({ job, data, hash }: Task, { report, signal, isJudged }: JobHooks): Promise<JobResult> {
    const { thread } = this;
    thread.ref();
    return new Promise<JobResult>((resolve, reject) => {
      let grace: ReturnType<typeof setTimeout> | undefined;
      const abort = (): void => {
        thread.postMessage({ kind: "abort" });
        grace = setTimeout(() => {
          this.#isDead = true;
          void thread.terminate();
          reject(signal.reason);
        }, GRACE_MS);
      };
      const settle = (end: () => void): void => {
        clearTimeout(grace);
        signal.removeEventListener("abort", abort);
        this.#listen = null;
        if (!this.#isDead) thread.unref();
        end();
      };
      // One after the other, and all of them before the end is told.
      let reported: Promise<unknown> = Promise.resolve();
      const tell = async (reports: Reports): Promise<void> => {
        let goOn = true;
        for (const [value, step] of reports) goOn = await report(value, step);
        if (isJudged) thread.postMessage({ kind: "answer", goOn });
      };
      const afterReports = (end: () => void): void => {
        reported.then(
          () => settle(end),
          (error: unknown) =>
            settle(() => {
              this.#isDead = true;
              void thread.terminate();
              reject(error);
            }),
        );
      };
      this.#listen = (message) => {
        if (message.kind === "death") settle(() => reject(message.error));
        else if (message.kind === "result") afterReports(() => resolve(message.result));
        else if (message.kind === "error") {
          afterReports(() => {
            if (signal.aborted) reject(signal.reason);
            else if (message.isPruned) reject(new TrialPruned(message.failure.message));
            else reject(errorOf(message.failure));
          });
        } else {
          reported = reported.then(() => tell(message.reports));
          reported.catch(() => afterReports(() => {}));
        }
      };
      signal.addEventListener("abort", abort, { once: true });
      const bytes = this.#known.has(hash) ? null : encodeData(data);
      thread.postMessage({ kind: "run", job, hash, data: bytes, isJudged });
      this.#known.add(hash);
    });
  }
}

/**
 * Runs trainings in threads of this machine (Node, Bun, Deno), as many at once as it has processors.
 * @throws ConfigError for `workers` below 1 or above 256.
 * @example
 * const study = await tune(space, { data, runner: threads({ workers: 2 }) });
 */
export function threads(options: ThreadsOptions = {}): Runner {
  refuseUnknown("threads()", options, ["workers"]);
  const workers = numberIn("threads()", "workers", options.workers ?? processors(), {
    min: 1,
    max: 256,
    integer: true,
  });
  let idle: JobThread[] = [];
  const all = new Set<JobThread>();
  return {
    name: "threads",
    workers,
    isRemote: true,
    async run(task, hooks) {
      hooks.signal.throwIfAborted();
      const hash = task.hash === "" ? await hashOf(task.data) : task.hash;
      const { Worker } = await hostThreads();
      // Not the program's own options: --import would load its loaders again in each thread.
      const own =
        idle.pop() ??
        new JobThread(new Worker(new URL("./thread-worker.js", import.meta.url), { execArgv: [] }));
      all.add(own);
      try {
        return await own.run({ ...task, hash }, hooks);
      } finally {
        if (own.isDead) all.delete(own);
        else idle.push(own);
      }
    },
    async close() {
      idle = [];
      const ending = [...all].map(({ thread }) => thread.terminate());
      all.clear();
      await Promise.all(ending);
    },
  };
}
