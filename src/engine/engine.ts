import { ConfigError, EngineError } from "../errors.js";
import { flag, numberIn, refuseUnknown } from "../options.js";
import type { Kernels } from "./kernels.js";
import { loadModule } from "./load.js";
import type { Memory } from "./memory.js";

export interface EngineOptions {
  /** Upper bound on threads; `'auto'` (default) lets the engine choose. What runs is in `engine.info.threads`. */
  readonly threads?: number | "auto";
  /** Only operations whose result WebAssembly fixes to the bit, so that a seed gives the same bytes everywhere. */
  readonly reproducible?: boolean;
}

export interface EngineInfo {
  /** The instruction set of the kernels that run. Plain 128-bit SIMD is reproducible to the bit on every host. */
  readonly simd: "simd128" | "relaxed";
  readonly threads: number;
  /** Size of the kernels. */
  readonly wasmBytes: number;
  /** Size of the linear memory now, and how much of it models hold. */
  readonly memoryBytes: number;
  readonly memoryInUse: number;
}

/** Kernels with the memory they work on. Models hold regions of it; `dispose` ends them all. */
export class Engine {
  #module: { kernels: Kernels; memory: Memory } | null;
  readonly #wasmBytes: number;
  readonly #endings = new Set<() => void>();

  /** @internal Use `createEngine`. */
  constructor() {
    const { kernels, memory, wasmBytes } = loadModule();
    this.#module = { kernels, memory };
    this.#wasmBytes = wasmBytes;
  }

  get info(): EngineInfo {
    const memory = this.#module?.memory;
    return {
      simd: "simd128",
      threads: 1,
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

  /** @internal Runs `ending` when the engine is disposed, unless the returned function was called before. */
  onDispose(ending: () => void): () => void {
    this.#endings.add(ending);
    return () => this.#endings.delete(ending);
  }

  /** Gives all memory back. Models on this engine can no longer be used. Disposing twice is harmless. */
  dispose(): void {
    for (const ending of this.#endings) ending();
    this.#endings.clear();
    this.#module = null;
  }

  get #live(): { kernels: Kernels; memory: Memory } {
    if (this.#module === null) {
      throw new EngineError("This engine was disposed. Create another with createEngine().");
    }
    return this.#module;
  }
}

/**
 * Starts an engine. Most programs need none: models share a default engine, made on first use.
 *
 * @throws ConfigError for an unknown option or a thread count below one; EngineError when WebAssembly SIMD is missing.
 *
 * @example
 * const engine = await createEngine({ reproducible: true });
 * const model = sequential([lstm({ units: 8, inputShape: [20, 1] }), dense({ units: 1 })], { engine });
 * engine.dispose();
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  refuseUnknown("createEngine()", options, ["threads", "reproducible"]);
  if (options.reproducible !== undefined) flag("createEngine()", "reproducible", options.reproducible);
  if (options.threads !== undefined && options.threads !== "auto") {
    if (typeof options.threads !== "number") {
      throw new ConfigError(
        `createEngine(): \`threads\` is ${String(options.threads)}, expected a number or "auto".`,
      );
    }
    numberIn("createEngine()", "threads", options.threads, { min: 1, integer: true });
  }
  return new Engine();
}

let shared: Engine | undefined;

/** The engine of models that were given none. A disposed one is replaced. */
export function defaultEngine(): Engine {
  if (shared === undefined || shared.disposed) shared = new Engine();
  return shared;
}
