import { EngineError } from "../errors.js";
import type { EmbeddedBuild } from "./builds.js";
import { decodeBytes } from "./kernel-text.js";
import type { Kernels } from "./kernels.js";
import { MAXIMUM_BYTES, Memory, PAGE_BYTES } from "./memory.js";

/** Flags of a memory's limits in a module: it has a maximum; it has one and is shared (threads proposal). */
const SHARED_WITH_MAXIMUM = 3;
const INITIAL_PAGES = 16;

/** A module of one function that uses `f32x4.relaxed_madd`: valid exactly where relaxed SIMD is. */
const relaxedProbe = new Uint8Array([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 0x0a, 0x13, 1, 0x11, 0, 0x41, 0,
  0xfd, 0x11, 0x41, 0, 0xfd, 0x11, 0x41, 0, 0xfd, 0x11, 0xfd, 0x85, 2, 0x0b,
]);

export const hasRelaxedSimd = (): boolean =>
  typeof WebAssembly === "object" && WebAssembly.validate(relaxedProbe);

/** Stands behind the kernels of a build that has not all, and says which one is not there. */
const missing = new Proxy(
  {},
  {
    get(_, name) {
      throw new EngineError(
        `gateflow/core, with which this engine was started, has no kernel ${String(name)}. Import "gateflow" before the first model, or give this one its own createEngine().`,
        { received: name },
      );
    },
  },
);

export interface LoadedModule {
  readonly module: WebAssembly.Module;
  readonly instance: WebAssembly.Instance;
  readonly wasmMemory: WebAssembly.Memory;
  readonly kernels: Kernels;
  readonly memory: Memory;
  readonly wasmBytes: number;
}

/** Kernels of one's own compiling, with what their label says of them. */
export interface CompiledBuild {
  readonly module: WebAssembly.Module;
  readonly wasmBytes: number;
}

/**
 * Instantiates the kernels with a memory of their own. Synchronous: the module is small, and `model.step` has no time
 * to wait.
 * @throws EngineError when the host has no WebAssembly or no SIMD, forbids it, or has no room for its memory.
 */
export function instantiate(
  shared: boolean,
  build: EmbeddedBuild | CompiledBuild,
  maxMemory = MAXIMUM_BYTES,
): LoadedModule {
  if (typeof WebAssembly === "undefined") {
    throw new EngineError("gateflow needs WebAssembly, which this host does not have.");
  }
  const bytes = "module" in build ? undefined : decodeBytes(build.wasmText, build.wasmBytes);
  if (shared && bytes) bytes[(build as EmbeddedBuild).memoryFlagsOffset] = SHARED_WITH_MAXIMUM;
  try {
    const maximum = (maxMemory / PAGE_BYTES) | 0;
    const wasmMemory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared });
    const module = bytes ? new WebAssembly.Module(bytes) : (build as CompiledBuild).module;
    const instance = new WebAssembly.Instance(module, { env: { memory: wasmMemory } });
    const kernels: Kernels = Object.assign(Object.create(missing), instance.exports);
    const memory = new Memory(wasmMemory, kernels.heapBase(), maximum);
    return { module, instance, wasmMemory, kernels, memory, wasmBytes: build.wasmBytes };
  } catch (cause) {
    const why =
      cause instanceof RangeError
        ? "no address space is left. Dispose of other engines."
        : !bytes || WebAssembly.validate(bytes)
          ? `${(cause as Error).message} (Content security policy: allow 'wasm-unsafe-eval', or hand in a \`module\`.)`
          : "it lacks 128-bit SIMD (Node 16.4, Chrome 91, Firefox 89, Safari 16.4).";
    throw new EngineError(`gateflow could not start WebAssembly: ${why}`, { cause });
  }
}
