import { EngineError } from "../../errors.js";
import type { LoadedModule } from "../load.js";
import { type RunningWorker, type WorkerData, type WorkerFile, workersOfHost } from "./host-workers.js";
import { ThreadTuner } from "./tuner.js";
import { word } from "./worker-source.js";

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
  "tapProduct",
  "tapWeightGradients",
  "attentionForward",
  "attentionBackward",
] as const;
export type ParallelKernel = (typeof parallelKernels)[number];

/**
 * How long the main thread waits for a worker, in milliseconds of its own waiting: while the whole program is stopped, or
 * gets no processor, nobody waits. A worker that lives takes a job within a fraction of a millisecond, or as soon as the
 * machine lets it run, and the machine lets the main thread run no sooner. What it takes after that depends on the job, so
 * that one counts as lost much later: so many times as long as the main thread's own share took, where that is longer.
 */
const TAKE_PATIENCE_MS = 2_000;
const PATIENCE_MS = 20_000;
const PATIENCE_SHARES = 10;
/** Longest stretch of waiting without a look at the workers. */
const SLICE_MS = 50;
/** Workers start in some tens of milliseconds; a host that takes longer begins without them. */
const START_PATIENCE_MS = 2_000;
/** Looks at a counter before blocking: about as long as waking a thread takes. */
const SPINS = 20_000;
const END = -1;
const ADVICE = "Dispose of this engine and create another.";

/** Ends the workers of an engine that was forgotten instead of disposed of. */
const forgotten = new FinalizationRegistry<WorkerPool>((pool) => pool.dispose());

/** Workers on one shared memory, which take their shares of a kernel while the caller takes the first. */
export class WorkerPool {
  readonly #words: Int32Array;
  readonly #kernels: readonly ((descriptor: number, begin: number, end: number, part: number) => void)[];
  /** A page's main thread must not block; it looks again and again. */
  readonly #mayBlock: boolean;
  /** Whose work gains by sharing; forgotten with the owner. */
  readonly #tuners = new WeakMap<object, Map<ParallelKernel, ThreadTuner>>();
  readonly #starting: Promise<void>;
  #workers: readonly RunningWorker[] = [];
  #disposed = false;
  #cause: string | undefined;
  #hasNoWorkers = false;
  #areDead = false;
  /** Why the workers cannot be counted on any more. */
  #failure: string | undefined;

