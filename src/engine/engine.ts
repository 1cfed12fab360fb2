import { EngineError } from "../errors.js";
import { flag, numberIn, refuseUnknown } from "../options.js";
import { type Builds, currentBuilds, type EmbeddedBuild, type Variant } from "./builds.js";
import type { Kernels } from "./kernels.js";
import { type CompiledBuild, hasRelaxedSimd, instantiate, type LoadedModule } from "./load.js";
import { MAXIMUM_BYTES, type Memory } from "./memory.js";
import type { WorkerFile } from "./threads/host-workers.js";
import type { ParallelKernel, WorkerPool } from "./threads/worker-pool.js";

/** Options of `createEngine`. */
export interface EngineOptions {
  /**
   * Upper bound on threads, the caller's included; `'auto'` (default): as many as the host has processors, at most 8.
   * Small work stays on one thread, as measured. Where threads are missing (a page that is not cross-origin isolated)
   * one thread does everything; what runs is in `engine.info.threads`.
   */
  readonly threads?: number | "auto";
  /** Only operations whose result WebAssembly fixes to the bit, so that a seed gives the same bytes everywhere. Default false. */
  readonly reproducible?: boolean;
  /**
   * The worker's file, or what makes a worker of it: `gateflow/worker`, for pages whose content security policy forbids
   * `blob:`, and for hosts that forbid code from text. Default: a worker made of text, which needs no file.
   */
  readonly worker?: WorkerFile;
  /**
   * The kernels, compiled by the host, where WebAssembly may not be compiled in the program itself:
   * `gateflow/kernels/simd128.wasm` or `gateflow/kernels/relaxed.wasm`. Default: what is embedded, compiled here.
   */
  readonly module?: WebAssembly.Module;
  /**
   * Most bytes of memory the models of this engine may take together, kernels included; from 2 MiB to 4 GiB, in whole
   * pages of 64 KiB. What does not fit is refused before a weight has changed. Default: 4 GiB, WebAssembly's own limit.
   */
  readonly maxMemory?: number;
}

/** What an engine is and has. */
export interface EngineInfo {
  /** The instruction set of the kernels that run. Plain 128-bit SIMD is reproducible to the bit on every host. */
  readonly simd: Variant;
  /** Threads that take part in large work, the caller's included. */
  readonly threads: number;
  /** Why fewer threads run than could, and what to change; null where none is missing, or none was asked for yet. */
  readonly fallback: string | null;
  /** Size of the kernels in bytes. */
  readonly wasmBytes: number;
  /** Size of the linear memory now, and how much of it models hold. */
  readonly memoryBytes: number;
  readonly memoryInUse: number;
}

const MAXIMUM_AUTO_THREADS = 8;
/** Work shorter than this, in milliseconds, is not worth starting workers for. */
const WORTH_STARTING_MS = 0.15;

interface HostProcess {
  getBuiltinModule?(name: string): { availableParallelism?(): number } | undefined;
}

function processors(): number {
  const process = (globalThis as { process?: HostProcess }).process;
  const counted = process?.getBuiltinModule?.("node:os")?.availableParallelism?.();
  // A host that does not say, such as Node 20.0, still has two most likely; whether sharing pays is measured.
  return counted ?? globalThis.navigator?.hardwareConcurrency ?? 2;
}

