import { EngineError } from "../errors.js";
import { wasmBase64 } from "./generated/simd128.js";
import type { Kernels } from "./kernels.js";
import { Memory } from "./memory.js";

/** Bytes of a base64 text. `Buffer` is Node's alone, `atob` is everywhere. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

export interface LoadedModule {
  readonly kernels: Kernels;
  readonly memory: Memory;
  readonly wasmBytes: number;
}

/**
 * Instantiates the kernels with a memory of their own. Synchronous: the module is small, and `model.step` has no time
 * to wait.
 * @throws EngineError when the host has no WebAssembly or no SIMD.
 */
export function loadModule(): LoadedModule {
  if (typeof WebAssembly === "undefined") {
    throw new EngineError(
      "gateflow needs WebAssembly, which this host does not have (or which a content security policy without 'wasm-unsafe-eval' forbids).",
    );
  }
  const bytes = decodeBase64(wasmBase64);
  const wasmMemory = new WebAssembly.Memory({ initial: 16, maximum: 65_536 });
  let instance: WebAssembly.Instance;
  try {
    instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory: wasmMemory } });
  } catch (cause) {
    throw new EngineError(
      "gateflow could not start its WebAssembly kernels. They need 128-bit SIMD: Node 16.4, Chrome 91, Firefox 89, Safari 16.4 or newer.",
      { cause },
    );
  }
  const kernels = instance.exports as unknown as Kernels;
  return { kernels, memory: new Memory(wasmMemory, kernels.heapBase()), wasmBytes: bytes.length };
}