  /**
   * @param size threads in all, the caller's included.
   * @param engine whose pool it is: when it is garbage, the workers end.
   * @param file the worker's file, where it is not to be made of text.
   */
  constructor(
    { module, wasmMemory, instance }: Pick<LoadedModule, "module" | "wasmMemory" | "instance">,
    size: number,
    engine: object,
    file?: WorkerFile,
  ) {
    const control = new SharedArrayBuffer((word.shares + size * word.wordsPerShare) * 4);
    this.#words = new Int32Array(control);
    this.#kernels = parallelKernels.map((name) => instance.exports[name] as never);
    this.#mayBlock = typeof document === "undefined";
    const parts = Array.from({ length: size - 1 }, (_, i) => i + 1);
    this.#starting = this.#start(
      parts.map((part) => ({ module, memory: wasmMemory, control, part, imports: parallelKernels })),
      file,
    );
    forgotten.register(engine, this, this);
  }

  /** Threads that can be counted on now: one until every worker has started, and one after a worker was lost. */
  get threads(): number {
    const workers = this.#workers.length;
    const ready = workers > 0 && Atomics.load(this.#words, word.ready) === workers;
    return ready && this.#failure === undefined ? workers + 1 : 1;
  }

  /** What the host said when it started no worker. */
  get cause(): string | undefined {
    return this.#cause;
  }

  /** Whether there is nothing here that a worker could be made of. */
  get hasNoWorkers(): boolean {
    return this.#hasNoWorkers;
  }

  /** Whether workers were made that neither run yet nor have ended. */
  get areLate(): boolean {
    return this.#workers.length > 0;
  }

  /** Waits until the workers have started, but not for ever. */
  async started(): Promise<void> {
    const end = performance.now() + START_PATIENCE_MS;
    await this.#starting;
    while (this.threads < this.#workers.length + 1 && !this.#areDead && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /**
   * Runs a kernel over [0, count), cut at multiples of `grain`, one share a thread; or by `alone`, where that is faster.
   * @throws EngineError when a worker died, trapped, or does not answer; from then on at every call.
   */
  split(
    kernel: ParallelKernel,
    descriptor: number,
    count: number,
    grain: number,
    owner: object,
    alone: () => void,
  ): void {
    if (this.#failure !== undefined) throw new EngineError(this.#failure);
    if (this.threads === 1) alone();
    else this.#tuner(owner, kernel).run(count, alone, () => this.#run(kernel, descriptor, count, grain));
  }

  /** Ends the workers. They never keep a process alive, disposed or not. */
  dispose(): void {
    forgotten.unregister(this);
    this.#disposed = true;
    Atomics.store(this.#words, word.job, END);
    Atomics.add(this.#words, word.sequence, 1);
    Atomics.notify(this.#words, word.sequence);
    for (const worker of this.#workers) worker.stop();
    this.#workers = [];
  }

  async #start(all: readonly WorkerData[], file: WorkerFile | undefined): Promise<void> {
    const workers: RunningWorker[] = [];
    try {
      const start = await workersOfHost(file);
      this.#hasNoWorkers = start === null;
      if (this.#disposed || start === null) return;
      for (const data of all) workers.push(start(data, (cause) => this.#died(cause)));
    } catch (error) {
      // A host may forbid workers (Node's permission model, a page's trusted types): threads are then missing, no more.
      this.#cause = String((error as Error)?.message ?? error);
    }
    this.#workers = workers;
  }

  #died(cause: string | undefined): void {
    this.#cause ??= cause;
    if (this.threads > 1) this.#lose();
    // One that never ran is a thread that is missing, and the others wait for nothing.
    else if (this.#failure === undefined) {
      this.#areDead = true;
      this.dispose();
    }
  }

  #lose(): void {
    this.#failure = `A worker thread of the engine ended or does not answer. ${ADVICE}`;
  }

  #tuner(owner: object, kernel: ParallelKernel): ThreadTuner {
    const ofOwner = this.#tuners.get(owner) ?? new Map<ParallelKernel, ThreadTuner>();
    this.#tuners.set(owner, ofOwner);
    const tuner = ofOwner.get(kernel) ?? new ThreadTuner();
    ofOwner.set(kernel, tuner);
    return tuner;
  }

  #run(kernel: ParallelKernel, descriptor: number, count: number, grain: number): void {
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
    try {
      if (own > 0) this.#kernels[job]!(descriptor, 0, own, 0);
    } finally {
      this.#join(Math.max(PATIENCE_MS, PATIENCE_SHARES * (performance.now() - began)));
    }
  }

  #join(patienceMs: number): void {
    const words = this.#words;
    let spins = 0;
    let waited = 0;
    let last = 0;
    for (
      let pending = Atomics.load(words, word.pending);
      pending !== 0;
      pending = Atomics.load(words, word.pending)
    ) {
      if (++spins < SPINS) continue;
      if (last === 0) last = performance.now();
      if (this.#mayBlock) Atomics.wait(words, word.pending, pending, SLICE_MS);
      const now = performance.now();
      waited += Math.min(now - last, SLICE_MS);
      last = now;
      if (!this.#isLost(waited, patienceMs)) continue;
      // It may still write its share, and count down a job that is not its own.
      this.#lose();
      throw new EngineError(this.#failure!);
    }
    if (Atomics.load(words, word.failed) === 0) return;
    this.#failure = `A kernel failed on a worker thread. ${ADVICE}`;
    throw new EngineError(this.#failure);
  }

  /** Whether a worker that has been waited for cannot be expected to answer. */
  #isLost(waitedMs: number, patienceMs: number): boolean {
    if (waitedMs < TAKE_PATIENCE_MS) return false;
    if (waitedMs > patienceMs) return true;
    const sequence = Atomics.load(this.#words, word.sequence);
    // The last word of each worker's share is the job it took last.
    return this.#workers.some(
      (_, i) =>
        Atomics.load(this.#words, word.shares + (i + 1) * word.wordsPerShare + word.taken) !== sequence,
    );
  }
}