/** Whether memory can be shared with workers here: in a page only if it is cross-origin isolated. */
const canShareMemory = (): boolean =>
  typeof SharedArrayBuffer === "function" &&
  (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false;

const fetchThreads = () => import("./threads/fetched.js");

/** Kernels with the memory they work on. Models hold regions of it; `dispose` ends them all. */
export class Engine {
  #module: LoadedModule | null = null;
  #pool: WorkerPool | null = null;
  #starting: Promise<void> | undefined;
  readonly #variant: Variant;
  readonly #wasmBytes: number;
  readonly #maximumThreads: number = 1;
  readonly #worker: WorkerFile | undefined;
  readonly #wanted: number;
  #fallback: string | null = null;

  /** @internal Use `createEngine`. */
  constructor(
    threads: number,
    worker: WorkerFile | undefined,
    variant: Variant,
    build: Build,
    maxMemory?: number,
  ) {
    this.#worker = worker;
    this.#wanted = threads;
    try {
      // A module that was compiled for shared memory takes no other.
      if ((threads > 1 || "module" in build) && canShareMemory()) {
        this.#module = instantiate(true, build, maxMemory);
        this.#maximumThreads = threads;
      }
    } catch {
      // Shared memory is reserved whole, for which there may be no room: one thread does with memory that grows.
    }
    this.#module ??= instantiate(false, build, maxMemory);
    this.#variant = variant;
    this.#wasmBytes = this.#module.wasmBytes;
  }

  get info(): EngineInfo {
    const memory = this.#module?.memory;
    return {
      simd: this.#variant,
      threads: this.#pool?.threads ?? 1,
      fallback: this.#fallback,
      wasmBytes: this.#wasmBytes,
      memoryBytes: memory?.bytes ?? 0,
      memoryInUse: memory?.bytesInUse ?? 0,
    };
  }

  get disposed(): boolean {
    return this.#module === null;
  }

  /** @internal */
  get kernels(): Kernels {
    return this.#live.kernels;
  }

  /** @internal */
  get memory(): Memory {
    return this.#live.memory;
  }

  /** @internal How many threads may ever share a kernel's scratch. */
  get maximumThreads(): number {
    return this.#maximumThreads;
  }

  /** @internal Starts the workers, and waits until they run. @param asked how many threads were asked for by number. */
  async startThreads(asked: boolean): Promise<void> {
    await this.#startPool();
    await this.#pool?.started();
    if (this.info.threads === this.#wanted) return;
    this.#fallback = await fetchThreads().then(
      ({ whyFewer }) =>
        whyFewer(this.#wanted, asked, this.#pool, canShareMemory(), this.#worker !== undefined),
      () => null,
    );
  }

  /**
   * @internal Runs a kernel over [0, count), on several threads where that was measured to be faster.
   * @param grain ranges begin at its multiples.
   * @param owner whose work it is: other work of the same kernel is measured by itself.
   */
  split(kernel: ParallelKernel, descriptor: number, count: number, grain: number, owner: object): void {
    const run = this.#live.kernels[kernel];
    const alone = (): void => run(descriptor, 0, count, 0);
    const pool = this.#pool;
    if (this.#maximumThreads === 1 || count <= grain) alone();
    else if (pool !== null) pool.split(kernel, descriptor, count, grain, owner, alone);
    else {
      const began = performance.now();
      alone();
      if (performance.now() - began > WORTH_STARTING_MS) void this.#startPool();
    }
  }

  /** Gives all memory back and ends the workers. Models on this engine can no longer be used. Twice is harmless. */
  dispose(): void {
    this.#pool?.dispose();
    this.#pool = null;
    this.#module = null;
  }

  /** Fetches what runs workers, which a program of one thread or of little work does without, and starts them. */
  #startPool(): Promise<void> {
    this.#starting ??=
      this.#maximumThreads === 1
        ? Promise.resolve()
        : fetchThreads().then(
            ({ WorkerPool }) => {
              if (this.#module !== null) {
                this.#pool = new WorkerPool(this.#module, this.#maximumThreads, this, this.#worker);
              }
            },
            // What cannot be fetched are threads that are missing, as `info.threads` says.
            () => {},
          );
    return this.#starting;
  }

  get #live(): LoadedModule {
    if (this.#module === null) {
      throw new EngineError("This engine was disposed. Create another with createEngine().");
    }
    return this.#module;
  }
}

/**
 * Starts an engine. Most programs need none: models share a default engine, made on first use.
 *
 * Where fewer threads run than `threads` says by number, `info.fallback` and one warning in the console say why.
 * @throws ConfigError for an unknown option, a thread count below one, a module that is not gateflow's; EngineError when
 *   WebAssembly or its SIMD is missing, forbidden, or finds no memory.
 *
 * @example
 * const engine = await createEngine({ reproducible: true });
 * const model = sequential([lstm({ units: 8, inputShape: [20, 1] }), dense({ units: 1 })], { engine });
 * engine.dispose();
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const where = "createEngine()";
  refuseUnknown(where, options, ["threads", "reproducible", "worker", "module", "maxMemory"]);
  const { threads = "auto", reproducible = false, worker, module, maxMemory = MAXIMUM_BYTES } = options;
  const asked = threads !== "auto";
  const wanted = asked
    ? numberIn(where, "threads", threads, { min: 1, max: 64, integer: true })
    : Math.min(processors(), MAXIMUM_AUTO_THREADS);
  numberIn(where, "maxMemory", maxMemory, { min: 2 ** 21, max: MAXIMUM_BYTES, integer: true });
  const isReproducible = flag(where, "reproducible", reproducible);
  const given =
    (module ?? worker) === undefined
      ? undefined
      : (await fetchThreads()).givenFiles(where, options, isReproducible);
  const engine = new Engine(wanted, worker, ...(given ?? (await choose(isReproducible))), maxMemory);
  await engine.startThreads(asked);
  return engine;
}

export type Build = EmbeddedBuild | CompiledBuild;
type Choice = readonly [variant: Variant, build: Build];

const plain = (): Choice => ["simd128", currentBuilds().simd128];

/** The fastest kernels that run here, or those that are the same everywhere, which need not be fetched. */
async function choose(reproducible: boolean): Promise<Choice> {
  try {
    if (!reproducible && hasRelaxedSimd()) return ["relaxed", await currentBuilds().relaxed()];
  } catch {
    // A network that fails, or a service worker, which may not import(): the plain ones do the same.
  }
  return plain();
}

let shared: { readonly engine: Engine; readonly builds: Builds } | undefined;

/** The shared engine, unless it was disposed, or has not the kernels that are there by now. */
const usable = (): Engine | undefined =>
  shared === undefined || shared.engine.disposed || shared.builds !== currentBuilds()
    ? undefined
    : shared.engine;

function share(...choice: Choice): Engine {
  const engine = new Engine(Math.min(processors(), MAXIMUM_AUTO_THREADS), undefined, ...choice);
  shared = { engine, builds: currentBuilds() };
  return engine;
}

/** The engine of models that were given none, with plain SIMD if nobody has prepared one. A disposed one is replaced. */
export const defaultEngine = (): Engine => usable() ?? share(...plain());

/** Chooses the default engine's build before it is needed, where the caller can wait for it. */
export async function prepareDefaultEngine(): Promise<Engine> {
  const choice = usable() === undefined ? await choose(false) : plain();
  return usable() ?? share(...choice);
}
