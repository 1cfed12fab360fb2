import { pageSource, threadSource } from "./worker-source.js";

export interface RunningWorker {
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
export type StartWorker = (data: WorkerData, onDeath: (cause?: string) => void) => RunningWorker;

/** A thread of Node, Bun or Deno. */
interface Thread {
  unref(): void;
  terminate(): unknown;
  postMessage(data: unknown): void;
  on(event: "error" | "exit", listener: (detail: unknown) => void): void;
}

interface WorkerThreads {
  readonly Worker: new (
    source: string | URL,
    options: { eval?: true; execArgv: string[]; workerData?: unknown },
  ) => Thread;
}

/** The address of gateflow/worker, or what makes a worker of it. */
export type WorkerFile = URL | string | (() => Worker);

const messageOf = (detail: unknown): string | undefined => (detail as { message?: string } | null)?.message;

function watchThread(worker: Thread, onDeath: (cause?: string) => void): RunningWorker {
  worker.unref();
  worker.on("error", (error) => onDeath(messageOf(error)));
  worker.on("exit", () => onDeath());
  return { stop: () => void worker.terminate() };
}

const startThread =
  (threads: WorkerThreads, file: WorkerFile | undefined): StartWorker =>
  (data, onDeath) => {
    if (file === undefined) {
      // Not the program's own options: with --input-type=module the text would be a module, --import would load its loaders.
      const worker = new threads.Worker(threadSource, { eval: true, execArgv: [], workerData: data });
      return watchThread(worker, onDeath);
    }
    const isAddress = typeof file === "string" && /^(file|data|blob|https?):/.test(file);
    const worker =
      typeof file === "function"
        ? (file() as unknown as Thread)
        : new threads.Worker(isAddress ? new URL(file) : file, { execArgv: [] });
    // Some hosts give a page's Worker here as well.
    if (typeof worker.on !== "function") return watchPageWorker(worker as unknown as Worker, data, onDeath);
    worker.postMessage(data);
    return watchThread(worker, onDeath);
  };

function watchPageWorker(worker: Worker, data: WorkerData, onDeath: (cause?: string) => void): RunningWorker {
  worker.onerror = (event) => {
    event.preventDefault?.();
    onDeath(messageOf(event));
  };
  worker.postMessage(data);
  return { stop: () => worker.terminate() };
}

const startPageWorker =
  (file: WorkerFile | undefined): StartWorker =>
  (data, onDeath) => {
    if (typeof file === "function") return watchPageWorker(file(), data, onDeath);
    if (file !== undefined) return watchPageWorker(new Worker(file, { type: "module" }), data, onDeath);
    const url = URL.createObjectURL(new Blob([pageSource], { type: "text/javascript" }));
    try {
      return watchPageWorker(new Worker(url), data, onDeath);
    } finally {
      // The worker has its own reference to the script by now.
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    }
  };

/**
 * How workers are started here: as threads of Node, Bun or Deno, or as a page starts them. null where there are none.
 * @param file the worker's file, or what makes a worker of it. Default: made of text.
 */
export async function workersOfHost(file?: WorkerFile): Promise<StartWorker | null> {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  if (process?.versions?.node !== undefined) {
    // Put together here, so that no bundler looks for the module; process.getBuiltinModule came with Node 20.16.
    const name = ["node", "worker_threads"].join(":");
    const threads = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as {
      default: WorkerThreads;
    };
    return startThread(threads.default, file);
  }
  return typeof Worker === "function" && (file !== undefined || typeof Blob === "function")
    ? startPageWorker(file)
    : null;
}
