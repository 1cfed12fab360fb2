import { EngineError } from "../errors.js";
import { Gauge } from "./gauge.js";
import { word, workerSource } from "./worker-source.js";

/** Kernels whose work can be cut into ranges: `(descriptor, begin, end, part)`. */
export const parallelKernels = [
  "lstmForward",
  "lstmBackward",
  "lstmWeightGradients",
  "lstmExtendedForward",
  "lstmExtendedBackward",
  "lstmExtendedWeightGradients",
  "gruForward",
  "gruBackward",
  "gruWeightGradients",
  "rnnForward",
  "rnnBackward",
  "rnnWeightGradients",
] as const;
export type ParallelKernel = (typeof parallelKernels)[number];

/**
 * How long the main thread waits for a worker that does not answer, in milliseconds; or so many times as long as its own
 * share took, where that is longer: a share of a large job on a busy machine may take minutes.
 */
const PATIENCE_MS = 20_000;
const PATIENCE_SHARES = 10;
/** Looks at a counter before blocking: about as long as waking a thread takes. */
const SPINS = 20_000;
const END = -1;
const WORKER_LOST =
  "A worker thread of the engine ended or does not answer. Dispose of this engine and create another.";

interface Handle {
  stop(): void;
}

interface WorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  readonly part: number;
  readonly imports: readonly string[];
}

type NodeWorker = new (
  source: string,
  options: { eval: true; workerData: unknown },
) => { unref(): void; terminate(): unknown; on(event: string, listener: (detail: unknown) => void): void };

interface NodeProcess {
  getBuiltinModule?(name: string): { Worker: NodeWorker } | undefined;
}

/** A worker of Node, Bun or Deno, which does not keep the process alive; or of a page. null where there is none. */
function startWorker(data: WorkerData, onDeath: () => void): Handle | null {
  const process = (globalThis as { process?: NodeProcess }).process;
  const threads = process?.getBuiltinModule?.("node:worker_threads");
  if (threads !== undefined) {
    const worker = new threads.Worker(workerSource, { eval: true, workerData: data });
    worker.unref();
    worker.on("error", onDeath);
    worker.on("exit", onDeath);
    return { stop: () => void worker.terminate() };
  }
  if (typeof Worker !== "function" || typeof Blob !== "function") return null;
  const url = URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
  try {
    const worker = new Worker(url);
    worker.onerror = onDeath;
    worker.postMessage(data);
    return { stop: () => worker.terminate() };
  } finally {
    // The worker has its own reference to the script by now.
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}

/** Workers on one shared memory, which take their shares of a kernel while the caller takes the first. */
export class WorkerPool {
  readonly #words: Int32Array;
  readonly #workers: Handle[] = [];
  readonly #kernels: readonly ((descriptor: number, begin: number, end: number, part: number) => void)[];
  /** A page's main thread must not block; it looks again and again. */
  readonly #mayBlock: boolean;
  /** Whose work gains by sharing; forgotten with the owner. */
  readonly #gauges = new WeakMap<object, Map<ParallelKernel, Gauge>>();
  #dead = false;

  /** @param size threads in all, the caller's included. */
  constructor(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    instance: WebAssembly.Instance,
    readonly size: number,
  ) {
    const control = new SharedArrayBuffer((word.shares + size * word.wordsPerShare) * 4);
    this.#words = new Int32Array(control);
    this.#kernels = parallelKernels.map((name) => instance.exports[name] as never);
    this.#mayBlock = typeof document === "undefined";
    for (let part = 1; part < size; part++) {
      try {
        const worker = startWorker({ module, memory, control, part, imports: parallelKernels }, () => {
          this.#dead = true;
        });
        if (worker === null) break;
        this.#workers.push(worker);
      } catch {
        // A host may forbid workers (Node's permission model, a page's trusted types): threads are then missing, no more.
        break;
      }
    }
  }

  /** Threads that can be counted on now: one until every worker has started. */
  get threads(): number {
    const workers = this.#workers.length;
    return workers > 0 && Atomics.load(this.#words, word.ready) === workers ? workers + 1 : 1;
  }

  /** Waits until the workers have started, or for `patienceMs`. */
  async started(patienceMs: number): Promise<void> {
    const end = performance.now() + patienceMs;
    while (this.threads < this.#workers.length + 1 && !this.#dead && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /**
   * Runs a kernel over [0, count), cut at multiples of `grain`, one share a thread; or by `alone`, where that is faster.
   * @throws EngineError when a worker died, trapped, or does not answer.
   */
  split(
    kernel: ParallelKernel,
    descriptor: number,
    count: number,
    grain: number,
    owner: object,
    alone: () => void,
  ): void {
    if (this.threads === 1) alone();
    else this.#gauge(owner, kernel).run(count, alone, () => this.#run(kernel, descriptor, count, grain));
  }

  #gauge(owner: object, kernel: ParallelKernel): Gauge {
    const ofOwner = this.#gauges.get(owner) ?? new Map<ParallelKernel, Gauge>();
    this.#gauges.set(owner, ofOwner);
    const gauge = ofOwner.get(kernel) ?? new Gauge();
    ofOwner.set(kernel, gauge);
    return gauge;
  }

  #run(kernel: ParallelKernel, descriptor: number, count: number, grain: number): void {
    if (this.#dead) throw new EngineError(WORKER_LOST);
    const words = this.#words;
    const threads = this.threads;
    const job = parallelKernels.indexOf(kernel);
    const grains = Math.ceil(count / grain);
    const boundary = (part: number): number => Math.min(count, Math.round((grains * part) / threads) * grain);
    for (let part = 0; part < threads; part++) {
      const at = word.shares + part * word.wordsPerShare;
      words[at] = boundary(part);
      words[at + 1] = boundary(part + 1);
    }
    words[word.descriptor] = descriptor;
    Atomics.store(words, word.job, job);
    Atomics.store(words, word.pending, threads - 1);
    Atomics.add(words, word.sequence, 1);
    Atomics.notify(words, word.sequence);
    const began = performance.now();
    const own = boundary(1);
    if (own > 0) this.#kernels[job]!(descriptor, 0, own, 0);
    this.#join(Math.max(PATIENCE_MS, PATIENCE_SHARES * (performance.now() - began)));
  }

  /** Ends the workers. They never keep a process alive, disposed or not. */
  dispose(): void {
    Atomics.store(this.#words, word.job, END);
    Atomics.add(this.#words, word.sequence, 1);
    Atomics.notify(this.#words, word.sequence);
    for (const worker of this.#workers) worker.stop();
    this.#workers.length = 0;
  }

  #join(patienceMs: number): void {
    const words = this.#words;
    let spins = 0;
    let end = 0;
    for (
      let pending = Atomics.load(words, word.pending);
      pending !== 0;
      pending = Atomics.load(words, word.pending)
    ) {
      if (++spins < SPINS) continue;
      if (end === 0) end = performance.now() + patienceMs;
      if (this.#mayBlock) Atomics.wait(words, word.pending, pending, 50);
      if (performance.now() > end) {
        // It may still write its share, and count down a job that is not its own.
        this.#dead = true;
        throw new EngineError(WORKER_LOST);
      }
    }
    this.#check();
  }

  #check(): void {
    if (Atomics.load(this.#words, word.failed) === 0) return;
    throw new EngineError("A kernel failed on a worker thread. Dispose of this engine and create another.");
  }
}
