import { pageSource, threadSource } from "./worker-source.js";

export interface Worker {
  stop(): void;
}

export interface WorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  readonly part: number;
  readonly imports: readonly string[];
}

/** Starts a worker that does not keep the program alive; throws where the host forbids it. */
export type StartWorker = (data: WorkerData, onDeath: () => void) => Worker;

interface Thread {
  unref(): void;
  terminate(): unknown;
  on(event: string, listener: (detail: unknown) => void): void;
}

interface WorkerThreads {
  readonly Worker: new (
    source: string,
    options: { eval: true; execArgv: string[]; workerData: unknown },
  ) => Thread;
}

const startThread =
  (threads: WorkerThreads): StartWorker =>
  (data, onDeath) => {
    // Not the program's own options: with --input-type=module the text would be a module, --import would load its loaders.
    const worker = new threads.Worker(threadSource, { eval: true, execArgv: [], workerData: data });
    worker.unref();
    worker.on("error", onDeath);
    worker.on("exit", onDeath);
    return { stop: () => void worker.terminate() };
  };

const startPageWorker: StartWorker = (data, onDeath) => {
  const url = URL.createObjectURL(new Blob([pageSource], { type: "text/javascript" }));
  try {
    const worker = new globalThis.Worker(url);
    worker.onerror = onDeath;
    worker.postMessage(data);
    return { stop: () => worker.terminate() };
  } finally {
    // The worker has its own reference to the script by now.
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
};

/** How workers are started here: as threads of Node, Bun or Deno, or as a page starts them. null where there are none. */
export async function workersOfHost(): Promise<StartWorker | null> {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  if (process?.versions?.node !== undefined) {
    // Put together here, so that no bundler looks for the module; process.getBuiltinModule came with Node 20.16.
    const name = ["node", "worker_threads"].join(":");
    const threads = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as {
      default: WorkerThreads;
    };
    return startThread(threads.default);
  }
  return typeof Worker === "function" && typeof Blob === "function" ? startPageWorker : null;
}
