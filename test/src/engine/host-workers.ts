import { createRequire } from "node:module";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach } from "vitest";

type WorkerClass = typeof Worker;
/** The module object that src/engine/ asks for its Worker. */
const threads = createRequire(import.meta.url)("node:worker_threads") as { Worker: WorkerClass };

/** A worker thread somebody started. */
export interface Started {
  readonly worker: Worker;
  /** Settles when the thread has ended. */
  readonly ended: Promise<void>;
}

/**
 * Records the worker threads that are started during each test of this file.
 * @param source what a worker runs in place of the text it is given.
 */
export function recordWorkers(source: (given: string) => string = (given) => given): readonly Started[] {
  const started: Started[] = [];
  const original = threads.Worker;
  beforeEach(() => {
    started.length = 0;
    threads.Worker = class extends original {
      constructor(...[given, options]: ConstructorParameters<WorkerClass>) {
        super(options?.eval ? source(String(given)) : given, options);
        const ended = new Promise<void>((resolve) => {
          this.once("exit", () => resolve());
        });
        started.push({ worker: this, ended });
      }
    };
  });
  afterEach(() => {
    threads.Worker = original;
  });
  return started;
}
